"""The goals that a publisher added or took off, in the app database: adds, changes and removes them. Raises Invalid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.models import Site, SiteGoal
from tracker.db.seen_version import require_seen, version_of
from tracker.enrichment.text import clean_text
from tracker.sites.sites import site_of
from tracker.sites.trash import Removed, Thing, as_row, throw_away, values_of
from tracker.stats.goals import (
    ANY,
    BUILT_IN,
    FILE_DOWNLOADED,
    FORM_SENT,
    KIND_BY_BUILT_IN,
    MEASURES,
    MOST_POINTS,
    POINTS,
    Kind,
    with_unit,
)
from tracker.stats.goals.buying_pages import buying_pages_of, read_buying_pages, write_buying_pages

MOST_GOALS = 100
_LONGEST_PATTERN = 500
_LONGEST_NAME = 80
_MEASURED = re.compile(r"(?P<number>[0-9]{1,6})\s*(?:%|s)?(?:\s+(?P<page>\S.*))?")
_ONLY_STARS = re.compile(r"[*/]*")


def add_goal(
    database: AppDatabase,
    domain: str,
    *,
    kind: str,
    pattern: str,
    name: str = "",
    points: int | None = None,
    now: datetime,
) -> str:
    """Adds a goal to a site and returns its key. Its name is the pattern where none is given.

    One that was taken off counts again; so do all forms or downloads by ANY.
    """
    with about("kind"):
        of_kind = goal_kind(kind)
    plain, title, worth = _checked(of_kind, pattern, name, points)
    if plain == ANY and of_kind in KIND_BY_BUILT_IN.values():
        put_back(database, domain, of_kind, ANY)
        return next(key for key, kind in KIND_BY_BUILT_IN.items() if kind is of_kind)
    with _site(database, domain) as (session, site):
        same = next((row for row in site.goals if (row.kind, row.pattern) == (of_kind, plain)), None)
        if same is not None and same.counts:
            raise Invalid("There is such a goal already: %(name)s.", name=same.name)
        if len(site.goals) >= MOST_GOALS:
            raise Invalid("A site has %(most)s goals at most; remove one first.", most=str(MOST_GOALS))
        row = same or SiteGoal(kind=of_kind.value, pattern=plain, created_at=now)
        row.name, row.points, row.counts = title, worth, True
        if same is None:
            site.goals.append(row)
        session.flush()
        return str(row.id)


def change_goal(
    database: AppDatabase,
    domain: str,
    key: str,
    *,
    pattern: str,
    name: str = "",
    points: int | None = None,
    seen: str | None = None,
) -> None:
    """Changes a goal that the publisher added.

    `seen` is the version that the person edited (`version_of_goal`). Raises ChangedMeanwhileError for another one.
    """
    with _site(database, domain) as (session, site):
        row = _row(site, key)
        present = (row.name, row.pattern, str(row.points))
        require_seen(seen, *present, present="\n".join(present))
        row.pattern, row.name, row.points = _checked(Kind(row.kind), pattern, name, points)
        others = [one for one in site.goals if one is not row and (one.kind, one.pattern) == (row.kind, row.pattern)]
        if others:
            raise Invalid("There is such a goal already: %(name)s.", name=others[0].name)
        session.flush()


def version_of_goal(name: str, pattern: str, points: int) -> str:
    """The version of a goal, for whoever changes it."""
    return version_of(name, pattern, str(points))


def remove_goal(
    database: AppDatabase, domain: str, key: str, *, by: str | None, now: datetime, seen: str | None = None
) -> Removed | None:
    """Throws away a goal that the publisher added, or takes off one of those that every site has, which returns None.

    `seen` is the version that the person has before them (`version_of_goal`). Raises ChangedMeanwhileError for another one.
    """
    if key in BUILT_IN:
        take_off(database, domain, KIND_BY_BUILT_IN[key], ANY)
        return None
    with _site(database, domain) as (session, site):
        row = _row(site, key)
        present = (row.name, row.pattern, str(row.points))
        require_seen(seen, *present, present="\n".join(present))
        site.goals.remove(row)
        name = row.name or row.pattern
        return throw_away(session, site.id, Thing.GOAL, name, {"row": values_of(row), "key": row.id}, by=by, now=now)


def put_goal_back(session: Session, site_id: int, kept: Mapping[str, Any], _now: datetime) -> None:
    """Puts back a goal that was thrown away. Raises Invalid."""
    row: SiteGoal = as_row(SiteGoal, kept["row"])
    site = session.get_one(Site, site_id)
    same = next((one for one in site.goals if (one.kind, one.pattern) == (row.kind, row.pattern)), None)
    if same is not None:
        raise Invalid("There is such a goal already: %(name)s.", name=same.name)
    if len(site.goals) >= MOST_GOALS:
        raise Invalid("A site has %(most)s goals at most; remove one first.", most=str(MOST_GOALS))
    if session.get(SiteGoal, kept["key"]) is None:  # views, alerts and reports name it by its key
        row.id = kept["key"]
    site.goals.append(row)


def take_off(database: AppDatabase, domain: str, kind: Kind, pattern: str, *, now: datetime | None = None) -> None:
    """Takes a form or download off the goals that every site has; with ANY all of the kind. Raises Invalid for other kinds."""
    if kind not in KIND_BY_BUILT_IN.values():
        raise Invalid("Only forms and downloads can be taken off.")
    with _site(database, domain) as (_, site):
        same = next((row for row in site.goals if (row.kind, row.pattern) == (kind, pattern)), None)
        if same is not None:
            same.counts = False
            return
        if len(pattern) > _LONGEST_PATTERN:
            raise Invalid("“%(pattern)s…” is too long; write %(most)s characters at most.", pattern=pattern[:40], most=str(_LONGEST_PATTERN))  # fmt: skip
        if len(site.goals) >= MOST_GOALS:
            raise Invalid("A site has %(most)s goals at most; remove one first.", most=str(MOST_GOALS))
        made = SiteGoal(kind=kind.value, pattern=pattern, name=pattern, points=POINTS[kind], counts=False)
        made.created_at = now or site.created_at
        site.goals.append(made)


def put_back(database: AppDatabase, domain: str, kind: Kind, pattern: str) -> None:
    """Takes back that a form or download, or all of the kind, was taken off."""
    with _site(database, domain) as (_, site):
        site.goals = [row for row in site.goals if row.counts or (row.kind, row.pattern) != (kind, pattern)]


def change_buying_pages(database: AppDatabase, domain: str, text: str | None, *, seen: str | None = None) -> None:
    """Keeps a site's buying pages, a pattern and its weight a line; None for the defaults.

    `seen` is the version of the pages that the person edited. Raises ChangedMeanwhileError for another one.
    """
    with about("buying_pages"):
        pages = None if text is None else read_buying_pages(text)
    with _site(database, domain) as (_, site):
        present = write_buying_pages(buying_pages_of(site))
        require_seen(seen, present, present=present)
        site.buying_pages = None if pages is None or pages.are_defaults else write_buying_pages(pages)


def goal_kind(text: str) -> Kind:
    """The kind of a name. Raises Invalid."""
    try:
        return Kind(text.strip().lower())
    except ValueError:
        raise Invalid(
            "“%(kind)s” is not a kind of goal; use one of %(kinds)s.", kind=text[:40], kinds=", ".join(Kind)
        ) from None


def _checked(kind: Kind, pattern: str, name: str, points: int | None) -> tuple[str, str, int]:
    with about("pattern"):
        plain = _pattern(kind, pattern)
    title = (clean_text(name) or "").strip() or with_unit(kind, plain)
    with about("name"):
        if len(title) > _LONGEST_PATTERN or (name.strip() and len(title) > _LONGEST_NAME):
            raise Invalid("A goal’s name has %(most)s characters at most.", most=str(_LONGEST_NAME))
    with about("points"):
        worth = POINTS[kind] if points is None else points
        if not 1 <= worth <= MOST_POINTS:
            raise Invalid(
                "A goal is worth 1 to %(most)s points, not %(points)s.", most=str(MOST_POINTS), points=str(worth)
            )
    return plain, title, worth


def _pattern(kind: Kind, text: str) -> str:
    plain = re.sub(r"\*{2,}", ANY, (clean_text(text) or "").strip())
    if len(plain) > _LONGEST_PATTERN:
        raise Invalid("“%(pattern)s…” is too long; write %(most)s characters at most.", pattern=plain[:40], most=str(_LONGEST_PATTERN))  # fmt: skip
    if kind is Kind.PAGE:
        return page_pattern(plain)
    if kind in MEASURES:
        return _measured(kind, plain)
    if kind is Kind.REVENUE and not plain:
        return ANY
    if not plain:
        raise Invalid("Write what the goal is about: the name of the event or form, or a part of the link’s URL.")
    if kind is Kind.EVENT:
        if _ONLY_STARS.fullmatch(plain):
            raise Invalid("A goal of every event is none; write the name of one.")
        _refuse_another_kind(plain)
    return plain


def page_pattern(plain: str) -> str:
    """A path. Of a URL that somebody copied it is the path and what follows."""
    path = re.sub(r"^[a-z][a-z0-9+.-]*://[^/]*", "", plain, flags=re.IGNORECASE)
    if path and not path.startswith(("/", ANY)):
        path = f"/{path}"
    if not path or (_ONLY_STARS.fullmatch(path) and ANY in path):
        raise Invalid("“%(pattern)s” is not a page; write a path such as /thanks or /demo/*.", pattern=plain[:60])
    return path


def _measured(kind: Kind, plain: str) -> str:
    """A number, which may have its unit, and a page's path or none."""
    match = _MEASURED.fullmatch(plain)
    measure, most = MEASURES[kind]
    if match is None or not 1 <= int(match["number"]) <= most:
        example = "75" if measure == "scroll_depth" else "120"
        raise Invalid("“%(pattern)s” is not a number from 1 to %(most)s; write one, such as %(example)s or %(example)s /blog/*.", pattern=plain[:60], most=str(most), example=example)  # fmt: skip
    page = match["page"]
    return str(int(match["number"])) + (f" {page_pattern(page)}" if page and not _ONLY_STARS.fullmatch(page) else "")


def _refuse_another_kind(name: str) -> None:
    for event, kind in ((FORM_SENT, Kind.FORM), (FILE_DOWNLOADED, Kind.DOWNLOAD), ("pageview", Kind.PAGE)):
        if name.casefold() == event.casefold():
            raise Invalid("“%(event)s” is the event of every goal of the kind %(kind)s; add one of that kind.", event=event, kind=kind.value)  # fmt: skip


def _row(site: Site, key: str) -> SiteGoal:
    row = next((one for one in site.goals if str(one.id) == key and one.counts), None)
    if row is None:
        raise Invalid("There is no goal “%(key)s”.", key=key[:40])
    return row


@contextmanager
def _site(database: AppDatabase, domain: str) -> Iterator[tuple[Session, Site]]:
    """A transaction with the site. Raises LookupError when there is none."""
    with database.transaction() as session:
        site = site_of(session, domain)
        if site is None:
            raise LookupError(domain)
        yield session, site
