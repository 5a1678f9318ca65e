"""The page of what is not counted shows referrers that look like spam, and leaves one out with a click."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.dashboards.web.conftest import SITE, Browser
from tracker.db.engine import AppDatabase
from tracker.sites.sites import find_site

HOST = "gain-de-trafic.example"


@pytest.fixture
def wave(site: str, visit: Callable[..., None]) -> None:
    """Twelve visits of one page each from a site that nobody knows, and one that is read from a forum."""
    for number in range(24):
        visit(
            "/",
            visitor=100 + number,
            asn=64500 + number,
            channel="Referral",
            source=HOST,
            referrer=f"https://{HOST}/",
            engaged_ms=0,
        )


def test_shows_a_referrer_that_looks_like_spam_and_excludes_it_with_a_click(
    signed_in: Browser, wave: None, database: AppDatabase
) -> None:
    page = unescape(signed_in.get(f"/{SITE}/not-counted").text)
    section = page.split('id="suspect-referrers"', 1)[1]
    text = " ".join(re.sub(r"<[^>]+>", " ", section).split())
    assert f"{HOST} · 24 visits · 24 visitors · 24 networks · landing page: /" in text
    answer = signed_in.post(f"/{SITE}/referrers", f"/{SITE}/not-counted", host=HOST, period="7d")
    assert answer.location == f"/{SITE}/not-counted?period=7d"
    found = find_site(database, SITE)
    assert found is not None
    assert found.excluded_referrers == HOST
    page = signed_in.get(f"/{SITE}/not-counted").text
    assert "visits already counted do not change" in page
    assert 'id="suspect-referrers"' not in page


def test_the_settings_undo_it(signed_in: Browser, wave: None, database: AppDatabase) -> None:
    signed_in.post(f"/{SITE}/referrers", f"/{SITE}/not-counted", host=HOST)
    assert f">{HOST}</textarea>" in signed_in.get(f"/{SITE}/settings").text
    form = {"time_zone": "Europe/Paris", "report_language": "en", "recipients": "", "excluded_networks": ""}
    signed_in.post(f"/{SITE}/settings", **form, with_counting="1", excluded_referrers="")
    found = find_site(database, SITE)
    assert found is not None
    assert found.excluded_referrers == ""
    assert 'id="suspect-referrers"' in signed_in.get(f"/{SITE}/not-counted").text


def test_a_referrer_that_is_no_host_is_refused(signed_in: Browser, site: str, database: AppDatabase) -> None:
    signed_in.post(f"/{SITE}/referrers", f"/{SITE}/not-counted", host="<b>")
    assert "is not a host" in signed_in.get(f"/{SITE}/not-counted").text
    found = find_site(database, SITE)
    assert found is not None
    assert found.excluded_referrers == ""
