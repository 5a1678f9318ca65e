"""A demo of any number of companies: each reads the blog, most of them seldom, and the usual ones stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from ipaddress import ip_network
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from dashboards.presentation.evidence import describe_stored
from tracker.demo.catalogue import COMPANIES
from tracker.demo.companies import cast
from tracker.demo.traffic import DAYS, generate
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import events


@contextmanager
def made(companies: int, number: int = 6000) -> Iterator[EventStore]:
    store = open_event_store("duckdb:///:memory:")
    generate(store, events=number, seed=3, last_day=date(2026, 11, 15), companies=companies)
    yield store
    store.close()


def visits_by_company(store: EventStore) -> dict[str, int]:
    statement: Any = (
        select(events.c.company, func.count(events.c.visit_id.distinct()))
        .where(events.c.company.is_not(None))
        .group_by(events.c.company)
    )
    return dict(store.rows(statement))


def test_each_company_comes_and_most_of_them_seldom() -> None:
    with made(300) as store:
        visits = visits_by_company(store)
    assert len(visits) == 300
    assert np.median(list(visits.values())) <= 3
    assert max(visits.values()) > 15


@pytest.mark.parametrize("number", [1, 24])
def test_few_companies_are_those_of_the_catalogue(number: int) -> None:
    with made(number) as store:
        assert set(visits_by_company(store)) <= {one.name for one in COMPANIES[:number]}


def test_how_a_company_was_identified_is_said_in_the_page_s_language() -> None:
    with made(24) as store:
        found = [text for (text,) in store.rows(select(events.c.company_evidence).distinct()) if text]
    assert found
    for text in found:
        said = {language: describe_stored(language, text) for language in ("en", "fr")}
        assert text not in said.values(), "what no language has words for is shown as it is stored"
        assert said["en"] != said["fr"]


def test_no_home_visitor_is_taken_for_a_person_at_work() -> None:
    with made(400) as store:
        people = select(events.c.visitor_id, events.c.occurred_at.label("at"), events.c.company).subquery()
        companies = func.count(func.coalesce(people.c.company, "").distinct())
        shared = select(people.c.visitor_id).group_by(people.c.visitor_id).having(companies > 1)
        assert store.rows(shared) == []


def test_invented_companies_differ_in_name_domain_and_network() -> None:
    companies = cast(np.random.default_rng(1), 20_000, days=DAYS, visits=1e6).companies
    assert len({one.name for one in companies}) == len({one.domain for one in companies}) == 20_000
    networks = [ip_network(one.network) for one in companies[len(COMPANIES) :]]
    assert len(set(networks)) == len(networks)
    assert all(one.subnet_of(ip_network("2001:db8::/32")) for one in networks)  # type: ignore[arg-type]
