"""Companies that only a visitor named: listed last, apart from those that are certain, and in no email."""

from __future__ import annotations

from tests.stats.conftest import Blog, scope
from tracker.db.models import CompanyConfirmation, Site
from tracker.leads.report import leads
from tracker.leads.visits import company_visits
from tracker.reports.report import report_on

BY_NETWORK = {"company_method": "as_organisation", "company_evidence": "AS64500 …", "company_confidence": 0.75}
BY_NAME = {"company_method": "given", "company_evidence": "the visitor named the company", "company_confidence": 0.4}
AS_STORED_BEFORE = BY_NAME | {"company_confidence": 0.8}
WEEK, DAYS = "2026-W46", "2026-11-09,2026-11-15"


def test_a_company_that_only_its_visitor_named_comes_last_whatever_its_score(blog: Blog) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NETWORK)
    for day in (10, 11, 12):
        blog.visit(f"2026-11-{day}T11:00:00+01:00", (0, "/tarifs"), (60, "/contact"), company="Typed", **BY_NAME)
    found = leads(blog.store, scope(DAYS))
    assert found["company"].tolist() == ["Armor", "Typed"]
    assert found["sure"].tolist() == [True, False]
    assert found["score"].iloc[1] > found["score"].iloc[0]


def test_rows_of_earlier_versions_are_read_by_their_method(blog: Blog) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Typed", **AS_STORED_BEFORE)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Proven", **AS_STORED_BEFORE, company_domain="proven.fr")
    found = leads(blog.store, scope(DAYS)).set_index("company")
    assert (found.loc["Typed", "confidence"], bool(found.loc["Typed", "sure"])) == (0.4, False)
    assert (found.loc["Proven", "confidence"], bool(found.loc["Proven", "sure"])) == (0.8, True)


def test_nobody_adds_visits_to_a_company_by_typing_its_name(blog: Blog) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NETWORK)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/tarifs"), (9, "/contact"), company="Armor", source="Evil", **BY_NAME)
    (lead,) = leads(blog.store, scope(DAYS)).to_dict("records")
    assert (lead["visits"], lead["pageviews"], lead["sources"], lead["method"]) == (1, 1, [], "as_organisation")
    assert [reason.code for reason in lead["reasons"]] == ["recency"]
    assert len(company_visits(blog.store, scope(DAYS), "Armor", only_sure=True)) == 1


def test_the_weekly_email_names_none_of_them(blog: Blog, site: Site) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NETWORK)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/tarifs"), company="Typed", **BY_NAME)
    report = report_on(blog.store, site, "weekly", WEEK, now=scope(DAYS).period.end_at)
    assert report.leads["company"].tolist() == ["Armor"]


def test_what_the_publisher_confirms_is_a_lead_like_any_other(blog: Blog, site: Site) -> None:
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/tarifs"), company="Typed", **BY_NAME)
    site.confirmations = [CompanyConfirmation(company="Typed")]
    assert leads(blog.store, scope(DAYS), confirmed=site.confirmed_names)["sure"].tolist() == [True]
    assert report_on(blog.store, site, "weekly", WEEK, now=scope(DAYS).period.end_at).leads["company"].tolist() == [
        "Typed"
    ]
