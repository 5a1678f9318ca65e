"""Companies that read alike: shared pages count, those that few read the most, those that one alone read against it."""

from __future__ import annotations

from tests.stats.conftest import Blog, scope
from tracker.leads.one_company.alike import Alike, companies_alike

READ = {
    "Acme": ("/", "/a", "/b"),
    "Twin": ("/", "/a", "/b"),
    "Cousin": ("/", "/a", "/x", "/y"),
    "Reader of all": ("/", "/a", "/b", *(f"/{number}" for number in range(20))),
    "Passer-by": ("/",),
    "Stranger": ("/x", "/y"),
}


def test_the_most_alike_come_first_with_the_pages_that_both_read(blog: Blog) -> None:
    for company, paths in READ.items():
        steps = ((10 * number, path) for number, path in enumerate(paths))
        blog.visit("2026-11-10T10:00:00+01:00", *steps, company=company, company_confidence=0.75)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), (9, "/b"), company="Typed", company_confidence=0.3)
    found = companies_alike(blog.store, scope("2026-11"), "Acme")
    assert [one.company for one in found] == ["Twin", "Cousin", "Reader of all"]
    assert found[0] == Alike("Twin", ("Titre de /b", "Titre de /a", "Titre de /"))
    assert companies_alike(blog.store, scope("2026-11"), "Acme", limit=1) == found[:1]
    assert companies_alike(blog.store, scope("2026-11"), "Acme", confirmed={"Typed"})[1].company == "Typed"
    assert companies_alike(blog.store, scope("2026-11"), "Passer-by")[1].company == "Twin"
    assert companies_alike(blog.store, scope("2026-10"), "Acme") == []
