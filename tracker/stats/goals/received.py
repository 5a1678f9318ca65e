"""What a site receives that could be a goal, and how often its goals were reached: with counts, for whoever sets them up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select

from tracker.enrichment.event import ENGAGEMENT, IDENTIFY, PAGEVIEW
from tracker.stats.dimensions import Dimension
from tracker.stats.goals import EVENTS, KIND_BY_BUILT_IN, Goal, Kind, condition_of
from tracker.stats.goals.buying_pages import BuyingPages, last_part, read_buying_pages
from tracker.stats.goals.reaching import reaching
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_MOST_RECEIVED = 300
_MOST_OF_A_KIND = 20
_LEAST_VISITS_OF_A_LINK = 2
_BY_EVENT = {name: kind for kind, names in EVENTS.items() for name in names}
# What is offered of how far or long visits read, where they tell it.
_USUAL_MEASURES = {Kind.SCROLL: "75", Kind.TIME: "120"}
# What a page is called that somebody sees once something is done.
_THANKS = read_buying_pages("merci*\nremerciement\nconfirmation\nthanks\nthank you\nsuccess")


class Counts(NamedTuple):
    """Events, the visits with one of them, and the companies of these."""

    events: int
    visits: int
    companies: int


class Received(NamedTuple):
    """Events that a site receives, as the goal that they could be."""

    kind: Kind
    pattern: str
    counts: Counts


_COUNTS = (
    func.count().label("events"),
    func.count(events.c.visit_id.distinct()).label("visits"),
    func.count(events.c.company.distinct()).label("companies"),
)


def received(store: EventStore, scope: Scope) -> list[Received]:
    """Returns the forms, downloads, events, links, pages of thanks, amounts and readings of a period, by kind and the most frequent first."""
    detail = detail_of_event().label("detail")
    statement = (
        select(events.c.name, detail, *_COUNTS)
        .where(scope.where(), events.c.name.not_in((PAGEVIEW, ENGAGEMENT, IDENTIFY)))
        .group_by(events.c.name, detail)
        .order_by(func.count().desc(), events.c.name, detail)
        .limit(_MOST_RECEIVED)
    )
    found: dict[Kind, list[Received]] = {kind: [] for kind in Kind}
    for name, about, *counts in store.rows(scope.asked(statement)):
        kind = _BY_EVENT.get(name, Kind.EVENT)
        pattern = name if kind is Kind.EVENT else about or ""
        if pattern or kind is Kind.FORM:
            found[kind].append(Received(kind, pattern, Counts(*counts)))
    found[Kind.LINK] = [one for one in found[Kind.LINK] if one.counts.visits >= _LEAST_VISITS_OF_A_LINK]
    found[Kind.PAGE] = _thanks(store, scope)
    found[Kind.REVENUE] = _paid(store, scope)
    for kind, pattern in _USUAL_MEASURES.items():
        usual = Goal(kind, pattern, kind, pattern, 1, condition_of(kind, pattern))
        found[kind] += [Received(kind, pattern, counts) for counts in goal_counts(store, scope, [usual]).values()]
    return [one for kind in Kind for one in found[kind][:_MOST_OF_A_KIND]]


def goal_counts(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> dict[str, Counts]:
    """Returns how often goals were reached in a period, by their keys. Goals that were not are left out."""
    if not goals:
        return {}
    reached = reaching(scope, goals).subquery("reached")
    statement = select(
        reached.c.goal,
        func.count(),
        func.count(reached.c.visit_id.distinct()),
        func.count(reached.c.company.distinct()),
    ).group_by(reached.c.goal)
    return {goal: Counts(*counts) for goal, *counts in store.rows(scope.asked(statement))}


def is_goal(one: Received, goals: Sequence[Goal]) -> bool:
    """Whether exactly this is a goal that the publisher added."""
    return any((goal.kind, goal.pattern) == (one.kind, one.pattern) for goal in goals)


def counts_already(one: Received, goals: Sequence[Goal]) -> bool:
    """Whether it counts for a goal that every site has, from which it can be taken off."""
    return one.kind in {KIND_BY_BUILT_IN[goal.key] for goal in goals if goal.is_built_in}


def detail_of_event() -> ColumnElement[Any]:
    """What an event is about that has one name with others: a form's name, a link's or file's URL."""
    name = events.c.name
    links = (*EVENTS[Kind.DOWNLOAD], *EVENTS[Kind.LINK])
    return case(
        (name.in_(EVENTS[Kind.FORM]), Dimension.FORM.event_column), (name.in_(links), Dimension.LINK.event_column)
    )


def _paid(store: EventStore, scope: Scope) -> list[Received]:
    """The events that carry an amount."""
    paid = select(events.c.name, *_COUNTS).where(scope.where(), events.c.currency.is_not(None)).group_by(events.c.name)
    rows = store.rows(scope.asked(paid.order_by(func.count().desc(), events.c.name).limit(_MOST_OF_A_KIND)))
    return [Received(Kind.REVENUE, name, Counts(*counts)) for name, *counts in rows]


def _thanks(store: EventStore, scope: Scope) -> list[Received]:
    likely = or_(*(func.lower(events.c.path).contains(part) for part in ("merci", "thank", "confirmation", "success")))
    statement = (
        select(events.c.path, *_COUNTS)
        .where(scope.where(), events.c.pageviews > 0, likely)
        .group_by(events.c.path)
        .order_by(func.count().desc(), events.c.path)
        .limit(_MOST_RECEIVED)
    )
    rows = store.rows(scope.asked(statement))
    named = _THANKS.of(row[0] for row in rows)
    return [Received(Kind.PAGE, path, Counts(*counts)) for path, *counts in rows if path in named]


class Touched(NamedTuple):
    """A pattern of buying pages with the pages that it finds and the companies that viewed one of them."""

    pattern: str
    pages: int
    companies: int


# Words by which sites call what they sell, beside those of the defaults.
_LIKELY = (
    "tarif", "prix", "devis", "démo", "contact", "rendez-vous", "rdv", "offre", "service", "prestation", "solution",
    "produit", "abonnement", "formation", "audit", "conseil", "accompagnement", "expertise", "agence", "boutique", "panier",
    "commande", "essai", "référence", "client", "réalisation", "simulateur", "comparatif", "inscription", "consultant",
    "pricing", "price", "quote", "demo", "trial", "plan", "product", "consulting", "training", "workshop", "shop", "cart",
    "checkout", "customer", "case study", "testimonial", "enterprise", "booking", "order", "signup", "calculator",
)  # fmt: skip


def touched(store: EventStore, scope: Scope, pages: BuyingPages) -> tuple[list[Touched], list[Touched]]:
    """Returns what the patterns of buying pages find in a period, and what further words would, both by companies.

    A further word stands as the page's whole name if all pages with it are called so, else with stars around it.
    """
    views = (
        select(events.c.path, events.c.company)
        .where(scope.where(), events.c.pageviews > 0, events.c.path.is_not(None))
        .distinct()
    )
    readers: dict[str, set[str]] = {}
    for path, company in store.rows(scope.asked(views)):
        named = readers.setdefault(path, set())
        if company is not None:
            named.add(company)
    own = [_touched(readers, pattern) for pattern, _ in pages.weights]
    covered = pages.of(readers)
    others = {path: companies for path, companies in readers.items() if path not in covered and last_part(path)}
    further = [one for word in _LIKELY if (one := _proposed(others, word)) is not None]
    return own, sorted(further, key=lambda one: (-one.companies, -one.pages, one.pattern))


def _touched(readers: dict[str, set[str]], pattern: str) -> Touched:
    found = BuyingPages(((pattern, 1.0),)).of(readers)
    return Touched(pattern, len(found), len(set().union(*(readers[path] for path in found))))


def _proposed(readers: dict[str, set[str]], word: str) -> Touched | None:
    wide, narrow = _touched(readers, f"*{word}*"), _touched(readers, word)
    if not wide.pages:
        return None
    return narrow if narrow.pages == wide.pages else wide
