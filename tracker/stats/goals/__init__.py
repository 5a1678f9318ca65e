"""Goals: what a visitor may do that a publisher hopes for. A goal is a filter of events with a name.

Owns what each kind of goal keeps, and which goals a site has. Sent forms and downloads are goals of every site from its
first hit, until the publisher takes them off, as a whole or one by one: a search or a sign-in is not a conversion. All
others are rows of the app database (`tracker.stats.goals.rows`).

An example: the page goal `/merci/*` keeps the views of all pages below /merci, the download goal `livre-blanc` each
download of a file with that in its URL, the scroll goal `75 /blog/*` the first moment at which three quarters of a page below
/blog were read, the time goal `120` the one at which a visit had read for two minutes, and the revenue goal `Purchase` each
event of that name with an amount. An event of one of the publisher's own goals for forms or downloads does not
count for the goal of all forms or downloads as well; otherwise each goal is counted on its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.enrichment.event import PAGEVIEW
from tracker.enrichment.event_name import EMAIL, OUTBOUND, PHONE
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, AtLeast, Comparison, Filter, Measure, Not, Or
from tracker.stats.filters.json import write_filters
from tracker.stats.messages import message

if TYPE_CHECKING:
    from tracker.db.models import Site, SiteGoal

FORM_SENT = "Form: Submission"
FILE_DOWNLOADED = "File Download"
ANY = "*"

MOST_POINTS = 40


class Kind(StrEnum):
    """What a goal is about. A pattern is the name or the path from end to end, with `*` for any text.

    Of a download and a link it is a part of the URL. Of scroll and time it is a number, of per cent or seconds, and then a
    page's path, or none for all pages.
    """

    FORM = "form"
    DOWNLOAD = "download"
    EVENT = "event"
    PAGE = "page"
    LINK = "link"
    SCROLL = "scroll"
    TIME = "time"
    REVENUE = "revenue"


# What a goal is worth in a lead's score when the publisher does not say.
POINTS = {
    Kind.FORM: 30,
    Kind.DOWNLOAD: 20,
    Kind.EVENT: 30,
    Kind.PAGE: 20,
    Kind.LINK: 10,
    Kind.SCROLL: 5,
    Kind.TIME: 5,
    Kind.REVENUE: 40,
}

KIND_NAMES = {
    Kind.FORM: message("Sent form"),
    Kind.DOWNLOAD: message("Download"),
    Kind.EVENT: message("Event"),
    Kind.PAGE: message("Page"),
    Kind.LINK: message("Link out of the site"),
    Kind.SCROLL: message("Scroll depth"),
    Kind.TIME: message("Reading time"),
    Kind.REVENUE: message("Revenue"),
}

# The events of each kind, where they are of one name.
EVENTS = {
    Kind.FORM: (FORM_SENT,),
    Kind.DOWNLOAD: (FILE_DOWNLOADED,),
    Kind.PAGE: (PAGEVIEW,),
    Kind.LINK: (OUTBOUND, EMAIL, PHONE),
}
# The most that a goal of a measure can ask for: per cent of a page, and seconds.
MEASURES: dict[Kind, tuple[Measure, int]] = {Kind.SCROLL: ("scroll_depth", 100), Kind.TIME: ("engaged_seconds", 86_400)}
_UNITS = {Kind.SCROLL: "%", Kind.TIME: "s"}


def with_unit(kind: Kind, pattern: str) -> str:
    """A pattern as people read it: that of a measure has its unit, such as `75 % /blog/*`."""
    number, space, path = pattern.partition(" ")
    return f"{number}\u00a0{_UNITS[kind]}{space}{path}" if kind in _UNITS else pattern


@dataclass(frozen=True)
class Goal:
    """A goal of a site. `key` never changes; `name` is the publisher's, of a built-in goal a message to translate.

    `condition` keeps the events that reach it, `points` (1 to MOST_POINTS) is what it is worth in a lead's score.
    """

    key: str
    name: str
    kind: Kind
    pattern: str
    points: int
    condition: Filter

    @property
    def is_built_in(self) -> bool:
        return self.key in BUILT_IN

    @property
    def meant(self) -> str:
        """What it counts, the same for goals that count the same: a hash of its condition."""
        condition = json.dumps(write_filters((self.condition,)), separators=(",", ":"))
        return hashlib.blake2b(condition.encode(), digest_size=12).hexdigest()


# The goals that hold from the first hit, by their kind.
_BUILT_IN_KINDS = {Kind.FORM: ("forms", message("Forms sent")), Kind.DOWNLOAD: ("downloads", message("Downloads"))}
KIND_BY_BUILT_IN = {key: kind for kind, (key, _) in _BUILT_IN_KINDS.items()}
BUILT_IN = frozenset(KIND_BY_BUILT_IN)


def goals_of(site: Site) -> tuple[Goal, ...]:
    """Returns the goals of a site: its own in the order in which they were added, then those of every site."""
    own = tuple(_own(row) for row in site.goals if row.counts)
    return own + tuple(goal for kind in _BUILT_IN_KINDS if (goal := _built_in(kind, site.goals)) is not None)


def condition_of(kind: Kind, pattern: str) -> Filter:
    """Returns the filter of the events that a kind and pattern mean."""
    if kind is Kind.EVENT:
        return _compared(Dimension.EVENT, (pattern,))
    if kind in MEASURES:
        number, _, path = pattern.partition(" ")
        pages: Filter = _compared(Dimension.PAGE, _with_and_without_slash(path)) if path else And(())
        return AtLeast(MEASURES[kind][0], int(number), pages)
    if kind is Kind.REVENUE:
        with_amount = Comparison(Dimension.CURRENCY, "is_not", ("",))
        return with_amount if pattern == ANY else And((_compared(Dimension.EVENT, (pattern,)), with_amount))
    of_kind = Comparison(Dimension.EVENT, "is", EVENTS[kind])
    return of_kind if pattern == ANY else And((of_kind, _detail(kind, pattern)))


def _detail(kind: Kind, pattern: str) -> Filter:
    if kind is Kind.FORM:
        return _compared(Dimension.FORM, (pattern,))
    if kind is Kind.PAGE:
        return _compared(Dimension.PAGE, _with_and_without_slash(pattern))
    if ANY in pattern:
        return Comparison(Dimension.LINK, "matches_wildcard", (f"*{pattern}*",))
    return Comparison(Dimension.LINK, "contains", (pattern,))


def _compared(dimension: Dimension, values: tuple[str, ...]) -> Comparison:
    return Comparison(dimension, "matches_wildcard" if any(ANY in value for value in values) else "is", values)


def _with_and_without_slash(path: str) -> tuple[str, ...]:
    """A page's path as its publisher types it, and the other way in which sites write it."""
    if path == "/" or path.endswith(ANY):
        return (path,)
    return (path.rstrip("/"), path.rstrip("/") + "/")


def _own(row: SiteGoal) -> Goal:
    kind = Kind(row.kind)
    return Goal(str(row.id), row.name, kind, row.pattern, row.points, condition_of(kind, row.pattern))


def _built_in(kind: Kind, rows: Iterable[SiteGoal]) -> Goal | None:
    """The goal of all forms or downloads but those that are goals of their own or taken off; None where all are."""
    same = [row for row in rows if row.kind == kind]
    if any(row.pattern == ANY for row in same):
        return None
    key, name = _BUILT_IN_KINDS[kind]
    condition = condition_of(kind, ANY)
    if same:
        condition = And((condition, Not(Or(tuple(_detail(kind, row.pattern) for row in same)))))
    return Goal(key, name, kind, ANY, POINTS[kind], condition)
