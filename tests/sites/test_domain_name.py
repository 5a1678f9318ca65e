"""A site's name in any form is one name, and people read it in its own script where that deceives nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sites.domain_name import LONGEST_TEXT, plain_domain, shown_domain


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("blog.exemple.fr:8443", id="port"),
        pytest.param("https://blog.exemple.fr/", id="url"),
        pytest.param("https://user:word@blog.exemple.fr:8443/a?b=c#d", id="all-of-a-url"),
        pytest.param("//blog.exemple.fr", id="no-scheme"),
        pytest.param("https:\\\\blog.exemple.fr\\a", id="backslashes"),
        pytest.param("blog.exemple.fr/articles", id="path"),
        pytest.param("BLOG.Exemple.fr", id="case"),
        pytest.param("blog.exemple.fr.", id="final-dot"),
        pytest.param("  blog.exemple.fr\t\n", id="spaces"),
        pytest.param("\xa0blog.exemple.fr\u3000", id="other-spaces"),
        pytest.param("\u200bblog.exemple.fr\ufeff", id="what-is-not-seen"),
        pytest.param("blog．exemple。fr", id="dots-in-another-width"),
        pytest.param("ｂｌｏｇ．ｅｘｅｍｐｌｅ．ｆｒ", id="letters-in-another-width"),
        pytest.param("www.blog.exemple.fr", id="www"),
        pytest.param("HTTPS://WWW.BLOG.EXEMPLE.FR.:443/", id="everything"),
    ],
)
def test_a_name_has_one_form(written: str) -> None:
    assert plain_domain(written) == "blog.exemple.fr"


@pytest.mark.parametrize(
    ("written", "kept", "shown"),
    [
        pytest.param("münchen.example", "xn--mnchen-3ya.example", "münchen.example", id="umlaut"),
        pytest.param("WWW.MÜNCHEN.example.", "xn--mnchen-3ya.example", "münchen.example", id="capitals"),
        pytest.param("mu\u0308nchen.example", "xn--mnchen-3ya.example", "münchen.example", id="two-signs-for-one"),
        pytest.param("XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example", "münchen.example", id="punycode"),
        pytest.param("straße.de", "xn--strae-oqa.de", "straße.de", id="sharp-s-as-in-2008"),
        pytest.param("пример.рф", "xn--e1afmkfd.xn--p1ai", "пример.рф", id="cyrillic"),
        pytest.param("日本語ブログ.jp", "xn--qckyd1c576zzlbtz6h.jp", "日本語ブログ.jp", id="scripts-written-together"),
    ],
)
def test_a_name_beyond_ascii_is_kept_as_browsers_report_it_and_read_in_its_script(
    written: str, kept: str, shown: str
) -> None:
    assert plain_domain(written) == kept
    assert plain_domain(shown) == kept
    assert shown_domain(kept) == shown


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("раураl.com", id="cyrillic-and-latin"),
        pytest.param("gοοgle.com", id="greek-and-latin"),
        pytest.param("аррӏе.com", id="cyrillic-that-looks-latin"),
        pytest.param("i❤.ws", id="no-letter"),
    ],
)
def test_a_name_that_looks_like_another_is_shown_in_punycode(written: str) -> None:
    kept = plain_domain(written)
    assert kept is not None
    assert shown_domain(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "blog",
        "a b.fr",
        "-a.fr",
        "a..fr",
        "https://",
        "<b>.fr",
        "xn--99999999.fr",
        "a.fr:port",
        "a.fr,b.fr",
        "x" * 64 + ".fr",
        "a." * 200 + "fr",
        "[::1]",
        "a.fr" + "/" * LONGEST_TEXT,
    ],
)
def test_what_is_no_name(written: str) -> None:
    assert plain_domain(written) is None


def test_www_alone_before_an_ending_is_the_name() -> None:
    assert plain_domain("www.fr") == "www.fr"


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_twice_alike(text: str) -> None:
    kept = plain_domain(text)
    if kept is not None:
        assert plain_domain(kept) == kept
        assert plain_domain(shown_domain(kept)) == kept
