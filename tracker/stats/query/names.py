"""What a Stats API v2 query has beside metrics and dimensions: the intervals of time, and how it is refused."""

from __future__ import annotations

TIMES = {"time:minute": "minute", "time:hour": "hour", "time:day": "day", "time:week": "week", "time:month": "month"}


class QueryError(ValueError):
    """The query cannot be answered as it is; the message says what to write instead."""
