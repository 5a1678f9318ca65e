"""Reads a file of companies: a CSV, or plain lines, of domains or names. Pure.

Understood are commas, semicolons and tabs between cells, quotes, UTF-8 with or without a byte order mark, UTF-16 with one,
and Windows-1252, which French spreadsheets write. Of a file with several columns, those with a known heading are read,
else the first that holds domains, else the first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.db.invalid import Invalid
from tracker.enrichment.organisation.legal_forms import name_key
from tracker.sites.domain_name import plain_domain

MOST_BYTES = 1_000_000  # as much as the server takes of any form
MOST_LINES = 50_000
_LONGEST_CELL = 300
_MOST_PROBLEMS = 20
_DOMAIN_HEADINGS = {
    "domain",
    "domaine",
    "website",
    "site",
    "siteweb",
    "siteinternet",
    "url",
    "web",
    "companydomainname",
}
_NAME_HEADINGS = {
    "name",
    "nom",
    "company",
    "entreprise",
    "societe",
    "raisonsociale",
    "companyname",
    "client",
    "organisation",
}
# What a spreadsheet puts before a text so that it runs as no formula, and what would make it one.
_FORMULA = "=+-@"


@dataclass(frozen=True)
class Entry:
    """One line: a domain, else the key of a name. `written` is as the file has it."""

    line: int
    written: str
    domain: str | None
    name_key: str | None


@dataclass
class ReadList:
    """The entries of a file; `problems` are the first lines that could not be read, with why, and `refused` how many."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    refused: int = 0
    doubled: int = 0


def read_list(content: bytes) -> ReadList:
    """Reads the companies of a file. Raises Invalid for one that is none of the forms."""
    if len(content) > MOST_BYTES:
        raise Invalid("The file has more than %(most)s MB; split it.", most=str(MOST_BYTES // 1_000_000))
    rows = _rows(_text(content))
    if not rows:
        raise Invalid("The file is empty. Put a domain or a company’s name on each line.")
    if len(rows) > MOST_LINES:
        raise Invalid("The file has more than %(most)s lines; split it into several lists.", most=MOST_LINES)
    columns, has_head = _columns([cells for _, cells in rows])
    found, seen = ReadList(), set()
    for line, cells in rows[1:] if has_head else rows:
        written = next((cells[place].strip() for place in columns if place < len(cells) and cells[place].strip()), "")
        entry = _entry(line, written)
        if entry is None:
            found.refused += 1
            if len(found.problems) < _MOST_PROBLEMS:
                found.problems.append((line, written[:60]))
        elif (entry.domain, entry.name_key) in seen:
            found.doubled += 1
        else:
            seen.add((entry.domain, entry.name_key))
            found.entries.append(entry)
    if not found.entries:
        raise Invalid("No line of the file is a domain or a company’s name.")
    return found


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:4096] or content.startswith(b"PK\x03\x04"):
        raise Invalid("The file is not text. Save the sheet as CSV and import that.")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("The file’s characters are in no known encoding. Save it as CSV in UTF-8.")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The lines that are not empty, each with its number and its cells."""
    head = text[:20_000]
    separator = max(";\t,", key=head.count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as problem:
        raise Invalid(
            "Line %(line)s cannot be read: a quote is not closed, or a cell is too long.", line=str(reader.line_num)
        ) from problem


def _columns(rows: Sequence[Sequence[str]]) -> tuple[list[int], bool]:
    """The columns to read, the first with something in it counts; and whether the first line has their headings."""
    headings = ["".join(name_key(cell).split()) for cell in rows[0]]
    known = [place for place, one in enumerate(headings) if one in _DOMAIN_HEADINGS]
    known += [place for place, one in enumerate(headings) if one in _NAME_HEADINGS]
    if known:
        return known, True
    sample = rows[:200]
    for place in range(max(map(len, sample))):
        cells = [cells[place] for cells in sample if place < len(cells) and cells[place].strip()]
        if cells and sum(_domain(cell.strip()) is not None for cell in cells) * 2 > len(cells):
            return [place, *(other for other in range(len(rows[0])) if other != place)][:1], False
    return [0], False


def _entry(line: int, written: str) -> Entry | None:
    plain = written.removeprefix("'").strip() if written[:2].startswith("'") else written
    if not plain or len(plain) > _LONGEST_CELL or plain[0] in _FORMULA or not any(char.isalnum() for char in plain):
        return None
    if "@" in plain:  # a person's email: its domain may be a provider's
        return None
    if domain := _domain(plain):
        return Entry(line, plain, domain, None)
    if "://" in plain:
        return None
    key = name_key(plain)
    return Entry(line, plain, None, key) if key else None


def _domain(text: str) -> str | None:
    """The domain of a text that is one, or a URL; None for another text. A name such as Dr. Oetker has a space."""
    if " " in text or "." not in text.strip("."):
        return None
    domain = plain_domain(text)
    return None if domain is None or "." not in domain else domain
