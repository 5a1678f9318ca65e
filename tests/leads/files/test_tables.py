"""Tables are read back with the types that their columns have, and run nothing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from tracker.leads.files.tables import Column, Kind, as_csv, as_xlsx

MOMENT = datetime(2026, 11, 16, 8, 6, 30)  # noqa: DTZ001 - as on the site's clock
TABLE = [
    Column("Société", Kind.TEXT, ["Élan; fils", "=1+1", "007", None]),
    Column("Visites", Kind.COUNT, [1200, 1, 0, None]),
    Column("Fiabilité", Kind.FRACTION, [0.95, 1.0, 0.5, None]),
    Column("Lecture", Kind.DURATION, [69.4, 90_061.0, 0.0, None]),
    Column("Vu le", Kind.MOMENT, [MOMENT, MOMENT.replace(tzinfo=UTC), MOMENT, None]),
]


def test_a_workbook_is_read_back_with_its_types() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(TABLE, sheet="Leads"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Société", "Visites", "Fiabilité", "Lecture", "Vu le")
    assert rows[1][:4] == ("Élan; fils", 1200, 0.95, pytest.approx(timedelta(seconds=69.4), abs=timedelta(seconds=1)))
    assert rows[1][4] == MOMENT
    assert rows[2][0] == "=1+1"
    assert sheet["A3"].data_type == "s"
    assert rows[2][3] == pytest.approx(timedelta(days=1, hours=1, minutes=1, seconds=1), abs=timedelta(seconds=1))
    assert rows[3][0] == "007"
    assert len(rows) == 4  # a row of empty cells is none
    assert (sheet["C2"].number_format, sheet["D2"].number_format) == ("[=0]0%;[<0.0995]0.0%;0%", "[h]:mm:ss")
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:E5"
    assert 8 <= sheet.column_dimensions["A"].width <= 61


@pytest.mark.parametrize(("separator", "decimal"), [(";", ","), (",", ".")], ids=["french", "english"])
def test_a_csv_is_read_back_in_both_languages(separator: str, decimal: str) -> None:
    content = as_csv(TABLE, separator=separator, decimal=decimal)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))
    assert rows[1] == ["Élan; fils", "1200", f"0{decimal}95", "0:01:09", "2026-11-16 08:06"]
    assert rows[2] == ["'=1+1", "1", "1", "25:01:01", "2026-11-16T08:06:30Z"]
    assert rows[4] == [""] * 5


def test_a_table_without_rows_has_its_headings() -> None:
    empty = [Column("a", Kind.COUNT, [])]
    assert as_csv(empty) == b"\xef\xbb\xbfa\r\n"
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(empty, sheet="x"))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["a"]
