"""What `webleads doctor` says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.databases import new_event_store
from tracker import data_folder
from tracker.db.engine import open_app_database
from tracker.service.context import Context
from tracker.service.doctor import diagnose
from tracker.settings import Settings
from tracker.store.batch import Batch, NotCounted

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    data_folder.prepare(tmp_path)
    database = open_app_database("sqlite://")
    with new_event_store() as store:
        yield Context(Settings(data=tmp_path), database, store, lambda: NOW)
    database.close()


def words(context: Context) -> str:
    return "\n".join(finding.words for finding in diagnose(context))


def dropped(site: str, day: int, reason: str, detail: str, hits: int) -> NotCounted:
    return NotCounted(site, date(2026, 11, day), reason, detail, hits)


def test_names_the_sites_that_hits_name_and_that_are_not_here(context: Context) -> None:
    rows = [
        dropped("", 24, "unknown_site", "blog.exmaple.fr", 1200),
        dropped("", 18, "unknown_site", "blog.exmaple.fr", 34),
        dropped("", 24, "unknown_site", "\x1b[31mred", 2),
        dropped("", 10, "unknown_site", "long.ago.fr", 99),
        dropped("a.fr", 24, "bot", "Google", 7),
    ]
    context.event_store.append(Batch({}, rows))
    said = words(context)
    assert "1236 events of the last 7 days name a site that is not here: 'blog.exmaple.fr' (1234), " in said
    assert "'\\x1b[31mred' (2)" in said
    assert "long.ago.fr" not in said


def test_says_nothing_of_unknown_sites_when_there_are_none(context: Context) -> None:
    assert "not here" not in words(context)


def test_says_that_without_a_site_nothing_is_counted(context: Context) -> None:
    findings = list(diagnose(context))
    assert any(one.level == "problem" and "there is no site" in one.words for one in findings)
