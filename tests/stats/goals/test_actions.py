"""Actions and their properties, with who did them."""

from __future__ import annotations

from tests.stats.conftest import Blog, scope
from tests.stats.goals.test_goals import linked, sent
from tracker.stats import traffic
from tracker.stats.dimensions import Dimension
from tracker.stats.filters.address_bar import clicked, read_filter, write_filter
from tracker.stats.filters.json import read_filters, write_filters
from tracker.stats.goals.actions import Action, action, actions, properties

DAY = scope("2026-11-16")


def tell(blog: Blog) -> None:
    acme = {"company": "Acme", "company_confidence": 0.9}
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/x"), (9, "/x", "Signup"), props='{"plan":"pro","seats":3}', **acme)
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/x", "Signup"), visitor=9, props='{"plan":"free"}')
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/x", "Signup"), visitor=9, props='{"plan":"pro"}')
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/x", "Form: Submission"), **sent("demo"), **acme)
    blog.visit("2026-11-16T14:00:00+01:00", (0, "/x", "File Download"), **linked("https://a.fr/a.pdf"))
    blog.visit("2026-11-16T15:00:00+01:00", (0, "/x", "Identify"), **acme)


def test_each_action_counts_events_visits_visitors_and_companies(blog: Blog) -> None:
    tell(blog)
    signup = Action("Signup", None, 3, 3, 2, 1)
    assert actions(blog.store, DAY, limit=9) == [
        signup,
        Action("File Download", "https://a.fr/a.pdf", 1, 1, 1, 0),
        Action("Form: Submission", "demo", 1, 1, 1, 1),
    ]
    assert actions(blog.store, DAY, limit=1) == [signup] == [action(blog.store, DAY, "Signup", None)]
    assert action(blog.store, DAY, "Nothing", None) == Action("Nothing", None, 0, 0, 0, 0)


def test_properties_have_their_values_and_filter_by_them(blog: Blog) -> None:
    tell(blog)
    found = properties(blog.store, DAY, "Signup", None)
    shown = {
        key: [(text, one.events, len(one.visitors), len(one.companies)) for text, one in values]
        for key, values in found.items()
    }
    assert shown == {"plan": [("pro", 2, 2, 1), ("free", 1, 1, 0)], "seats": [("3", 1, 1, 1)]}
    assert properties(blog.store, DAY, "Form: Submission", "demo") == {}
    for value, visits in (("plan=pro", 2), ("seats=3", 1), ("plan=none", 0)):
        one = clicked(Dimension.PROPERTY, "is", (value,))
        assert read_filter(write_filter(one)) == one
        assert read_filters(write_filters((one,))) == (one,)
        assert traffic.totals(blog.store, scope("2026-11-16", one))["visits"].iloc[0] == visits
    assert read_filters([["is_not", "event:props:plan", ["pro"]]]) == read_filters(
        [["is_not", "event:props", ["plan=pro"]]]
    )
