"""How a company's facts are known: each way with its own visits, people, place and days."""

from __future__ import annotations

from tests.stats.conftest import Blog, scope
from tracker.leads.one_company.facts import Place, identifications, places

OWNER = {"company": "Acme", "company_method": "as_organisation", "company_evidence": "as", "company_confidence": 0.75}
SAID = {"company": "Acme", "company_method": "given", "company_evidence": "given", "company_confidence": 0.95}
TYPED = {"company": "Acme", "company_method": "given", "company_evidence": "typed", "company_confidence": 0.3}


def test_each_way_counts_its_visits_and_people_the_most_certain_first(blog: Blog) -> None:
    for day in (9, 10, 11):
        blog.visit(f"2026-11-{day:02}T10:00:00+01:00", (0, "/a"), network_kind="business", **OWNER)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/a"), (30, "/b"), visitor=7, company_domain="acme.fr", **SAID)
    blog.visit("2026-11-13T10:00:00+01:00", (0, "/a"), visitor=7, company_domain="acme.fr", **SAID)
    blog.visit("2026-11-13T10:00:00+01:00", (0, "/a"), **TYPED)
    blog.visit("2026-11-13T10:00:00+01:00", (0, "/a"), **OWNER | {"company": "Bolt"})
    said, owner, typed = identifications(blog.store, scope("2026-11"), "Acme")
    assert (said.domain, said.visits, said.visitors, said.said_so) == ("acme.fr", 2, 1, True)
    assert (said.first_at.day, said.last_at.day) == (12, 13)
    assert (owner.method, owner.kind, owner.visits, owner.said_so) == ("as_organisation", "business", 3, False)
    assert (typed.evidence, typed.confidence) == ("typed", 0.3)
    assert [one.evidence for one in identifications(blog.store, scope("2026-11"), "Acme", only_sure=True)] == [
        "given", "as"
    ]  # fmt: skip


def test_places_are_counted_by_visits(blog: Blog) -> None:
    for city in ("Lyon", "Paris", "Paris", None):
        blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), (9, "/b"), country="FR", city=city, **OWNER)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), **OWNER)
    found = places(blog.store, scope("2026-11"), "Acme")
    assert found[0] == Place("FR", "Paris", 2)
    assert {one.city for one in found} == {"Paris", "Lyon", None}
