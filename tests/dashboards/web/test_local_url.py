from __future__ import annotations

import pytest

from dashboards.web.local_url import local_url


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
