"""Companies whose names can only mean the same one are joined by themselves, shown as such, and split again for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tests.leads.possible.test_companies import POSSIBLE
from tests.leads.test_certainty import BY_NETWORK, DAYS
from tests.stats.conftest import SITE, Blog, scope
from tracker.leads.companies.known import ListedCompany
from tracker.leads.corrections.changes import corrections_of, rules_now
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.leads.corrections.joining import AUTOMATIC, join_companies, joins, split
from tracker.leads.report import leads
from tracker.service.joining import Joining
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)


def company(name: str, domain: str | None = None, *, sure: bool = True, day: int = 1) -> ListedCompany:
    at = datetime(2026, 11, 1) + timedelta(days=day)  # noqa: DTZ001 - as the store has it
    return ListedCompany(name, domain, sure, at, at, not sure)


ARMOR, ORANGE = company("Armor", "armor.example"), company("Orange", "orange.example")


@pytest.mark.parametrize(
    ("other", "into"),
    [
        pytest.param(company("Armor Technologies", sure=False), "Armor", id="a generic word"),
        pytest.param(company("Armor Finland Oy", day=3), "Armor", id="a country and a legal form"),
        pytest.param(company("Armor Distribution", "armor.example", day=3), "Armor", id="the same domain"),
        pytest.param(company("Armor Distribution", "other.example", day=3), None, id="another domain"),
        pytest.param(company("Armor Distribution", day=3), None, id="no domain"),
        pytest.param(company("Orange County Schools", day=3), None, id="another organisation"),
        pytest.param(company("Armorique Services", day=3), None, id="another word"),
        pytest.param(company("Services Armor", day=3), None, id="it stands behind"),
    ],
)
def test_a_name_goes_into_the_one_that_it_begins_with(other: ListedCompany, into: str | None) -> None:
    assert joins([other, ARMOR, ORANGE]) == ([] if into is None else [(other.name, into)])


def test_only_certain_companies_take_others_up_and_short_names_say_too_little() -> None:
    assert joins([company("Perhaps", sure=False), company("Perhaps Services", sure=False)]) == []
    assert joins([company("HX"), company("HX Services", day=3)]) == []
    assert joins([ARMOR, company("Armor Services", day=3)], but={("Armor Services", "Armor")}) == []


def test_a_joined_one_counts_for_the_company_and_once_split_stays_apart(blog: Blog, tmp_path: Path) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NETWORK)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/a"), company="Armor Technologies", **POSSIBLE)
    database = new_app_database(tmp_path / "app.sqlite")
    try:
        add_site(database, SITE, now=NOW)
        corrected = CorrectedStore(blog.store, lambda: rules_now(database))
        clock = iter((1.0, 1.0, 2.0, 2000.0, 2000.0))
        joining = Joining(database, blog.store, now=lambda: NOW, monotonic=lambda: next(clock))
        joining()
        (made,) = corrections_of(database, 1)
        assert (made.subject, made.target, made.made_by) == ("Armor Technologies", "Armor", AUTOMATIC)
        found = leads(corrected, scope(DAYS))  # type: ignore[arg-type]
        assert (found["company"].tolist(), found["visits"].tolist()) == (["Armor"], [2])
        joining()  # too soon
        split(database, 1, made.id, by="lea@exemple.fr", now=NOW)
        joining()
        assert rules_now(database).names_of(SITE) == {}
        assert leads(corrected, scope(DAYS))["visits"].tolist() == [1]  # type: ignore[arg-type]
        assert join_companies(database, 1, [ARMOR, company("Armor Services", day=3)], now=NOW) == [
            ("Armor Services", "Armor")
        ]
    finally:
        database.close()
