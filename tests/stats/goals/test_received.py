"""What a site receives is offered as goals, and buying pages say how many companies they touch."""

from __future__ import annotations

from tests.stats.conftest import Blog, scope
from tests.stats.goals.test_conversions import DEMO, FORMS
from tests.stats.goals.test_goals import linked, sent
from tracker.stats.goals import Kind
from tracker.stats.goals.buying_pages import read_buying_pages
from tracker.stats.goals.received import Counts, Touched, goal_counts, received, touched

DAY = scope("2026-11-16")
AT = "2026-11-16T12:00:00+01:00"


def test_what_is_received_is_offered_with_its_counts(blog: Blog) -> None:
    for company in ("Acme", "Bolt", None):
        blog.visit(AT, (0, "/x", "Form: Submission"), company=company, **sent("demo"))
    blog.visit(AT, (0, "/x", "Form: Submission"), (1, "/x", "Form: Submission"))
    blog.visit(AT, (0, "/x", "Signup"), (9, "/x", 1000))
    blog.visit(AT, (0, "/x", "File Download"), **linked("https://a.fr/a.pdf"))
    blog.visit(AT, (0, "/x", "Outbound Link: Click"), **linked("https://seldom.example/"))
    blog.visit(AT, (0, "/merci-demo/"), (5, "/remercier-ses-clients"))
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/x", "Later"))
    assert [(one.kind, one.pattern, one.counts) for one in received(blog.store, DAY)] == [
        (Kind.FORM, "demo", Counts(3, 3, 2)),
        (Kind.FORM, "", Counts(2, 1, 0)),
        (Kind.DOWNLOAD, "https://a.fr/a.pdf", Counts(1, 1, 0)),
        (Kind.EVENT, "Signup", Counts(1, 1, 0)),
        (Kind.PAGE, "/merci-demo/", Counts(1, 1, 0)),
    ]
    assert goal_counts(blog.store, DAY, [DEMO, FORMS]) == {"1": Counts(3, 3, 2), "forms": Counts(5, 4, 2)}
    assert goal_counts(blog.store, DAY, []) == {}


def test_buying_pages_say_how_many_companies_they_touch_and_what_else_would(blog: Blog) -> None:
    blog.visit(AT, (0, "/tarifs"), (5, "/formation-seo"), company="Acme")
    blog.visit(AT, (0, "/nos-tarifs/"), (5, "/formations"), company="Bolt")
    blog.visit(AT, (0, "/formation"), (5, "/information"), company="Bolt")
    blog.visit(AT, (0, "/boutique/"))
    own, further = touched(blog.store, DAY, read_buying_pages("tarifs\ndevis"))
    assert own == [Touched("tarifs", 2, 2), Touched("devis", 0, 0)]
    assert further == [Touched("*formation*", 3, 2), Touched("boutique", 1, 0)]
