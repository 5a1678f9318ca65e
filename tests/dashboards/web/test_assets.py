"""Assets are the files that were built, and no others."""

from __future__ import annotations

import pytest

from dashboards.web import assets
from tests.dashboards.web.conftest import Browser


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
