"""Corrections hold for past and future visits in every list and figure, can be undone, and change no event."""

from __future__ import annotations

import hashlib
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import select

from tests.leads.test_certainty import BY_NETWORK, DAYS
from tests.stats.conftest import PARIS, Blog, blog, scope, site, store  # noqa: F401 - fixtures
from tests.stats.goals.test_goals import sent
from tracker.leads.companies.asked import find_company, name_of_company
from tracker.leads.companies.claims import claims_of_names
from tracker.leads.companies.known import known_companies
from tracker.leads.corrections.corrected_store import CorrectedStore, stored
from tracker.leads.corrections.rules import Kind, Rule, Rules
from tracker.leads.report import leads
from tracker.leads.visits import company_visits
from tracker.stats.breakdowns import breakdown, leading, visitors_of
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals import Goal
from tracker.stats.goals import Kind as GoalKind
from tracker.stats.goals.actions import actions
from tracker.stats.goals.figures import goal_figures
from tracker.stats.rollups.keeping import seal
from tracker.stats.rollups.moment import moment
from tracker.store.schema import events

SITE = scope(DAYS).site
FORMS = Goal("forms", "Forms", GoalKind.FORM, "*", 1, Comparison(Dimension.EVENT, "is", ("Form: Submission",)))
BY_NAME = {"company_method": "reverse_dns", "company_confidence": 0.65}


@pytest.fixture
def three(blog: Blog) -> Blog:  # noqa: F811
    network = {"organisation": "Armor SAS", "asn": 64500, **BY_NETWORK}
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", company_domain="armor.fr", **network)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/b"), company="Armor Groupe", company_domain="armor.eu", **BY_NETWORK)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/c"), company="Bolt", company_domain="bolt.fr", **BY_NAME)
    return blog


def _names(blog: Blog, *rules: Rule) -> list[str]:  # noqa: F811
    return sorted(leads(CorrectedStore(blog.store, lambda: Rules(rules)), scope(DAYS))["company"])


def test_without_corrections_nothing_is_read_otherwise(three: Blog) -> None:
    assert _names(three) == ["Armor", "Armor Groupe", "Bolt"]
    assert _names(three, Rule("another.example", Kind.RENAME, "Armor", "Elsewhere")) == [
        "Armor",
        "Armor Groupe",
        "Bolt",
    ]


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (Rule(SITE, Kind.RENAME, "Armor", "Armor Biscuits"), ["Armor Biscuits", "Armor Groupe", "Bolt"]),
        (Rule(None, Kind.MERGE, "Armor Groupe", "Armor"), ["Armor", "Bolt"]),
        (Rule(SITE, Kind.NOT_A_COMPANY, "Armor"), ["Armor Groupe", "Bolt"]),
        (Rule(SITE, Kind.NOT_ORGANISATION, "Armor SAS"), ["Armor Groupe", "Bolt"]),
        (Rule(SITE, Kind.NOT_ASN, "64500"), ["Armor Groupe", "Bolt"]),
        (Rule(SITE, Kind.NOT_DOMAIN, "bolt.fr"), ["Armor", "Armor Groupe"]),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, Rule) else "",
)
def test_each_kind_is_applied_when_events_are_read(three: Blog, rule: Rule, left: list[str]) -> None:
    assert _names(three, rule) == left
    corrected = CorrectedStore(three.store, lambda: Rules([rule]))
    found = breakdown(corrected, scope(DAYS), Dimension.COMPANY)
    assert sorted(found["value"].dropna()) == left


@pytest.mark.parametrize("filters", [(), (Comparison(Dimension.DEVICE, "is", ("desktop",)),)], ids=["all", "filtered"])
def test_goals_and_actions_of_merged_companies_count_one(three: Blog, filters: tuple[Comparison, ...]) -> None:
    for company, day in (("Armor", 10), ("Armor Groupe", 11)):
        form = {"company": company, "device": "desktop", **sent("demo"), **BY_NETWORK}
        three.visit(f"2026-11-{day}T12:00:00+01:00", (0, "/x", "Form: Submission"), **form)
    corrected = CorrectedStore(three.store, lambda: Rules([Rule(SITE, Kind.MERGE, "Armor Groupe", "Armor")]))
    for asked, companies in ((three.store, 2), (corrected, 1)):
        (did,) = actions(asked, scope(DAYS, *filters), limit=9)
        reached = goal_figures(asked, scope(DAYS, *filters), [FORMS])["forms"]
        assert (did.visits, did.companies) == (reached.visits, reached.companies) == (2, companies)


def test_a_merged_company_has_the_visits_of_both_and_both_links_lead_to_it(three: Blog) -> None:
    corrected = CorrectedStore(three.store, lambda: Rules([Rule(SITE, Kind.MERGE, "Armor Groupe", "Armor")]))
    row = leads(corrected, scope(DAYS)).set_index("company").loc["Armor"]
    assert (row["visits"], row["pageviews"]) == (2, 2)
    assert len(company_visits(corrected, scope(DAYS), "Armor")) == 2
    known = known_companies(corrected, scope(DAYS))
    assert {name_of_company(corrected, SITE, domain) for domain in ("armor.fr", "armor.eu")} == {"Armor"}
    found = find_company(corrected, SITE, known, row["company_id"])
    assert found == ("Armor", row["company_id"])


@pytest.mark.parametrize(
    ("rule", "visitors"),
    [
        (Rule(SITE, Kind.MERGE, "Armor Groupe", "Armor"), {"Armor": 1, "Bolt": 1}),
        (Rule(SITE, Kind.RENAME, "Armor", "Kerjean"), {"Kerjean": 1, "Armor Groupe": 1, "Bolt": 1}),
        (Rule(SITE, Kind.NOT_ORGANISATION, "Armor SAS"), {"Armor Groupe": 1, "Bolt": 1}),
        (Rule(SITE, Kind.NOT_ASN, "64500"), {"Armor Groupe": 1, "Bolt": 1}),
        (Rule(SITE, Kind.NOT_DOMAIN, "bolt.fr"), {"Armor": 1, "Armor Groupe": 1}),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, Rule) else "",
)
def test_figures_by_company_of_sealed_days_are_those_of_the_list(
    blog: Blog,  # noqa: F811
    rule: Rule,
    visitors: dict[str, int],
) -> None:
    network = {"organisation": "Armor SAS", "asn": 64500, **BY_NETWORK}
    again = {"visitor": 7, "consented": True}
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", company_domain="armor.fr", **network, **again)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/b"), company="Armor Groupe", **BY_NETWORK, **again)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/c"), company="Bolt", company_domain="bolt.fr", **BY_NAME)
    for day in range(9, 16):
        seal(blog.store, SITE, date(2026, 11, day), PARIS)
    corrected, week = CorrectedStore(blog.store, lambda: Rules([rule])), scope(DAYS)
    assert _by_value(breakdown(corrected, week, Dimension.COMPANY)) == visitors
    both = leading(corrected, week, [Dimension.COMPANY, Dimension.PAGE], limit=9, everybody=2)
    assert _by_value(both[Dimension.COMPANY]) == visitors
    assert len(both[Dimension.PAGE]) == 3
    asked = visitors_of(corrected, week, {Dimension.COMPANY: list(visitors)})
    assert asked[Dimension.COMPANY] == visitors


def _by_value(frame: pd.DataFrame) -> dict[str, int]:
    named = frame[frame["value"].notna()]
    return dict(zip(named["value"], named["visitors"], strict=True))


def test_a_company_that_was_renamed_or_merged_is_refused_by_the_name_that_pages_show(three: Blog) -> None:
    named = Rule(SITE, Kind.RENAME, "Armor", "Kerjean"), Rule(None, Kind.MERGE, "Armor Groupe", "Kerjean")
    assert _names(three, *named) == ["Bolt", "Kerjean"]
    assert _names(three, *named, Rule(SITE, Kind.NOT_A_COMPANY, "Kerjean")) == ["Bolt"]


def test_no_event_is_changed(three: Blog) -> None:
    before = _checksum(three)
    _names(three, Rule(SITE, Kind.MERGE, "Armor Groupe", "Armor"), Rule(SITE, Kind.NOT_A_COMPANY, "Bolt"))
    assert _checksum(three) == before
    assert _names(three) == ["Armor", "Armor Groupe", "Bolt"]


def _checksum(blog: Blog) -> str:  # noqa: F811
    rows = blog.store.rows(select(events).order_by(events.c.occurred_at, events.c.visit_id))
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


def test_a_renamed_company_keeps_its_id_within_a_page(three: Blog) -> None:
    rename = Rules([Rule(SITE, Kind.RENAME, "Armor", "Armor Biscuits")])
    with moment(CorrectedStore(three.store, lambda: rename)) as page:
        known = known_companies(page, scope(DAYS))
        assert find_company(page, SITE, known, "armor.fr") == ("Armor Biscuits", "armor.fr")
        assert {one.company for one in claims_of_names(stored(page), SITE)} == {"Armor", "Armor Groupe", "Bolt"}


def test_a_page_reads_the_corrections_once(three: Blog) -> None:
    read: list[Rules] = []

    def rules() -> Rules:
        read.append(Rules([Rule(SITE, Kind.RENAME, "Armor", "Armor Biscuits")]))
        return read[-1]

    with moment(CorrectedStore(three.store, rules)) as page:
        for narrowed in (scope(DAYS), scope(DAYS, Comparison(Dimension.PAGE, "is", ("/a",)))):
            assert "Armor Biscuits" in set(leads(page, narrowed)["company"])
    assert len(read) == 1
