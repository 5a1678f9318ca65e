"""The crash harness, short: a few faults at random moments lose nothing and double nothing. `make crash` runs many."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.crash import faults
from tests.crash.rounds import Campaign, table

# One of each family of faults a run, so that it takes a minute at most.
_FAMILIES = (
    ("server killed", "worker killed", "torn last line", "killed in a replay"),
    ("killed in a rotation", "killed in a commit", "killed in a retirement", "killed in a checkpoint"),
    ("store's log cut", "store's log corrupted"),
    ("collector killed", "serve upgraded under load", "ingest killed"),
)


@pytest.mark.long
def test_faults_at_random_moments_lose_and_double_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "STOP_SECONDS", 60.0)  # `make crash` holds how long a stop takes
    seed = int(os.environ.get("CRASH_SEED", random.randrange(2**32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    campaign = Campaign(tmp_path, seed, [chance.choice(family) for family in _FAMILIES])
    outcomes = [*campaign.rounds(len(_FAMILIES)), campaign.last_look()]
    print(table(outcomes))
    assert [outcome for outcome in outcomes if not outcome.is_good] == []
    assert sum(outcome.accepted for outcome in outcomes) > 100
    assert sum(outcome.unreadable for outcome in outcomes) > 10
    assert sum(outcome.sealed for outcome in outcomes) > 0
