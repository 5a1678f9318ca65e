"""`make crash ROUNDS=200`: rounds of faults, a line each, and a table by kind of fault at the end."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.rounds import KINDS, Campaign, Outcome, table


def main() -> int:
    """Runs the rounds. Returns 1 when a hit was lost or doubled, or a process did not recover by itself."""
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="that of an earlier run, to repeat it")
    parser.add_argument("--only", action="append", choices=list(KINDS), help="a kind of fault; may be repeated")
    arguments = parser.parse_args()
    seed = random.randrange(2**32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}, {arguments.rounds} rounds", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="webleads-crash-", ignore_cleanup_errors=True) as folder:
        campaign = Campaign(Path(folder), seed, arguments.only)
        outcomes = []
        for number, outcome in enumerate(campaign.rounds(arguments.rounds), start=1):
            outcomes.append(outcome)
            print(f"{number:4} {time.monotonic() - begun:6.0f} s  {_in_words(outcome)}", flush=True)
        last = campaign.last_look()
    print(f"\n{table([*outcomes, last])}\n")
    lost, doubled = sum(len(one.lost) for one in outcomes), sum(len(one.doubled) for one in outcomes)
    failed = [one for one in (*outcomes, last) if not one.is_good]
    sealed, unequal = sum(one.sealed for one in outcomes), sum(len(one.unequal) for one in (*outcomes, last))
    print(f"seed {seed}: {lost} lost, {doubled} doubled, {unequal} of {sealed} sealed days unlike their events", end="")
    print(f", {len(failed)} rounds not good in {arguments.rounds}")
    return 1 if failed else 0


def _in_words(outcome: Outcome) -> str:
    if outcome.skipped:
        return f"{outcome.kind}: skipped, {outcome.skipped}"
    counts = f"{outcome.accepted} accepted, {outcome.refused} refused, {outcome.unsure} without an answer, {outcome.unreadable} lines"
    counts += f" that nobody can read, {outcome.sealed} sealed days"
    wrong = "".join(
        f", {len(found)} {what.upper()} ({found[0]}…)"
        for what, found in (
            ("lost", outcome.lost),
            ("doubled", outcome.doubled),
            ("made up", outcome.made_up),
            ("unequal", outcome.unequal),
        )
        if found
    )
    failure = f"\n     FAILED: {outcome.failure}" if outcome.failure else ""
    said = f" [{', '.join(outcome.said)}]" if outcome.said else ""
    return f"{outcome.kind}: {counts}{said}{wrong}{failure}"


if __name__ == "__main__":
    sys.exit(main())
