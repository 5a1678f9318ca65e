"""The clock: the one function that parts are given to ask the time. Light, so that a command need not load a service."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
