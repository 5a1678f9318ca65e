"""The page of broken links; which link stands where is held by tests/reports/test_broken_links.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.dashboards.web.conftest import SITE, Browser


def test_a_broken_link_is_listed_with_where_it_stands(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    assert "Put data-404 on the snippet of your error page" in signed_in.get(f"/{SITE}/broken-links").text
    visit("/gone", name="404", pageviews=0, referrer="https://ami.example/liens", ago=timedelta(hours=1))
    page = signed_in.get(f"/{SITE}/broken-links").text
    assert '<th scope="row">/gone</th>' in page
    assert "https://ami.example/liens" in page
    assert f'href="/{SITE}/broken-links"' in signed_in.get(f"/{SITE}").text
