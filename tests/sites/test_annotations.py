"""Annotations of a site's days: kept as text, of one site, and not overwritten by somebody who did not see the last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.sites.annotations import (
    add_annotation,
    annotations_of,
    change_annotation,
    remove_annotation,
    version_of_annotation,
)
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    for domain in ("a.fr", "b.fr"):
        add_site(opened, domain, now=NOW)
    yield opened
    opened.close()


def test_annotations_are_of_one_site_and_in_the_order_of_their_days(database: AppDatabase) -> None:
    for day, hour, text in (("2026-11-16", "9", "b"), ("2026-11-02", "", "<i>a</i>\u202e\n"), ("2026-12-01", "", "c")):
        add_annotation(database, 1, day=day, hour=hour, text=text, by=None, now=NOW)
    listed = annotations_of(database, 1, since=date(2026, 11, 1), until=date(2026, 12, 1))
    assert [(one.day.isoformat(), one.hour, one.text) for one in listed] == [
        ("2026-11-02", None, "<i>a</i>"),
        ("2026-11-16", 9, "b"),
    ]
    assert list(annotations_of(database, 2)) == []
    assert not remove_annotation(database, 2, listed[0].id)
    assert remove_annotation(database, 1, listed[0].id)
    assert not remove_annotation(database, 1, listed[0].id)


def test_a_removed_annotation_s_number_names_no_other(database: AppDatabase) -> None:
    def added() -> int:
        add_annotation(database, 1, day="2026-11-16", hour="", text="x", by=None, now=NOW)
        return max(one.id for one in annotations_of(database, 1))

    last = added()
    assert remove_annotation(database, 1, last)
    assert added() > last


@pytest.mark.parametrize(
    ("day", "hour", "text", "says"),
    [
        ("16.11.2026", "", "x", "is not a day"),
        ("0001-01-01", "", "x", "is not a day"),
        ("2026-11-16", "24", "x", "is not an hour"),
        ("2026-11-16", "-1", "x", "is not an hour"),
        ("2026-11-16", "", " \u200b\n", "Write a text"),
        ("2026-11-16", "", "x" * 201, "Write a text"),
    ],
)
def test_what_cannot_be_read_is_refused(database: AppDatabase, day: str, hour: str, text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        add_annotation(database, 1, day=day, hour=hour, text=text, by=None, now=NOW)


def test_of_two_people_who_edit_one_the_second_is_told(database: AppDatabase) -> None:
    number = add_annotation(database, 1, day="2026-11-16", hour="", text="x", by="a@a.fr", now=NOW)
    seen = version_of_annotation(annotations_of(database, 1)[0])
    assert change_annotation(database, 1, number, day="2026-11-16", hour="8", text="theirs", seen=seen)
    with pytest.raises(ChangedMeanwhileError) as told:
        change_annotation(database, 1, number, day="2026-11-16", hour="", text="mine", seen=seen)
    assert told.value.present == "theirs"
    assert not change_annotation(database, 2, number, day="2026-11-16", hour="", text="x", seen=None)
