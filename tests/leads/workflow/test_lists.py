"""Lists of companies: reading files of every kind, and which companies are on a list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.leads.workflow.list_files import MOST_BYTES, read_list
from tracker.leads.workflow.lists import (
    all_lists,
    matched_lines,
    memberships,
    put_list_back,
    remove_list,
    save_list,
)
from tracker.leads.workflow.vocabulary import Kind
from tracker.sites.sites import add_site
from tracker.sites.trash import Thing, bring_back, trash_of

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
KNOWN = {
    "Acme": frozenset({"acme.com"}),
    "Société Générale SA": frozenset({"shop.socgen.com"}),
    "Crédit Bleu": frozenset(),
    "Other": frozenset({"notacme.com"}),
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "a.fr", now=NOW)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("content", "matched"),
    [
        (b"acme.com\nCREDIT BLEU\nnobody.example\n", {"acme.com": ["Acme"], "CREDIT BLEU": ["Crédit Bleu"]}),
        (
            b"\xef\xbb\xbfNom;Site web\r\nAcme Inc.;https://www.acme.com/contact\r\n",
            {"https://www.acme.com/contact": ["Acme"]},
        ),
        ("Société;Ville\nSociété Générale;Paris\n".encode("cp1252"), {"Société Générale": ["Société Générale SA"]}),
        ("name\tcity\nAcme Ltd\tParis".encode("utf-16"), {"Acme Ltd": ["Acme"]}),
        (
            b'"Paris, Lyon","socgen.com"\n"Nice","acme.com"\n',
            {"socgen.com": ["Société Générale SA"], "acme.com": ["Acme"]},
        ),
        (b"'acme.com", {"acme.com": ["Acme"]}),
        (b"\n\n  \nACME.com.\n", {"ACME.com.": ["Acme"]}),
    ],
    ids=["lines", "headings", "windows-1252", "utf-16", "quoted cells", "spreadsheet text", "blank lines"],
)
def test_finds_companies_by_domain_or_name(content: bytes, matched: dict[str, list[str]]) -> None:
    read = read_list(content)
    by_line = {entry.line: entry.written for entry in read.entries}
    assert {by_line[line]: names for line, names in matched_lines(read.entries, KNOWN).items()} == matched


def test_lines_that_are_nothing_or_formulas_are_told_and_doubled_ones_counted() -> None:
    read = read_list(b'acme.com\n=HYPERLINK("http://evil")\n@SUM(1)\n***\nlea@acme.com\nACME.COM\n+33 1 23\n')
    assert [entry.domain for entry in read.entries] == ["acme.com"]
    assert [line for line, _ in read.problems] == [2, 3, 4, 5, 7]
    assert (read.refused, read.doubled) == (5, 1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest of a workbook", "is not text"),
        (b"\xff\xfe\x00", "no known encoding"),
        (b"=1\n=2", "No line"),
        (b"x" * (MOST_BYTES + 1), "more than"),
        (b"a.fr\n" * 60_000, "lines"),
        (b'"' + b"a" * 200_000, "cannot be read"),
    ],
    ids=["empty", "workbook", "broken utf-16", "formulas only", "large", "many lines", "open quote"],
)
def test_a_file_that_is_no_list_is_refused_in_words(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_list(content)


def test_a_list_is_refreshed_by_importing_it_again_and_gives_its_kind(database: AppDatabase) -> None:
    def save(content: bytes, kind: Kind | None, name: str = "Clients  2026") -> None:
        save_list(database, 1, name, kind, read_list(content).entries, by="lea@exemple.fr", now=NOW)

    save(b"acme.com", Kind.CUSTOMER)
    save(b"Acme", None, "Cibles")
    assert memberships(database, 1).of_companies(KNOWN) == {"Acme": (("Clients 2026", Kind.CUSTOMER), ("Cibles", None))}
    save(b"socgen.com\nacme.example", Kind.CUSTOMER)
    assert set(memberships(database, 1).of_companies(KNOWN)) == {"Société Générale SA", "Acme"}
    first, second = all_lists(database, 1)
    assert [(one.name, one.lines) for one in (first, second)] == [("Cibles", 1), ("Clients 2026", 2)]
    assert remove_list(database, 2, first.id, by="lea@exemple.fr", now=NOW) is None, "another site's list"
    gone = remove_list(database, 1, second.id, by="lea@exemple.fr", now=NOW)
    assert gone is not None
    assert gone.name == "Clients 2026"
    assert set(memberships(database, 1).of_companies(KNOWN)) == {"Acme"}
    bring_back(database, 1, gone.number, {Thing.LIST: put_list_back}, now=NOW)
    assert set(memberships(database, 1).of_companies(KNOWN)) == {"Société Générale SA", "Acme"}
    again = remove_list(database, 1, all_lists(database, 1)[1].id, by="lea@exemple.fr", now=NOW)
    assert again is not None
    save(b"acme.com", None)
    with pytest.raises(Invalid, match="by now"):
        bring_back(database, 1, again.number, {Thing.LIST: put_list_back}, now=NOW)
    assert [one.name for one in trash_of(database, 1, now=NOW)] == ["Clients 2026"], "what has no room stays"
    with pytest.raises(Invalid, match="name of at most"):
        save(b"acme.com", None, " ")
