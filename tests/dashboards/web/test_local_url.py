from __future__ import annotations

import pytest
from flask import Flask

from dashboards.web.local_url import local_url, page_shown, url_shown


@pytest.mark.parametrize("address", ["/", "/sites", "/exemple.fr?period=7d&f=page:is:/a", "/exemple.fr#panel-pages"])
def test_a_page_of_this_host_is_kept(address: str) -> None:
    assert local_url(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "sites",
        "/a\r\nb",
    ],
)
def test_another_host_is_refused(address: str | None) -> None:
    assert local_url(address) == "/"


@pytest.mark.parametrize(
    ("method", "url", "shown"),
    [
        ("GET", "/exemple.fr/funnels?period=7d", "/exemple.fr/funnels?period=7d"),
        ("POST", "/exemple.fr/funnels?period=7d", "/exemple.fr/funnels?period=7d"),
        ("POST", "/exemple.fr/funnels/1/change?f=page:is:/a", "/exemple.fr/funnels?f=page:is:/a"),
        ("GET", "/", "/"),
    ],
)
def test_a_refused_form_shows_the_page_that_it_is_on(app: Flask, method: str, url: str, shown: str) -> None:
    with app.test_request_context(url, method=method):
        assert url_shown() == shown


def test_the_endpoint_of_the_page_shown_is_read_with_get(app: Flask) -> None:
    with app.test_request_context("/exemple.fr/funnels/1/change", method="POST"):
        assert page_shown().endpoint == "funnels.show"
