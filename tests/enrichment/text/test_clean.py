from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.text import WORD_JOINER, clean_text, visible_text, without_links


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        pytest.param("Acme\x1b[2J\x07", "Acme [2J", id="terminal-escapes"),
        pytest.param("Acme\x9b31mred", "Acme 31mred", id="eight-bit-escape"),
        pytest.param("\u202egro.live", "gro.live", id="right-to-left-override"),
        pytest.param("a\u2066b\u2069c\u200ed", "abcd", id="isolates-and-marks"),
        pytest.param("pay\u200bpal\ufeff\u00ad", "paypal", id="invisible"),
        pytest.param("Ac\U000e0041me", "Acme", id="tag-characters"),
        pytest.param("a\r\nBcc: b\u2028c", "a Bcc: b c", id="line-breaks"),
        pytest.param("Z" + "\u0301" * 40, "Z" + "\u0301" * 3, id="stacked-marks"),
        pytest.param("  Crédit \u00a0 Exemple  ", "Crédit Exemple", id="spaces"),
        pytest.param("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻", id="joiners-that-languages-need"),
        pytest.param("株式会社例 Ñandú", "株式会社例 Ñandú", id="other-scripts"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(sent: str, shown: str) -> None:
    assert clean_text(sent) == shown


def test_lines_stay_where_they_are_wanted() -> None:
    assert visible_text("one\n\ttwo\x1b\r\n") == "one\n\ttwo \n"


def test_a_long_text_is_cut_where_it_shows() -> None:
    assert clean_text("mot " * 20, 10) == "mot mot m…"
    assert clean_text("mot", 3) == "mot"


@given(st.text(max_size=200))
def test_no_text_keeps_a_control_or_turns_a_line_around(text: str) -> None:
    shown = clean_text(text)
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(letter) for letter in shown} & {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}  # fmt: skip
    assert clean_text(shown) == shown


def test_what_is_known_as_plain_is_what_the_rules_leave_as_it_is() -> None:
    for letter in map(chr, range(0x3000)):
        text = f"a{letter * 5}\n"
        # With a letter that is not known as plain each rule is applied.
        assert visible_text(text) + "例" == visible_text(text + "例"), hex(ord(letter))


@pytest.mark.parametrize(
    "text", ["http://evil.example/a", "www.evil.example", "call@evil.example", "evil.example", "mailto:x@y.fr", "https://1.2.3.4"]
)  # fmt: skip
def test_no_mail_program_makes_a_link_of_it(text: str) -> None:
    shown = without_links(f"See {text}, now")
    assert text not in shown
    assert shown.replace(WORD_JOINER, "") == f"See {text}, now"


def test_plain_words_are_left_as_they_are() -> None:
    assert without_links("Read: nothing. At all") == "Read: nothing. At all"
