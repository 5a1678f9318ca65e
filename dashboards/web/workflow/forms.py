"""Reads the forms by which people change companies: which companies, as they saw them, and what to change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from urllib.parse import unquote

from werkzeug.datastructures import MultiDict

from tracker.db.invalid import Invalid
from tracker.enrichment.text import clean_text
from tracker.leads.workflow.changes import Asked, Change
from tracker.leads.workflow.vocabulary import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, Field, Kind

# What a select sends to leave a field as it is, and to take its value away.
LEAVE, NOTHING = "", "-"
MOST_COMPANIES = 1000
_LONGEST_ID = 1000
_MOST_DIGITS = 15


def read_companies(form: MultiDict[str, str]) -> list[Asked]:
    """The companies of a form: `company` is VERSION:ID, the id as in a URL, once for each. Raises Invalid."""
    found = {}
    for text in form.getlist("company"):
        version, colon, quoted = text.partition(":")
        company_id = unquote(quoted)
        if not colon or not company_id or len(company_id) > _LONGEST_ID:
            continue
        if version.isascii() and version.isdigit() and len(version) <= 9:
            found[company_id] = Asked(company_id, int(version))
    if not found:
        raise Invalid("Choose at least one company.")
    if len(found) > MOST_COMPANIES:
        raise Invalid("Choose at most %(most)s companies at once.", most=str(MOST_COMPANIES))
    return list(found.values())


def read_number(form: MultiDict[str, str], field: str) -> int | None:
    """The number of a row that a form names; None for another text."""
    text = form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def read_changes(form: MultiDict[str, str], *, statuses: Collection[str], people: Collection[int]) -> list[Change]:
    """What a form changes. A field that is not in it, or empty, stays as it is. Raises Invalid."""
    found = []
    if (status := form.get("status", LEAVE)) != LEAVE:
        _require(status, statuses)
        found.append(Change(Field.STATUS, status))
    if (kind := form.get("kind", LEAVE)) != LEAVE:
        _require(kind, [NOTHING, *Kind])
        found.append(Change(Field.KIND, None if kind == NOTHING else kind))
    if (owner := form.get("owner", LEAVE)) != LEAVE:
        _require(owner, [NOTHING, *map(str, people)])
        found.append(Change(Field.OWNER, None if owner == NOTHING else owner))
    if (reminder := form.get("reminder", LEAVE)) != LEAVE or "clears_reminder" in form:
        found.append(Change(Field.REMINDER, _day(reminder)))
    if (hidden := form.get("hidden", LEAVE)) != LEAVE:
        found.append(Change(Field.HIDDEN, "yes" if hidden == "yes" else None))
    found += [Change(Field.TAG, tag) for tag in _tags(form.get("add_tag", ""))]
    found += [Change(Field.TAG, tag, takes_away=True) for tag in form.getlist("remove_tag") if tag]
    if note := form.get("note", "").replace("\r\n", "\n").strip():
        if len(note) > LONGEST_NOTE:
            raise Invalid("The note has more than %(most)s characters; write a shorter one.", most=str(LONGEST_NOTE))
        found.append(Change(Field.NOTE, note))
    return found


def _require(value: str, known: Collection[str]) -> None:
    if value not in known:
        raise Invalid("This choice is no longer there. Reload the page and choose again.")


def _day(text: str) -> str | None:
    if text in (LEAVE, NOTHING):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid("“%(text)s” is not a day.", text=text[:40]) from None


def _tags(text: str) -> list[str]:
    """Tags separated by commas, each on one line."""
    tags = list(dict.fromkeys(filter(None, (clean_text(part) for part in text.split(",")))))
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise Invalid("A tag has at most %(most)s characters.", most=str(LONGEST_TAG))
    if len(tags) > MOST_TAGS:
        raise Invalid("Write at most %(most)s tags at once.", most=str(MOST_TAGS))
    return tags
