"""The clock: the one function that returns the time. It imports little, so that a command starts fast."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
