"""`make fuzz`: 200,000 hostile requests and two million hostile bodies, unless told otherwise; 1 when anything is wrong."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import bodies, requests


def main() -> int:
    """Runs both parts and prints their results. Returns 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--bodies", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=None, help="that of an earlier run, to repeat it")
    arguments = parser.parse_args()
    seed = random.randrange(2**32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="webleads-fuzz-", ignore_cleanup_errors=True) as folder:
        if arguments.requests:
            begun = time.monotonic()
            asked = requests.run(Path(folder), seed, arguments.requests)
            wrong += asked.wrong
            print(f"{asked.sent:,} hostile requests in {time.monotonic() - begun:.0f} s: {_counts(asked.statuses)},")
            print(f"  {asked.unanswered:,} closed without an answer, {len(asked.good):,} good hits accepted,")
            print(f"  memory of all processes {', '.join(f'{level:.0f}' for level in asked.memory_mb)} MB", flush=True)
        if arguments.bodies:
            begun = time.monotonic()
            sent = bodies.run(Path(folder) / "bodies", seed, arguments.bodies)
            wrong += sent.wrong
            print(f"{sent.sent:,} hostile bodies in {time.monotonic() - begun:.0f} s: {_counts(sent.statuses)},")
            print(f"  {sent.good:,} good hits, {sent.counted:,} counted, memory {_levels(sent.levels)} MB,")
            print(f"  at most {max(sent.levels, default=0):.0f} MB", flush=True)
    for words in wrong[:20]:
        print(f"WRONG: {words}")
    print(f"seed {seed}: {len(wrong)} wrong")
    return 1 if wrong else 0


def _counts(statuses: dict[int, int]) -> str:
    return ", ".join(f"{number:,} × {status}" for status, number in sorted(statuses.items()))


def _levels(levels: list[float]) -> str:
    """Returns five of the levels, evenly spaced from the first to the last."""
    shown = [levels[round(part * (len(levels) - 1) / 4)] for part in range(5)] if levels else []
    return ", ".join(f"{level:.0f}" for level in shown)


if __name__ == "__main__":
    sys.exit(main())
