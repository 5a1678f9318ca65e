"""A visit as a sentence: many pages and many events of one kind are summed up, what was done is never left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboards.presentation.timeline import TimelineStep, days
from tracker.leads.visits import CompanyVisit, VisitStep

AT = datetime(2026, 11, 16, 22, 30, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def steps(*events: tuple[str, str]) -> list[TimelineStep]:
    """The steps of one visit with these events, each its name and its page or property."""
    visit = CompanyVisit(AT, None, "/", None, None, None)
    for number, (name, text) in enumerate(events):
        props = None if name == "pageview" else f'{{"url": "https://b.fr/{text}"}}'
        visit.steps.append(VisitStep(AT + timedelta(minutes=number), text, None, name, 0.0, props))
    [day] = days("en", [visit], PARIS)
    return list(day.visits[0].steps)


def test_pages_beyond_some_are_summed_up_where_they_were() -> None:
    listed = steps(*[("pageview", f"/{n}") for n in range(14)], ("File Download", "a.pdf"), ("pageview", "/last"))
    assert [step.skipped for step in listed[11:]] == [0, 2, 0, 1]
    assert listed[13].what == "downloaded a.pdf"


def test_the_same_event_in_a_row_is_told_once_with_its_number() -> None:
    listed = steps(("pageview", "/"), *[("File Download", "a.pdf")] * 3)
    assert [step.what for step in listed] == [None, "downloaded a.pdf, 3 times"]


def test_of_very_many_events_of_a_kind_the_others_are_told_by_their_number() -> None:
    listed = steps(*[("File Download", f"{n}.pdf") for n in range(50)], ("Form: Submission", "x"))
    assert len(listed) == 22
    assert listed[-1].what == "downloaded a file and 30 more times"
    assert listed[-2].what == "sent a form"


def test_a_page_after_something_else_has_its_verb() -> None:
    assert [step.begins for step in steps(("pageview", "/a"), ("pageview", "/b"), ("Démo", "x"), ("pageview", "/c"))] == [
        True, False, False, True
    ]  # fmt: skip


def test_visits_stand_under_their_local_day() -> None:
    visits = [
        CompanyVisit(AT + timedelta(hours=1), None, None, None, None, None),
        CompanyVisit(AT, None, None, None, None, None),
    ]
    found = days("en", visits, PARIS)
    assert [(one.day.isoformat(), len(one.visits)) for one in found] == [("2026-11-17", 1), ("2026-11-16", 1)]
