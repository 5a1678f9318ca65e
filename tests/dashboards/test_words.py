"""The words that people read (CONTRIBUTING.md, Words): none that is banned, and no English on French pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from dashboards.translations import FOLDER
from tests.dashboards.web.conftest import SITE, Browser
from tests.test_documentation import FENCE

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
    r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>|<code>.*?</code>|<pre.*?</pre>|<script.*?</script>|<datalist.*?</datalist>',
    re.DOTALL,
)
PAGES = [
    f"/{SITE}", f"/{SITE}?f=country:is:ZZ", f"/{SITE}/leads", f"/{SITE}/leads/air%20france", f"/{SITE}/advice", f"/{SITE}/not-counted",
    f"/{SITE}/settings", f"/{SITE}/setup", f"/{SITE}/breakdown/page", f"/{SITE}/timing?of=companies", f"/{SITE}/broken-links", f"/{SITE}/filters?next=/{SITE}%3Ff=source:is:x%26f=page:contains:y", f"/{SITE}/lists", f"/{SITE}/work-settings", f"/{SITE}/alerts", f"/{SITE}/fit", "/sites", "/sites/add", "/account", "/people",
    "/identify", "/status", f"/opt-out/{SITE}", "/no-such-page", "/invitation/x", "/new-password/x", "/forgotten-password",
]  # fmt: skip


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
    sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "README.fr.md"]),
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


@pytest.mark.parametrize("page", PAGES)
def test_french_pages_have_no_english(
    signed_in: Browser,
    site: str,
    company_visit: Callable[..., Any],
    page: str,
) -> None:
    for hours in (1, 30, 60):
        company_visit("/a", "/tarifs", ago=timedelta(hours=hours), source="LinkedIn", company_evidence="",
                      titles={"/a": "Publier au bon moment", "/tarifs": "Tarifs"})  # fmt: skip
    signed_in.language = "fr"
    text = seen(signed_in.get(page).text)
    assert sorted(set(ENGLISH.findall(text))) == []
    assert not BANNED_IN_FRENCH.search(text)
