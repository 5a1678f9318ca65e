"""The parameters that tell pages apart stand in a page's path; all other changes of a query make no other page."""

from __future__ import annotations

import pytest

from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.page.query import DEFAULT_PARAMETERS

LISTED = frozenset({"product_id", "route"})


def path_of(url: str, *, keep_hash: bool = False, parameters: frozenset[str] = DEFAULT_PARAMETERS) -> str:
    page = parse_page(url, keep_hash=keep_hash, parameters=parameters)
    assert page is not None
    return page.path


@pytest.mark.parametrize(
    ("query", "path"),
    [
        pytest.param("?p=12", "/?p=12", id="post"),
        pytest.param("?page_id=2", "/?page_id=2", id="page"),
        pytest.param("?cat=3&paged=2", "/?cat=3", id="category-whatever-page-of-it"),
        pytest.param("?tag=veille", "/?tag=veille", id="tag"),
        pytest.param("?author=1", "/?author=1", id="author"),
        pytest.param("?m=202611", "/?m=202611", id="month"),
        pytest.param("?s=%C3%A9t%C3%A9+indien", "/?s=été+indien", id="search"),
        pytest.param("?utm_source=x&p=12&fbclid=y&preview=true", "/?p=12", id="among-others"),
        pytest.param("?p=12#comment-3", "/?p=12", id="part-of-a-page"),
        pytest.param("?s=a&cat=3", "/?cat=3&s=a", id="one-order"),
        pytest.param("?cat=3&s=a", "/?cat=3&s=a", id="one-order-whatever-was-typed"),
        pytest.param("?p=1&p=2", "/?p=2", id="the-last-of-two-as-in-php"),
        pytest.param("?p=", "/", id="no-value"),
        pytest.param("?P=12", "/", id="names-have-case"),
        pytest.param("?x=1&amp;p=12", "/?p=12", id="escaped-ampersand"),
        pytest.param("?s=lea%40exemple.fr", "/", id="an-email-is-not-kept"),
        pytest.param("?s=%0A%00a%20%20b%09", "/?s=a+b", id="cleaned"),
        pytest.param("?s=50%25%26%23%2B%3F", "/?s=50%25%26%23%2B%3F", id="what-would-mean-another-stays-escaped"),
        pytest.param("?lat=48.85&lng=2.35&zoom=12", "/", id="a-map"),
    ],
)
def test_a_page_of_wordpress_without_pretty_links_is_told_apart(query: str, path: str) -> None:
    assert path_of(f"https://blog.fr/{query}") == path


def test_a_value_is_cut() -> None:
    assert path_of("https://blog.fr/?s=" + "é" * 5000) == "/?s=" + "é" * 100


def test_a_site_has_a_list_of_its_own() -> None:
    url = "https://blog.fr/index.php?route=product/product&product_id=43&p=2"
    assert path_of(url, parameters=LISTED) == "/index.php?product_id=43&route=product/product"
    assert path_of(url, parameters=frozenset()) == "/index.php"


@pytest.mark.parametrize(
    ("fragment", "path"),
    [
        pytest.param("#/map?lat=1&lng=2", "/app#/map", id="parameters-of-a-route"),
        pytest.param("#/product?product_id=3&filter=red", "/app#/product?product_id=3", id="a-page's"),
        pytest.param("#map=6/46.4/2.2", "/app", id="a-map-alone"),
        pytest.param("#!/a/b", "/app#!/a/b", id="route"),
    ],
)
def test_a_route_in_the_fragment_is_cut_alike(fragment: str, path: str) -> None:
    assert path_of(f"https://blog.fr/app{fragment}", keep_hash=True, parameters=LISTED) == path
