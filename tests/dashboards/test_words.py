"""The words that people read (CONTRIBUTING.md, Words): none that is banned, and no English on French pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dashboards.translations import FOLDER
from tests.dashboards.web.conftest import Browser, Clock, Visits
from tests.dashboards.web.every_page import DOORS, PAGES, fill
from tests.test_documentation import FENCE
from tracker.store.protocol import EventStore

ROOT = Path(__file__).parents[2]

BANNED_IN_FRENCH = re.compile(
    r"\bhits?\b|prospect|courriel|\bmachine|\ben direct\b|[Ff]ournisseurs?\b(?! d’accès)|(?<!gent )(?<!gents )[Uu]tilisateur"
    r"|[Rr]econnue? par|Indice|(?<!e-mail, )\bconnectée?s? sans\b"
)
BANNED_IN_ENGLISH = re.compile(
    r"\b(?:knows|are) no\b|(?<![Tt]here )\bis no\b(?! longer)|\bit were\b|\bmend|\banew\b|\bheeded\b|\b[Ii]n place of\b|\ball the same\b(?! page)"
    r"|\bof ours\b|\bbears\b|\b[Hh]its?\b|\b[Rr]obots?\b|[Nn]ot counted$"
)
# An operator's documents may say hit; what a program is given is its own affair.
BANNED_IN_DOCUMENTS = re.compile(
    r"\bit were\b|\bmended?\b|\banew\b|\bheeded\b|\b[Ii]n place of\b|\bof ours\b|\*(?:Not counted|Objected)\*|\bare told\b"
)
_VALUES = re.compile(r"%\(\w+\)s")
# Words that no French sentence has.
ENGLISH = re.compile(r"\b(?:the|and|with|from|this|your|was|not|which|they|has|have|been|it|is|are)\b")
# A browser's own names, a person's own words, and what the page says is English.
_LEFT_OUT = re.compile(
    r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>|<code>.*?</code>|<pre.*?</pre>|<script.*?</script>|<datalist.*?</datalist>|<textarea.*?</textarea>',
    re.DOTALL,
)
# Besides the pages of the dashboard.
_DOORS = [path for paths in DOORS.values() for path in paths[:1]]


def catalogue() -> Iterator[tuple[str, str]]:
    """Each English text with its French."""
    with (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        for one in read_po(file, locale="fr"):
            english = [one.id] if isinstance(one.id, str) else list(one.id)
            french = [one.string] if isinstance(one.string, str) else list(one.string)
            yield from ((text, translated) for text, translated in zip(english, french, strict=True) if text)


def test_french_texts_have_no_banned_word() -> None:
    assert [text for _, text in catalogue() if BANNED_IN_FRENCH.search(_VALUES.sub("", text))] == []


def test_english_texts_have_no_banned_word() -> None:
    assert [text for text, _ in catalogue() if BANNED_IN_ENGLISH.search(_VALUES.sub("", text))] == []


@pytest.mark.parametrize(
    "page",
    sorted(
        [
            *(ROOT / "docs").glob("*.md"),
            *(ROOT / "docs" / "performance").glob("*.md"),
            ROOT / "README.md",
            ROOT / "README.fr.md",
        ]
    ),
    ids=lambda page: page.name,
)
def test_documents_have_no_banned_word(page: Path) -> None:
    words = BANNED_IN_FRENCH if page.name.endswith(".fr.md") else BANNED_IN_DOCUMENTS
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", "", FENCE.sub("", page.read_text(encoding="utf-8")))
    assert [line for line in text.splitlines() if words.search(line)] == []


@pytest.mark.parametrize("page", ["README.fr.md", "docs/publisher.fr.md", "docs/visitors.fr.md"])
def test_french_documents_have_their_typography(page: str) -> None:
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]+>", "", FENCE.sub("", (ROOT / page).read_text(encoding="utf-8")))
    assert re.findall(r".{0,20}(?:[a-zé] [;?!:»]|« |\w'\w).{0,20}", text) == []


def seen(page: str) -> str:
    """A page's texts, its titles and labels included, without what is English by right."""
    kept = _LEFT_OUT.sub(" ", page)
    named = " ".join(re.findall(r'\s(?:title|alt|aria-label|placeholder)="([^"]*)"', kept))
    return unescape(re.sub(r"<[^>]+>", " ", kept) + " " + named)


def test_french_pages_have_no_english_and_no_banned_word(
    signed_in: Browser,
    site: str,
    store: EventStore,
    clock: Clock,
    visit: Visits,
    company_visit: Callable[..., None],
) -> None:
    fill(signed_in, store, clock, visit, company_visit)
    signed_in.get("/sites")  # shows what was said of the forms, in English
    signed_in.language = "fr"
    texts = {
        path: seen(signed_in.get(path, follow_redirects=True).text)
        for path in [*(path for paths in PAGES.values() for path in paths), *_DOORS]
    }
    assert {path: found for path, text in texts.items() if (found := set(ENGLISH.findall(text)))} == {}
    assert {path: found for path, text in texts.items() if (found := BANNED_IN_FRENCH.findall(text))} == {}
