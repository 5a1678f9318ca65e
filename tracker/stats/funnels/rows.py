"""The funnels of a site in the app database: added, changed, listed, removed. What was typed is checked here. Raises Invalid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.models import Funnel as Row
from tracker.db.seen_version import require_seen, version_of
from tracker.enrichment.text import clean_text
from tracker.sites.trash import Removed, Thing, as_row, throw_away, values_of
from tracker.stats.funnels import (
    FEWEST_STEPS,
    MOST_DAYS,
    MOST_STEPS,
    Funnel,
    Step,
    StepKind,
    funnel_of,
    is_every_page,
    written_steps,
)
from tracker.stats.goals import ANY, Goal
from tracker.stats.goals.rows import page_pattern

LONGEST_NAME = 80
LONGEST_STEP = 500
MOST_FUNNELS = 50
_ONLY_STARS = re.compile(r"[*/]*\*[*/]*")


def add_funnel(
    database: AppDatabase,
    site_id: int,
    *,
    name: str,
    steps: Sequence[Step],
    days: str = "",
    in_order: bool = True,
    by: str | None,
    now: datetime,
) -> int:
    """Adds a funnel and returns its number. `days` is as typed; nothing is within one visit."""
    title, written, within = _checked(name, steps, days)
    made = Row(
        site_id=site_id, name=title, steps=written, days=within, in_order=in_order, created_by=by, created_at=now
    )
    with database.transaction() as session:
        session.add(made)
        session.flush()
        _require_room(session, site_id)
        return made.id


def change_funnel(
    database: AppDatabase,
    site_id: int,
    number: int,
    *,
    name: str,
    steps: Sequence[Step],
    days: str,
    in_order: bool,
    seen: str | None,
) -> bool:
    """Changes a funnel; False when there is none. Raises ChangedMeanwhileError when it is not what was `seen`."""
    title, written, within = _checked(name, steps, days)
    with database.transaction() as session:
        found = session.scalar(_own(site_id, number).with_for_update())
        if found is None:
            return False
        require_seen(seen, *_texts(funnel_of(found)), present=found.name)
        found.name, found.steps, found.days, found.in_order = title, written, within, in_order
        return True


def remove_funnel(
    database: AppDatabase, site_id: int, number: int, *, by: str | None, now: datetime, seen: str | None = None
) -> Removed | None:
    """Throws a funnel away; None when there is none. Raises ChangedMeanwhileError when it is not what was `seen`."""
    with database.transaction() as session:
        found = session.scalar(_own(site_id, number).with_for_update())
        if found is None:
            return None
        require_seen(seen, *_texts(funnel_of(found)), present=found.name)
        session.delete(found)
        return throw_away(session, site_id, Thing.FUNNEL, found.name, {"row": values_of(found)}, by=by, now=now)


def put_funnel_back(session: Session, site_id: int, kept: Mapping[str, Any], _now: datetime) -> None:
    """Puts back a funnel that was thrown away. Raises Invalid."""
    row: Row = as_row(Row, kept["row"])
    row.site_id = site_id
    session.add(row)
    session.flush()
    _require_room(session, site_id)


def funnels_of(database: AppDatabase, site_id: int) -> list[Funnel]:
    """A site's funnels in the order in which they were added."""
    own = select(Row).where(Row.site_id == site_id).order_by(Row.id)
    with database.transaction() as session:
        return [funnel_of(row) for row in session.scalars(own)]


def version_of_funnel(funnel: Funnel) -> str:
    """As forms carry it (tracker.db.seen_version)."""
    return version_of(*_texts(funnel))


def read_step(text: str, goals: Sequence[Goal], names: Mapping[str, str] | None = None) -> Step:
    """Returns the step that somebody typed: a path, the name of a goal, or the name of an event. Raises Invalid.

    `page:`, `goal:` and `event:` before it say which is meant. `names` are further names of goals by their keys.
    """
    plain = clean_text(text).strip()
    if not plain or len(plain) > LONGEST_STEP:
        raise Invalid("Write each step in %(most)s characters at most.", most=str(LONGEST_STEP))
    said, colon, rest = plain.partition(":")
    kind = StepKind(said.lower()) if colon and said.lower() in set(StepKind) else None
    value = plain if kind is None else rest.strip()
    if kind in (None, StepKind.GOAL):
        key = _goal_called(value, goals, names or {})
        if key is not None:
            return Step(StepKind.GOAL, key)
        if kind is StepKind.GOAL:
            raise Invalid("There is no goal “%(key)s”.", key=value[:40])
    if kind is StepKind.EVENT:
        return Step(StepKind.EVENT, value)
    if kind is StepKind.PAGE or value.startswith(("/", ANY, "http://", "https://")):
        return Step(StepKind.PAGE, ANY if _ONLY_STARS.fullmatch(value) else page_pattern(value))
    return Step(StepKind.EVENT, value)


def _goal_called(text: str, goals: Sequence[Goal], names: Mapping[str, str]) -> str | None:
    """The key of the goal with this key or name."""
    wanted = text.casefold()
    for goal in goals:
        if wanted in (goal.key.casefold(), goal.name.casefold(), names.get(goal.key, goal.name).casefold()):
            return goal.key
    return None


def _checked(name: str, steps: Sequence[Step], days: str) -> tuple[str, str, int]:
    with about("name"):
        title = clean_text(name).strip()
        if not title or len(title) > LONGEST_NAME:
            raise Invalid("Write a name of %(most)s characters at most.", most=str(LONGEST_NAME))
    with about("step"):
        if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
            raise Invalid("A funnel has %(fewest)s to %(most)s steps.", fewest=str(FEWEST_STEPS), most=str(MOST_STEPS))
        if any(one == other for one, other in pairwise(steps) if not is_every_page(one)):
            raise Invalid("Two steps in a row are the same; change one of them.")
    with about("days"):
        plain = days.strip()
        if plain and not (plain.isascii() and plain.isdigit() and len(plain) < 4 and int(plain) <= MOST_DAYS):
            raise Invalid("“%(days)s” is not a number of days; write 1 to %(most)s, or nothing for one visit.", days=days[:20], most=str(MOST_DAYS))  # fmt: skip
    return title, written_steps(steps), int(plain) if plain else 0


def _require_room(session: Session, site_id: int) -> None:
    if (session.scalar(select(func.count()).where(Row.site_id == site_id)) or 0) > MOST_FUNNELS:
        raise Invalid("%(count)s funnels are too many; remove one first.", count=str(MOST_FUNNELS))


def _own(site_id: int, number: int) -> Select[Row]:
    return select(Row).where(Row.site_id == site_id, Row.id == number)


def _texts(funnel: Funnel) -> tuple[str, ...]:
    return funnel.name, *map(str, funnel.steps), str(funnel.days), str(funnel.in_order)
