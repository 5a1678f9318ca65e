"""The clock: the only function that returns the current time. The module imports little, so that commands start fast."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
