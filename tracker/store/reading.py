"""What a statement reads, as its maker declares it. Its answer can be cached until that changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select

_OPTION = "webleads_reading"


class Reading(NamedTuple):
    """A statement reads a site's events from `since` to before `until` (UTC without a zone), and nothing else.

    `of_excluded`: it reads what was excluded from them meanwhile instead, by day.
    """

    site: str
    since: datetime
    until: datetime
    of_excluded: bool = False


def reads(statement: Select[Any], what: Reading) -> Select[Any]:
    """Returns the statement with what it reads. Clauses may be added afterwards."""
    return statement.execution_options(**{_OPTION: what})


def reading_of(statement: Select[Any]) -> Reading | None:
    """Returns what a statement reads; None where it was not declared."""
    found: Reading | None = statement.get_execution_options().get(_OPTION)
    return found
