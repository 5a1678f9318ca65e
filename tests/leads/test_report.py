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
from tests.leads.three_visitors import KNOWN, store_three_visitors
from tests.stats.conftest import Blog, scope
from tracker.leads.export import leads_as_csv, leads_as_json, leads_as_xlsx
from tracker.leads.report import COLUMNS, leads
from tracker.leads.visits import company_visits


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
    # On the last day of November: 11 for /contact (18·ln 2/ln 3 = 11.4), 7 for a second day (16·ln 2/ln 5 = 6.9), 4 for four
    # pages (8·ln 4/ln 21 = 3.6), 2 for a minute (8·ln 2/ln 31 = 1.6), 3 for two people on one day (6·ln 2/ln 4 = 3.0), 1 for
    # being here 18 days before (4·½^(18/7) = 0.7).
    assert {one.code: one.points for one in acme["reasons"]} == {
        "buying_pages": 11, "return_visits": 7, "pages_read": 4, "several_visitors": 3, "engaged_time": 2, "recency": 1
    }  # fmt: skip
    assert acme["score"] == 28
    assert frame.iloc[1]["score"] == 0


def test_reasons_have_titles_days_and_the_special_thing_first(blog: Blog) -> None:
    acme = {"company": "Acme", **KNOWN}
    blog.visit(
        "2026-11-24T10:00:00+01:00",
        (0, "/tarifs"),
        (20, "/tarifs", "Form: Submission"),
        (30, "/tarifs"),
        visitor=1,
        **acme,
    )
    blog.visit("2026-11-24T23:30:00+01:00", (0, "/a"), visitor=2, **acme)
    blog.visit("2026-11-23T10:00:00+01:00", (0, "/a"), (20, "/a", "Form: Submission"), visitor=3, **acme)
    (lead,) = leads(blog.store, scope("2026-11-24")).to_dict("records")
    assert [one.code for one in lead["reasons"]] == [
        "goals", "buying_pages", "several_visitors", "return_visits", "pages_read", "recency"
    ]  # fmt: skip
    said = {code: values for code, _, values in lead["reasons"]}
    assert said["goals"] == {"goals": [{"key": "forms", "name": "Forms sent", "day": "2026-11-24", "times": 2}]}
    assert said["buying_pages"] == {"pages": ["Titre de /tarifs"], "paths": ["/tarifs"], "views": 2}
    assert said["several_visitors"] == {"visitors": 2, "day": "2026-11-24"}
    assert said["return_visits"] == {"visits": 3, "days": 2}
    assert said["recency"] == {"last_day": "2026-11-24", "days": 0}


def test_who_acts_comes_before_who_reads_prices_and_these_before_who_reads_about_a_prize(blog: Blog) -> None:
    store_three_visitors(blog)
    found = leads(blog.store, scope("2026-11-24,2026-11-25"), limit=3)
    assert leads(blog.store, scope("2026-11"))["company"].tolist() == ["Converted", "Buyer", "Literature"]
    assert found["company"].tolist() == ["Buyer", "Literature"]


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
    assert found[0]["reasons"][0] == {
        "code": "buying_pages",
        "points": 11,
        "values": {"pages": ["Titre de /contact"], "paths": ["/contact"], "views": 1},
    }
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
    assert frame["score"].tolist() == [28, 0]
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
