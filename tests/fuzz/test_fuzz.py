"""The fuzz, short: hostile bodies and requests stop nothing, and each good hit among them is counted once."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.fuzz import bodies, requests


@pytest.fixture
def seed() -> int:
    found = int(os.environ.get("FUZZ_SEED", random.randrange(2**32)))
    print(f"seed {found}")
    return found


def test_hostile_bodies_are_refused_or_read_and_each_good_hit_is_counted_once(tmp_path: Path, seed: int) -> None:
    outcome = bodies.run(tmp_path, seed, 30_000)
    assert outcome.wrong == []
    assert outcome.counted == outcome.good >= 3_000
    assert outcome.accepted > 1_000


def test_hostile_requests_get_answers_and_each_good_hit_is_counted_once(tmp_path: Path, seed: int) -> None:
    outcome = requests.run(tmp_path, seed, 6_000)
    assert outcome.wrong == []
    assert len(outcome.good) >= 250
    assert outcome.statuses[202] > 250


def judged(levels: list[float]) -> list[str]:
    outcome = bodies.Outcome(levels=levels)
    bodies.judge(outcome, most_growth_mb=150)
    return outcome.wrong


def test_a_leak_is_found_and_a_checkpoint_is_none() -> None:
    filled = [350.0 + 2 * number for number in range(100)] + [560.0, 590.0] * 50
    assert judged(filled) == []
    assert judged([*filled[:153], 767.0, *filled[154:]]) == []
    assert judged([350.0 + 1.2 * number for number in range(200)]) == [
        "memory grew by 60 MB after the first 1,500,000 bodies"
    ]
    assert judged([*filled[:153], 1100.0, *filled[154:]]) == ["memory came to 1100 MB"]
