from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.reference.registers.schedule import Update, is_due, kept_fresh, last_updates, note_update
from tracker.reference.registers.store import Edition

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


def edition(days: int) -> Edition:
    return Edition("sirene", "2026-10-31", (NOW - timedelta(days=days)).isoformat(), 1, 1)


@pytest.mark.parametrize(
    ("last", "imported", "due"),
    [
        pytest.param(None, None, True, id="never"),
        pytest.param(None, edition(29), False, id="imported-by-hand"),
        pytest.param(None, edition(30), True, id="imported-by-hand-a-month-ago"),
        pytest.param(Update(NOW - timedelta(days=29), True, ""), edition(90), False, id="nothing-new-this-month"),
        pytest.param(Update(NOW - timedelta(days=30), True, ""), edition(90), True, id="a-month-ago"),
        pytest.param(Update(NOW - timedelta(hours=23), False, ""), edition(90), False, id="failed-today"),
        pytest.param(Update(NOW - timedelta(days=1), False, ""), edition(2), True, id="failed-yesterday"),
    ],
)
def test_a_register_is_fetched_once_a_month_and_again_a_day_after_a_failure(
    last: Update | None, imported: Edition | None, due: bool
) -> None:
    assert is_due(last, imported, NOW) is due


def test_keeps_what_became_of_each_register(tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    assert last_updates(folder) == {}
    note_update(folder, "sirene", Update(NOW, True, "12 companies"))
    note_update(folder, "gleif", Update(NOW, False, "HTTP 404"))
    assert last_updates(folder) == {
        "sirene": Update(NOW, True, "12 companies"),
        "gleif": Update(NOW, False, "HTTP 404"),
    }
    (folder / "updates.json").write_text('{"sirene": 3}')
    assert last_updates(folder) == {}


def test_the_setting_names_registers() -> None:
    assert [kept_fresh(one) for one in ("off", "sirene", "gleif", "all")] == [
        (),
        ("sirene",),
        ("gleif",),
        ("sirene", "gleif"),
    ]
