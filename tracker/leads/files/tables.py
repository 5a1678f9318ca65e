"""Tables as files for people with a spreadsheet: typed columns as CSV and as XLSX, with no cell taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum, auto
from io import BytesIO, StringIO
from typing import Any

# A spreadsheet runs a cell that begins with one of these as a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel's own limit.
_LONGEST_TEXT = 32_767
_LEAST_WIDTH, _MOST_WIDTH = 8, 60
_SECONDS_A_DAY = 86_400


class Kind(Enum):
    """What the values of a column are; each may be None."""

    TEXT = auto()
    COUNT = auto()
    NUMBER = auto()
    FRACTION = auto()
    """0 to 1; a spreadsheet shows per cent."""
    DURATION = auto()
    """Seconds; a spreadsheet shows hours, minutes and seconds."""
    DAY = auto()
    MOMENT = auto()
    """An aware datetime is told as UTC, one without a zone as it is."""


_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.##",
    Kind.FRACTION: "[=0]0%;[<0.0995]0.0%;0%",  # as pages have it: a decimal below ten per cent
    Kind.DURATION: "[h]:mm:ss",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True)
class Column:
    """A heading and the values below it."""

    heading: str
    kind: Kind
    cells: Sequence[Any]


def as_csv(columns: Sequence[Column], *, separator: str = ",", decimal: str = ".") -> bytes:
    """Returns a CSV in UTF-8 with a byte order mark, which spreadsheets want."""
    target = StringIO()
    writer = csv.writer(target, delimiter=separator, lineterminator="\r\n")
    writer.writerow([harmless(column.heading) for column in columns])
    texts = [[_as_text(column.kind, value, decimal) for value in column.cells] for column in columns]
    writer.writerows(zip(*texts, strict=True))
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def as_xlsx(columns: Sequence[Column], *, sheet: str) -> bytes:
    """Returns a workbook with one sheet. Its cells are typed, so no text is taken for a formula."""
    import xlsxwriter  # 8 MB and a twentieth of a start, for what few ask

    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(sheet)
        heading = book.add_format({"bold": True})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        for number, column in enumerate(columns):
            page.write_string(0, number, column.heading, heading)
            for row, value in enumerate(column.cells, start=1):
                _write(page, row, number, column.kind, value, formats.get(column.kind))
            page.set_column(number, number, _width(column))
        page.freeze_panes(1, 1)
        if columns and columns[0].cells:
            page.autofilter(0, 0, len(columns[0].cells), len(columns) - 1)
    return target.getvalue()


def harmless(text: str) -> str:
    """Returns the text in a form that no spreadsheet runs as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _write(page: Any, row: int, number: int, kind: Kind, value: Any, form: Any) -> None:
    if value is None:
        return
    if kind is Kind.TEXT:
        page.write_string(row, number, str(value)[:_LONGEST_TEXT])
    elif kind is Kind.DAY:
        page.write_datetime(row, number, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001 - a cell has no zone
    elif kind is Kind.MOMENT:
        page.write_datetime(row, number, _without_zone(value), form)
    elif kind is Kind.DURATION:
        page.write_number(row, number, value / _SECONDS_A_DAY, form)
    else:
        page.write_number(row, number, value, form)


def _without_zone(moment: datetime) -> datetime:
    plain = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    return plain.replace(microsecond=0)


def _as_text(kind: Kind, value: Any, decimal: str) -> str:
    if value is None:
        return ""
    if kind is Kind.TEXT:
        return harmless(str(value))
    if kind is Kind.DAY and isinstance(value, date):
        return value.isoformat()
    if kind is Kind.MOMENT:
        return f"{value:%Y-%m-%d %H:%M}" if value.tzinfo is None else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if kind is Kind.DURATION:
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(int(value)) if kind is Kind.COUNT else f"{round(value, 4):g}".replace(".", decimal)


def _width(column: Column) -> int:
    """So wide that most of what is in the column can be read."""
    longest = max((len(_as_text(column.kind, value, ".")) for value in column.cells[:1000]), default=0)
    return max(_LEAST_WIDTH, min(_MOST_WIDTH, max(longest, len(column.heading)) + 2))
