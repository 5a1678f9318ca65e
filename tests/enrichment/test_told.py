"""Nothing that may say who somebody is gets into what is told of a hit that is not counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.told import host_of_invalid_url, name_of_unknown_site, read_unknown_site, unknown_site


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("https://a..fr/reset?token=SECRET&email=lea@acme.fr#SECRET", "https:", id="a-host-that-is-none"),
        pytest.param("ftp://files.a.fr/SECRET", "ftp://files.a.fr", id="another-scheme"),
        pytest.param("HTTPS://Files.A.fr:8443/SECRET", "https://files.a.fr", id="capitals-and-port"),
        pytest.param("https://lea:SECRET@a.fr/x", "https://a.fr", id="a-user-s-name"),
        pytest.param("https://lea.secret:x/y@a.fr/x", "https:", id="a-password-with-a-slash"),
        pytest.param("file:///C:/Users/SECRET/index.html", "file:", id="a-file"),
        pytest.param("data:text/html,SECRET", "data:", id="data"),
        pytest.param("javascript:SECRET()", "javascript:", id="a-script"),
        pytest.param("mailto:secret@acme.fr", "mailto:", id="an-email-address"),
        pytest.param("secret:lea@acme.fr", "", id="a-scheme-of-one-s-own"),
        pytest.param("/reset?token=SECRET", "", id="a-path"),
        pytest.param("https://a b.fr/SECRET", "https:", id="a-space-in-the-host"),
        pytest.param("https://" + "secret." * 60 + "fr/", "https:", id="longer-than-a-host"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_of_a_url_that_is_none_only_scheme_and_host_are_told(url: str, told: str) -> None:
    assert host_of_invalid_url(url) == told
    assert host_of_invalid_url(told) == told


@given(st.text(st.characters(exclude_characters="/?#@\\"), max_size=30), st.sampled_from("/?#"))
def test_what_follows_the_host_is_never_told(host: str, separator: str) -> None:
    assert "secret" not in host_of_invalid_url(f"https://{host}{separator}secret?secret#secret@secret")


@pytest.mark.parametrize(
    ("domain", "told"),
    [
        pytest.param("blog.exemple.fr", "blog.exemple.fr", id="a-name"),
        pytest.param("{{domain}}", "{{domain}}", id="a-template-that-was-not-filled-in"),
        pytest.param("blog.exemple.fr/reset?token=SECRET", "blog.exemple.fr", id="a-url-without-its-scheme"),
        pytest.param("?email=SECRET", "", id="a-query"),
        pytest.param("secret@acme.fr", "", id="an-email-address"),
        pytest.param("x" * 300, "x" * 253, id="a-long-one"),
    ],
)
def test_of_a_site_that_is_unknown_only_its_name_is_told(domain: str, told: str) -> None:
    assert name_of_unknown_site(domain) == told


@pytest.mark.parametrize(
    ("domain", "url", "read"),
    [
        pytest.param("exmaple.fr", "https://Example.fr:8080/a?b", ("exmaple.fr", "example.fr"), id="misspelt"),
        pytest.param("b.fr", "https://www.b.fr/", ("b.fr", ""), id="the-page-s-own-host"),
        pytest.param("{{domain}}", "http://localhost/", ("{{domain}}", "localhost"), id="a-template"),
        pytest.param("b.fr", "https://lea:secret@a.fr/", ("b.fr", "a.fr"), id="a-user-s-name"),
        pytest.param("b.fr", "file:///home/lea/a.html", ("b.fr", ""), id="a-file"),
        pytest.param("lea@acme.fr", "https://a.fr/", ("", ""), id="an-email-address"),
    ],
)
def test_of_a_hit_for_an_unknown_site_the_host_of_its_page_is_told(
    domain: str, url: str, read: tuple[str, str]
) -> None:
    assert read_unknown_site(unknown_site(domain, url)) == read


@pytest.mark.parametrize("stored", ["b.fr", "https://b.fr?email=lea@acme.fr", "b.fr @ <b>", ""])
def test_a_detail_of_another_make_tells_no_host(stored: str) -> None:
    assert read_unknown_site(stored)[1] == ""
