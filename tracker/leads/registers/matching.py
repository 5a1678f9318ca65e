"""Finds what each company of a site is in the registers, and keeps it: a piece at a time, beside the pages and ingest.

A match is made again when its question is another (the company's country, town or domain, or what a publisher chose) or the
register is of another edition. A company that no visit has any more loses its match.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, func, insert, null, select

from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.db.register_models import RegisterMatch, RegisterMatches
from tracker.enrichment.event import SELF_IDENTIFIED
from tracker.leads.certainty import best_first
from tracker.leads.registers.choices import Choices, Chosen, choices, company_match
from tracker.leads.registers.facts import CompanyFacts, as_text
from tracker.reference.registers.areas import areas_of_region, town_name
from tracker.reference.registers.entries import Place
from tracker.reference.registers.matching import Asked, Candidate
from tracker.reference.registers.name_keys import town_key
from tracker.reference.registers.registers import Registers
from tracker.stats.companies.visit_rows import company_rows, scope_of_all
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

# As the facts that are kept change their shape or a match its rules, all are made again.
_RULES = "4"
_BATCH = 200
_JUST_NOW = timedelta(minutes=2)
_TOLD_BY_VISITORS = (SELF_IDENTIFIED, "tenant_referrer")


class Question(NamedTuple):
    """What the registers are asked of a company: what its visits say, and the region that most of them come from."""

    asked: Asked
    region: str = ""

    def key(self, chosen: Chosen | None) -> str:
        """The text by which a match is known to be one of this question."""
        return json.dumps([*self.asked[1:], self.region, *(chosen or ())], ensure_ascii=False)


def questions(store: EventStore, site: str) -> dict[str, Question]:
    """Returns what to ask of each company of a site, by the name that its pages show: of all its visits, the most frequent."""
    of_all = scope_of_all(store, site)
    found: dict[str, Question] = once_of_present(
        store, of_all, ("questions to registers",), lambda page: _questions(page, of_all)
    )
    return found


def _latest_questions(store: EventStore, site: str, now: datetime) -> dict[str, Question]:
    """The same of the visits that have just been here."""
    moments = now - _JUST_NOW, now + _JUST_NOW
    days = Period(moments[0].date(), moments[1].date() + timedelta(days=1), ZoneInfo("UTC"), "just now", moments)
    return _questions(store, Scope(site, days))


def _questions(store: EventStore, scope: Scope) -> dict[str, Question]:
    with company_rows(store, scope) as did:
        own, visits = did.c, func.count(did.c.visit_id.distinct())
        # Whoever says that they are of a company changes nothing of what its own network says.
        by_network = case((own.company_method.in_(_TOLD_BY_VISITORS), 0), else_=1)
        named = (own.company, own.country, own.region, own.city)
        statement = select(*named).where(own.country.is_not(None)).group_by(by_network, *named)
        places: Sequence[Any] = did.rows(statement.order_by(by_network, visits, *named))
        of_network = case((by_network == 1, own.company_domain), else_=null())
        domains = [functions.arg_max(one, best_first(own)) for one in (of_network, own.company_domain)]
        known = select(own.company, func.max(by_network), *domains).group_by(own.company)
        companies: Sequence[Any] = did.rows(known)
    most = {name: (country or "", region or "", city or "") for name, country, region, city in places}
    nowhere = ("", "", "")
    return {
        name: Question(Asked(name, country, city, (domain if has_network else told_domain) or ""), region)
        for name, has_network, domain, told_domain in companies
        for country, region, city in (most.get(name, nowhere),)
    }


def facts_of(registers: Registers, made: Choices, question: Question) -> CompanyFacts | None:
    """Returns the facts of the entry that a company is; None where none is it with enough confidence."""
    best = company_match(registers, made, question.asked).best
    return facts_from(registers, best, question) if best else None


def facts_from(registers: Registers, best: Candidate, question: Question) -> CompanyFacts:
    """Returns the facts of an entry, with what else the registers have of it. Towns are written as they are read."""
    entry, visited = best.entry, question.asked.town
    key = town_key(visited)
    nearest = None
    if town_key(entry.seat.town) != key:
        nearest = registers.nearest(entry, key, areas_of_region(question.region))
    return CompanyFacts(
        entry._replace(seat=_written(entry.seat, visited)),
        registers.as_of(entry.register),
        best.confidence,
        tuple(one.value for one in best.evidence),
        _written(nearest, visited) if nearest and not nearest.is_seat else None,
        tuple((one.number, one.name) for one in registers.group(entry)),
    )


def _written(place: Place, visited: str) -> Place:
    """A place with its town as the geo databases write it, with its accents, where that is the town of the visits."""
    same = place.town and town_key(place.town) == town_key(visited)
    return place._replace(town=visited if same else town_name(place.town))


def match_companies(
    database: AppDatabase,
    store: EventStore,
    site: Site,
    registers: Registers,
    *,
    now: datetime,
    pause: Callable[[], bool] = lambda: False,
    only: Collection[str] | None = None,
) -> int:
    """Makes the matches of a site's companies that are missing or of another question or edition. Returns how many it made.

    `pause` is called between two pieces and returns whether to stop. With `only`, the other companies wait.
    """
    asked = questions(store, site.stored_as) if registers.stamp() else {}
    return keep_matches(database, site.id, registers, asked, now=now, pause=pause, only=only)


def match_newcomers(
    database: AppDatabase, store: EventStore, site: Site, registers: Registers, *, now: datetime
) -> int:
    """Makes the matches of companies that have just come for the first time. Returns how many it made.

    They are asked for as these visits say; `match_companies` asks again if all of their visits say something else.
    """
    asked = _latest_questions(store, site.stored_as, now) if registers.stamp() else {}
    known = _kept(database, site.id, asked) if asked else {}
    new = {name: one for name, one in asked.items() if name not in known}
    return keep_matches(database, site.id, registers, new, now=now, only=new) if new else 0


def keep_matches(
    database: AppDatabase,
    site_id: int,
    registers: Registers,
    asked: Mapping[str, Question],
    *,
    now: datetime,
    pause: Callable[[], bool] = lambda: False,
    only: Collection[str] | None = None,
) -> int:
    """The same for all companies that a site has, by name, with what to ask of each."""
    made, edition = choices(database), f"{_RULES} {registers.stamp()}"
    kept = _kept(database, site_id, only)
    keys = {name: one.key(made.of(one.asked)) for name, one in asked.items()}
    waiting = [name for name in asked if kept.get(name) != (keys[name], edition) and (only is None or name in only)]
    gone = [name for name in kept if name not in asked] if only is None else []
    if gone:
        _write(database, site_id, gone, [], now)
    done = 0
    for names in _pieces(waiting):
        rows = []
        for name in names:
            facts = facts_of(registers, made, asked[name])
            text = as_text(facts) if facts else None
            rows.append({"site_id": site_id, "company": name, "asked": keys[name], "edition": edition, "facts": text})
        _write(database, site_id, names, rows, now)
        done += len(names)
        if pause():
            break
    return done


def question_of(database: AppDatabase, site_id: int, name: str) -> Question | None:
    """Returns what was asked of a company when it was matched last; None where it was not matched yet."""
    own = RegisterMatch
    with database.transaction() as session:
        text = session.scalar(select(own.asked).where(own.site_id == site_id, own.company == name))
    if text is None:
        return None
    country, town, domain, region, *_chosen = json.loads(text)
    return Question(Asked(name, country, town, domain), region)


def _kept(database: AppDatabase, site_id: int, only: Collection[str] | None = None) -> Mapping[str, tuple[str, str]]:
    """The question and the edition of each match that is kept; with `only`, of these companies."""
    own = RegisterMatch
    statement = select(own.company, own.asked, own.edition).where(own.site_id == site_id)
    statements = [statement] if only is None else [statement.where(own.company.in_(some)) for some in _pieces(only)]
    with database.transaction() as session:
        rows = [row for one in statements for row in session.execute(one)]
    return {name: (asked, edition) for name, asked, edition in rows}


def _pieces(names: Collection[str]) -> Iterator[Sequence[str]]:
    listed = list(names)
    return (listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH))


def _write(
    database: AppDatabase, site_id: int, names: Sequence[str], rows: Sequence[Mapping[str, object]], now: datetime
) -> None:
    """Replaces the matches of these companies, in one step with the revision that tells readers that facts changed."""
    own = RegisterMatch
    changes_facts = any(row["facts"] for row in rows)
    with database.transaction() as session:
        for some in _pieces(names):
            concerned = own.site_id == site_id, own.company.in_(some)
            had_facts = select(own.company).where(*concerned, own.facts.is_not(None)).limit(1)
            changes_facts = changes_facts or session.scalar(had_facts) is not None
            session.execute(delete(own).where(*concerned))
        if rows:
            session.execute(insert(own), list(rows))
        if changes_facts:
            session.merge(RegisterMatches(site_id=site_id, revision=secrets.token_hex(8), changed_at=now))
