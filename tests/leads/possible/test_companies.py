"""Possible companies: they are in none of the figures, lists and emails of sure ones until the publisher confirms them."""

from __future__ import annotations

from tests.leads.test_certainty import BY_NETWORK, DAYS, WEEK
from tests.stats.conftest import Blog, scope
from tracker.db.models import CompanyConfirmation, Site
from tracker.leads.companies.asked import find_company
from tracker.leads.companies.known import known_companies
from tracker.leads.possible.companies import possible_companies
from tracker.leads.report import leads, one_lead
from tracker.reports.report import report_on
from tracker.stats.goals import goals_of

POSSIBLE = BY_NETWORK | {"company_confidence": 0.3, "network_kind": "unknown"}


def _armor_and_perhaps(blog: Blog) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", company_domain="armor.fr", **BY_NETWORK)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/tarifs"), company="Perhaps", company_domain="perhaps.fr", **POSSIBLE)


def test_no_list_and_no_email_of_sure_companies_has_one(blog: Blog, site: Site) -> None:
    _armor_and_perhaps(blog)
    assert leads(blog.store, scope(DAYS))["company"].tolist() == ["Armor"]
    assert leads(blog.store, scope(DAYS), limit=5)["company"].tolist() == ["Armor"]
    report = report_on(blog.store, site, "weekly", WEEK, now=scope(DAYS).period.end_at)
    assert report.leads["company"].tolist() == ["Armor"]


def test_its_own_page_finds_it(blog: Blog) -> None:
    _armor_and_perhaps(blog)
    known = known_companies(blog.store, scope(DAYS))
    assert {one.name: one.is_possible for one in known} == {"Armor": False, "Perhaps": True}
    assert find_company(blog.store, scope(DAYS).site, known, "perhaps.fr") == ("Perhaps", "perhaps.fr")
    row = one_lead(blog.store, scope(DAYS), "Perhaps").iloc[0]
    assert (row["confidence"], bool(row["sure"]), row["visits"]) == (0.3, False, 1)


def test_one_that_is_confirmed_is_a_lead_with_its_past_visits(blog: Blog, site: Site) -> None:
    _armor_and_perhaps(blog)
    site.confirmations = [CompanyConfirmation(company="Perhaps")]
    found = leads(blog.store, scope(DAYS), confirmed=site.confirmed_names)
    assert sorted(found["company"]) == ["Armor", "Perhaps"]
    assert found["sure"].all()


def test_office_hours_on_desktops_speak_for_a_company_and_evenings_on_phones_against(blog: Blog) -> None:
    for day in (9, 10, 11, 12, 13):
        for hour in (9, 15):
            at = f"2026-11-{day:02}T{hour:02}:00:00+01:00"
            blog.visit(at, (0, "/a"), company="Office", device="desktop", **POSSIBLE)
            blog.visit(at.replace(f"T{hour:02}", "T21"), (0, "/a"), company="Homes", device="mobile", **POSSIBLE)
    found = possible_companies(blog.store, scope(DAYS)).set_index("company")
    assert found.index.tolist() == ["Office", "Homes"]
    assert found.loc["Office", ["visits", "in_office_hours", "on_desktops", "days"]].tolist() == [10, 10, 10, 5]
    assert found.loc["Homes", ["visits", "in_office_hours", "on_desktops"]].tolist() == [10, 0, 0]
    assert found.loc["Office", "points"] > 50
    assert found.loc["Homes", "points"] < 0
    assert possible_companies(blog.store, scope(DAYS), confirmed=["Office"])["company"].tolist() == ["Homes"]


def test_office_hours_are_those_of_the_visitors_country(blog: Blog) -> None:
    at = "2026-11-10T02:00:00+01:00"  # 10 in the morning in Tokyo
    blog.visit(at, (0, "/a"), company="Tokyo", country="JP", device="desktop", **POSSIBLE)
    blog.visit(at, (0, "/a"), company="Rennes", country="FR", device="desktop", **POSSIBLE)
    found = possible_companies(blog.store, scope(DAYS)).set_index("company")
    assert found["in_office_hours"].to_dict() == {"Tokyo": 1, "Rennes": 0}


def test_a_goal_raises_and_a_crowd_puts_away(blog: Blog, site: Site) -> None:
    for company in ("Quiet", "Asked", "Crowd"):
        for number in range(30 if company == "Crowd" else 2):
            at = f"2026-11-10T1{number % 6}:00:00+01:00"
            steps = ((0, "/a"), (30, "/contact", "Form: Submission")) if company == "Asked" else ((0, "/a"),)
            blog.visit(at, *steps, company=company, country="FR", device="desktop", **POSSIBLE)
    found = possible_companies(blog.store, scope(DAYS), goals=goals_of(site))
    assert found["company"].iloc[0] == "Asked"
    by_name = found.set_index("company")
    assert [goal.key for goal in by_name.loc["Asked", "goals"]] == ["forms"]
    assert by_name.loc["Asked", "points"] - by_name.loc["Quiet", "points"] == 20
    assert by_name.loc["Crowd", "points_visitors"] == -60


def test_a_name_that_is_certain_on_the_site_is_not_asked_for(blog: Blog) -> None:
    blog.visit("2026-10-01T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NETWORK)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", **POSSIBLE)
    assert possible_companies(blog.store, scope(DAYS)).empty


def test_a_private_person_whom_an_earlier_version_stored_is_not_among_them(blog: Blog) -> None:
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/a"), company="Perhaps", organisation="Perhaps Ltd", **POSSIBLE)
    person = {"company": "Anna Musterfrau", "organisation": "AS64500 - ANNA MUSTERFRAU", "asn": 64500}
    blog.visit("2026-11-11T11:00:00+01:00", (0, "/a"), **person, **POSSIBLE)
    assert possible_companies(blog.store, scope(DAYS))["company"].tolist() == ["Perhaps"]
