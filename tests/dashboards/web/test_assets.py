"""Assets are the files that were built, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from dashboards.web import assets
from tests.dashboards.web.conftest import SITE, Browser, Visits


@pytest.mark.parametrize(
    "name",
    ["%00", "dashboard.css%00", "../assets.py", "..%2fassets.py", "%2e%2e/assets.py", "/etc/passwd", "../" * 12 + "dev/zero", "x" * 5000, ".", ""],
)  # fmt: skip
def test_a_name_that_was_not_built_is_not_found(browser: Browser, name: str) -> None:
    browser.get("/nothing")  # the page that says so has assets itself
    kept = assets.content_hash.cache_info().currsize
    path = "/assets/" + name.replace("%00", "\x00").replace("%2f", "/").replace("%2e", ".")
    answer = browser.client.get("/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": "v=1"})
    assert answer.status_code in (308, 404)
    assert assets.content_hash.cache_info().currsize == kept


def fetched(browser: Browser, url: str) -> bytes:
    answer = browser.get(url)
    content: bytes = answer.data
    answer.close()
    return content


def test_a_first_load_weighs_150_kb_at_most_and_asks_no_third_party(
    site: str, signed_in: Browser, visit: Visits, company_visit: Callable[..., None]
) -> None:
    """Without compression, which a proxy may add: each page with all that it has the browser fetch."""
    titles = {"/a": "Panorama des réseaux sociaux : où sont vos clients, et comment leur parler sans les lasser"}
    with visit.at_once():
        for number in range(60):
            source = f"journal-{number}.example"
            company_visit("/a", f"/page-{number}", "/tarifs", company=f"Coopérative agricole {number}", source=source, titles=titles)  # fmt: skip
    for path in (f"/{SITE}", f"/{SITE}/leads", f"/{SITE}/leads/coopérative agricole 7"):
        page = signed_in.get(path)
        assert page.status_code == 200
        fetching = "".join(re.findall(r"<(?:link|script|img|iframe|source|video)\b[^>]*>", page.text))
        urls = {unescape(url) for url in re.findall(r"\b(?:src|href)=\"([^\"]+)\"", fetching)}
        files = {url: fetched(signed_in, url) for url in urls if url.startswith("/assets/")}
        assert not any(b"url(" in content for url, content in files.items() if "dashboard.css" in url)
        assert len(urls) == 3  # style sheet, script, icon
        assert files.keys() == urls, "a third party"
        weight = len(page.data) + sum(map(len, files.values()))
        assert weight <= 150_000, path
