"""The company that somebody looks at is ready with the figures of the next hit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import cast

from tests.stats.conftest import PARIS, SITE, Blog, scope
from tracker.leads.one_company.looked_at import most_alike, note_company, same_name
from tracker.leads.report import one_lead
from tracker.leads.score_rules import DEFAULT_RULES
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.rollups.moment import moment
from tracker.stats.rollups.ready import make_ready
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore

NOW, TODAY = datetime(2026, 11, 18, 12, tzinfo=UTC), date(2026, 11, 18)
SCOPE = scope("2026-11-01,2026-11-18")


def test_a_companys_page_is_ready_once_a_hit_is_counted(blog: Blog) -> None:
    def visit(company: str) -> None:
        blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), (9, "/b"), company=company, company_confidence=0.9)

    def looked_at() -> tuple[int, list[str], list[str]]:
        with moment(store) as page:
            lead = one_lead(page, SCOPE, "Acme", now=NOW, rules=DEFAULT_RULES)
            note_company(page, SCOPE, "Acme", now=NOW, confirmed=(), rules=DEFAULT_RULES)
            alike = most_alike(page, SCOPE, "Acme", ())
            return lead["visits"].iloc[0], [one.company for one in alike], same_name(page, SCOPE, "Acme", ())

    answering = AnsweringStore(blog.store)
    store = blog.store = cast(EventStore, answering)
    keeper = Keeper(store, lambda site, snapshot: make_ready(store, snapshot, site, lambda one: one))
    visit("Acme")
    keeper.refresh(SITE, PARIS, today=TODAY)
    assert looked_at() == (1, [], [])
    visit("Acme")
    visit("Acme Technologies")
    assert looked_at() == (1, [], [])
    keeper.refresh(SITE, PARIS, today=TODAY)
    assert looked_at() == (2, ["Acme Technologies"], ["Acme Technologies"])
