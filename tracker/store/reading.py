"""What a statement depends on, said by whoever makes it: so that its answer can be kept until that changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select

_OPTION = "webleads_reading"


class Reading(NamedTuple):
    """A statement goes over a site's events from `since` until before `until` (UTC without a zone), and over nothing else."""

    site: str
    since: datetime
    until: datetime


def reads(statement: Select[Any], what: Reading) -> Select[Any]:
    """The statement with what it depends on; clauses may be added afterwards."""
    return statement.execution_options(**{_OPTION: what})


def reading_of(statement: Select[Any]) -> Reading | None:
    """What a statement depends on, where that was said."""
    found: Reading | None = statement.get_execution_options().get(_OPTION)
    return found
