"""A snippet with the wrong data-domain: told while the site waits, on Not counted and on the status page."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore

MISSPELT = f"blog.exmeple.fr @ {SITE}"


def drop(store: EventStore, day: date, *details: str) -> None:
    store.append(Batch({}, [NotCounted("", day, "unknown_site", detail, 3) for detail in details]))


def test_a_waiting_site_is_told_what_its_snippet_names(
    signed_in: Browser, site: str, store: EventStore, clock: Clock
) -> None:
    drop(store, clock().date(), MISSPELT)
    words = (
        f"An event came from {SITE} but names blog.exmeple.fr: change data-domain to {SITE}, or add blog.exmeple.fr."
    )
    assert signed_in.get(f"/{SITE}/first-hit").json["problem"] == words  # type: ignore[index]
    assert words in unescape(signed_in.get(f"/{SITE}/setup").text)


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        (f"blog.exmeple.fr @ www.{SITE}", f"change data-domain to {SITE}"),
        ("blog.exmple.fr", "An event came from blog.exmple.fr, which is not a site here"),
        ("autre.fr @ ailleurs.fr", "An event came from ailleurs.fr but names autre.fr, which is not a site here"),
        ("<script> @ ailleurs.fr", "names <script>, which"),
        ("", "An event came that names no site"),
    ],
)
def test_what_a_waiting_site_is_told(
    signed_in: Browser, site: str, store: EventStore, clock: Clock, detail: str, says: str
) -> None:
    drop(store, clock().date(), detail)
    assert says in signed_in.get(f"/{SITE}/first-hit").json["problem"]  # type: ignore[index]
    assert "<script> " not in signed_in.get(f"/{SITE}/setup").text


def test_a_hit_from_the_site_s_own_pages_is_told_before_a_stranger_s(
    signed_in: Browser, site: str, store: EventStore, clock: Clock
) -> None:
    drop(store, clock().date(), *["autre.fr @ ailleurs.fr"] * 9, MISSPELT)
    assert "change data-domain" in signed_in.get(f"/{SITE}/first-hit").json["problem"]  # type: ignore[index]


def test_not_counted_tells_it_of_the_site_s_own_pages_alone(
    signed_in: Browser, site: str, store: EventStore, clock: Clock
) -> None:
    drop(store, clock().date() - timedelta(days=3), MISSPELT, "autre.fr @ ailleurs.fr")
    page = unescape(signed_in.get(f"/{SITE}/not-counted").text)
    assert f"names blog.exmeple.fr: change data-domain to {SITE}" in page
    assert 'href="/sites/add?domain=blog.exmeple.fr"' in page
    assert "ailleurs.fr" not in page
    assert "exmeple" not in signed_in.get(f"/{SITE}/not-counted?period=today").text


def test_the_status_page_tells_it_of_all(signed_in: Browser, site: str, store: EventStore, clock: Clock) -> None:
    drop(store, clock().date(), MISSPELT, "autre.fr @ ailleurs.fr")
    page = unescape(signed_in.get("/status").text)
    assert f"change data-domain to {SITE}" in page
    assert "names autre.fr, which is not a site here" in page


def test_the_name_to_add_is_filled_in(signed_in: Browser) -> None:
    assert 'value="blog.exmeple.fr"' in signed_in.get("/sites/add?domain=blog.exmeple.fr").text
