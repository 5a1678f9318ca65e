"""Emails in Outlook, whose engine is Word's: what it drops may change how an email looks, and hide nothing.

word_engine.csv has each property that our emails use, the elements on which Word follows it, and what is seen where it does
not. Made by hand from Microsoft's "Word 2007 HTML and CSS Rendering Capabilities in Outlook 2007"
(https://learn.microsoft.com/en-us/previous-versions/office/developer/office-2007/aa338201(v=office.12)), which holds for
every Outlook for Windows with that engine. No email was seen in Outlook itself.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dashboards.email.account_messages import invitation_message
from dashboards.email.report import render_report
from tests.dashboards.email.test_report import (  # noqa: F401 - fixtures
    BASE,
    NOW,
    blog,
    html_of,
    report,
    site,
    store,
)
from tracker.db.models import Site
from tracker.reports.report import Report

TABLE = Path(__file__).with_name("word_engine.csv")
# What Word does not read: other programs' parts of conditional comments.
_NOT_FOR_WORD = re.compile(r"<!--\[if !mso\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL)
_FOR_WORD = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)


@pytest.fixture(params=["weekly", "invitation"])
def page(request: pytest.FixtureRequest, report: Report, site: Site) -> str:  # noqa: F811
    """An email's HTML as Word reads it."""
    if request.param == "weekly":
        html = render_report(report, site=site, form="html", base_url=BASE)
    else:
        html = html_of(
            invitation_message("fr", sender="a@b.fr", recipient="c@d.fr", invited_by="Anna", url=BASE, now=NOW)
        )
    return _FOR_WORD.sub(r"\1", _NOT_FOR_WORD.sub("", html))


class Elements(HTMLParser):
    """All elements of a page, in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def styles(page: str) -> Iterator[tuple[str, str]]:
    """Each property on each kind of element."""
    for tag, attributes in Elements(page).found:
        if not tag.startswith("v:"):
            for declaration in (attributes.get("style") or "").split(";"):
                if declaration.strip():
                    yield declaration.partition(":")[0].strip().lower(), tag


def test_what_word_does_with_each_property_is_known(page: str) -> None:
    with TABLE.open(newline="") as file:
        known = {(row["property"], tag) for row in csv.DictReader(file) for tag in row["on"].split()}
    assert set(styles(page)) - known == set()


def test_what_word_drops_is_said() -> None:
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {
        row["property"] for row in rows if row["support"] in ("no", "none only") and not row["where dropped"]
    } == set()


def test_every_table_has_its_width(page: str) -> None:
    tables = [attributes for tag, attributes in Elements(page).found if tag == "table"]
    assert tables
    assert [one for one in tables if not one.get("width")] == []


def test_word_has_a_column_of_600_pixels_and_a_button_of_its_own(page: str) -> None:
    elements = Elements(page).found
    assert [one["width"] for tag, one in elements if tag == "table"][1] == "600"
    assert [one["href"] for tag, one in elements if tag == "v:roundrect"]
