"""Referrers that look like spam, out of visits written by hand."""

from __future__ import annotations

import pytest

from tests.stats.conftest import Blog, scope
from tracker.stats.referrer_spam import suspects
from tracker.store.protocol import EventStore

WEEK = "2026-W47"
FROM_SPAM = {"referrer": "https://www.gain-de-trafic.example/offre", "source": "gain-de-trafic.example"}


def people(blog: Blog) -> None:
    """A site whose reading time is measured."""
    for hour in range(10):
        blog.visit(f"2026-11-17T{hour:02}:00:00+01:00", (0, "/a"), (30, "/a", 20_000), channel="Direct")


def wave(blog: Blog, *, visitors: int = 6, page: str = "/", networks: int = 6, **facts: object) -> None:
    """A page view each from so many visitors."""
    given = {"channel": "Referral", **FROM_SPAM, **facts}
    for number in range(visitors):
        blog.visit("2026-11-18T10:00:00+01:00", (0, page), asn=64500 + number % networks, country="FR", **given)


def found(blog: Blog) -> list[str]:
    return suspects(blog.store, scope(WEEK))["host"].tolist()


def test_a_referrer_that_nobody_reads_on_from_is_shown_with_its_evidence(blog: Blog) -> None:
    people(blog)
    wave(blog)
    row = suspects(blog.store, scope(WEEK)).iloc[0].to_dict()
    assert row == {
        "host": "gain-de-trafic.example",
        "visits": 6,
        "visitors": 6,
        "networks": 6,
        "countries": 1,
        "landing_pages": 1,
        "page": "/",
    }


def test_all_of_a_hosts_referrers_are_one(blog: Blog) -> None:
    people(blog)
    for host in ("gain-de-trafic.example", "www.gain-de-trafic.example"):
        wave(blog, visitors=2, networks=2, referrer=f"https://{host}/a")
    assert found(blog) == []  # from two networks only
    wave(blog, visitors=3, networks=3, referrer="https://gain-de-trafic.example/d")
    assert found(blog) == ["gain-de-trafic.example"]


@pytest.mark.parametrize(
    "facts",
    [
        {"visitors": 4},
        {"networks": 2},
        {"source": "Wikipedia", "referrer": "https://fr.wikipedia.org/"},
        {"channel": "Organic Social", "source": "forum.example", "referrer": "https://forum.example/"},
    ],
    ids=["few visitors", "few networks", "a site with a name", "another channel"],
)
def test_what_may_as_well_be_a_site_of_people_is_not_shown(blog: Blog, facts: dict[str, object]) -> None:
    people(blog)
    wave(blog, **facts)  # type: ignore[arg-type]
    assert found(blog) == []


def test_one_visit_that_reads_on_clears_its_referrer(blog: Blog) -> None:
    people(blog)
    wave(blog)
    blog.visit("2026-11-18T11:00:00+01:00", (0, "/"), (9, "/b"), channel="Referral", **FROM_SPAM)
    assert found(blog) == []


def test_a_second_on_the_page_clears_its_referrer(blog: Blog) -> None:
    people(blog)
    wave(blog)
    blog.visit("2026-11-18T11:00:00+01:00", (0, "/"), (9, "/", 4_000), channel="Referral", **FROM_SPAM)
    assert found(blog) == []


def test_links_to_many_pages_clear_a_referrer(blog: Blog) -> None:
    people(blog)
    for page in ("/a", "/b", "/c"):
        wave(blog, page=page)
    assert found(blog) == []


def test_where_no_reading_time_is_measured_it_takes_more_visitors(blog: Blog) -> None:
    wave(blog, visitors=19)
    assert found(blog) == []
    wave(blog, visitors=1)
    assert found(blog) == ["gain-de-trafic.example"]


def test_nothing_is_suspect_on_an_empty_site(store: EventStore) -> None:
    assert suspects(store, scope(WEEK)).empty
