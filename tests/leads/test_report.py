"""Leads by hand, one company's visits, and their export to files that run nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import pytest

from dashboards.presentation.evidence import describe_stored
from tests.stats.conftest import Blog, scope
from tracker.leads.export import leads_as_csv, leads_as_json, leads_as_xlsx
from tracker.leads.report import COLUMNS, leads
from tracker.leads.visits import company_visits

KNOWN = {"company_method": "as_organisation", "company_evidence": "AS64500", "company_confidence": 0.8}


@pytest.fixture
def month(blog: Blog) -> Blog:
    """Acme on two days by two people, LinkedIn then Google; Bolt once, earlier; and somebody at home."""
    acme = {"company": "Acme", "country": "FR", "city": "Lyon", "network_kind": "business", **KNOWN}
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), (90, "/a", 60_000), visitor=1, source="LinkedIn", **acme)
    blog.visit(
        "2026-11-12T10:00:00+01:00", (0, "/a"), (30, "/contact"), visitor=2, source="Google", **acme | {"city": None}
    )
    blog.visit("2026-11-12T11:00:00+01:00", (0, "/a"), visitor=1, source="Google", **acme)
    blog.visit("2026-11-03T10:00:00+01:00", (0, "/b"), visitor=3, company="Bolt", **KNOWN)
    blog.visit("2026-11-12T12:00:00+01:00", (0, "/a"), visitor=4)
    return blog


def test_a_row_a_company_by_hand(month: Blog) -> None:
    frame = leads(month.store, scope("2026-11"))
    assert tuple(frame.columns) == COLUMNS
    assert frame["company"].tolist() == ["Acme", "Bolt"]
    acme = frame.iloc[0]
    assert acme[["visits", "visitors", "pageviews", "engaged_seconds"]].tolist() == [3, 2, 4, 60.0]
    assert acme["first_seen"] == datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
    assert acme["last_seen"] == datetime(2026, 11, 12, 10, 0, tzinfo=UTC)
    assert acme["sources"] == ["Google", "LinkedIn"]
    assert acme["pages"] == ["Titre de /a", "Titre de /contact"]
    assert acme[["country", "city", "method", "evidence", "confidence"]].tolist() == [
        "FR", "Lyon", "as_organisation", "AS64500", 0.8
    ]  # fmt: skip
    # 18 for /contact, 7 for a second day, 6 for four pages (15·ln 4/ln 41 = 5.6), 3 for a minute (15·ln 2/ln 61 = 2.5),
    # 4 for two people on one day (10·ln 2/ln 7 = 3.6), 10 for being the last to be seen.
    assert {one.code: one.points for one in acme["reasons"]} == {
        "intent_pages": 18, "recency": 10, "return_visits": 7, "pages_read": 6, "several_visitors": 4, "engaged_time": 3
    }  # fmt: skip
    assert acme["score"] == 48
    # Bolt was last seen nine days before: 10·(1 − 9/14) = 3.6.
    assert frame.iloc[1]["score"] == 4


def test_no_company_is_an_empty_frame_with_its_columns(blog: Blog) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"))
    frame = leads(blog.store, scope("2026-11"))
    assert frame.empty
    assert tuple(frame.columns) == COLUMNS


def test_the_best_are_kept_when_few_are_asked_for(month: Blog) -> None:
    assert leads(month.store, scope("2026-11"), limit=1)["company"].tolist() == ["Acme"]


def test_a_companys_visits_are_told_newest_first_step_by_step(month: Blog) -> None:
    visits = company_visits(month.store, scope("2026-11"), "Acme")
    assert [visit.started_at.hour for visit in visits] == [10, 9, 9]
    assert [(step.name, step.path, step.engaged_seconds) for step in visits[2].steps] == [
        ("pageview", "/a", 0.0), ("engagement", "/a", 60.0)
    ]  # fmt: skip
    assert visits[1].source == "Google"
    assert company_visits(month.store, scope("2026-11"), "Nobody") == []
    assert len(company_visits(month.store, scope("2026-11"), "Acme", limit=2)) == 2


def rows(month: Blog) -> list[dict[str, Any]]:
    return leads_as_json(leads(month.store, scope("2026-11")), partial(describe_stored, "en"))


def test_json_is_plain_and_says_the_moments_in_utc(month: Blog) -> None:
    found = json.loads(json.dumps(rows(month), allow_nan=False))
    assert found[0]["last_seen"] == "2026-11-12T10:00:00Z"
    assert found[0]["reasons"][0] == {"code": "intent_pages", "points": 18, "values": {"pages": ["/contact"]}}
    assert found[1]["city"] is None


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "＝1+1", '=HYPERLINK("x")']
)
def test_a_csv_holds_no_formula(blog: Blog, evil: str) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), title=evil, source=evil, company=evil, **KNOWN)
    content = leads_as_csv(rows(blog))
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row["company"] == row["pages"] == row["sources"] == "'" + evil.replace("\r", " ")


def test_a_csv_is_read_back_by_pandas(month: Blog) -> None:
    frame = pd.read_csv(io.BytesIO(leads_as_csv(rows(month))))
    assert frame["company"].tolist() == ["Acme", "Bolt"]
    assert frame["score"].tolist() == [48, 4]
    assert frame["sources"].tolist()[0] == "Google; LinkedIn"


def test_a_workbook_keeps_text_as_text(blog: Blog) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company='=HYPERLINK("http://evil.example")', **KNOWN)
    content = leads_as_xlsx(rows(blog))
    with zipfile.ZipFile(io.BytesIO(content)) as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
        words = workbook.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK(" in words


def test_no_leads_are_files_with_headings() -> None:
    assert leads_as_csv([]).decode("utf-8-sig").startswith("company,company_domain,")
    assert zipfile.is_zipfile(io.BytesIO(leads_as_xlsx([])))
