"""`make eval`: runs every step of the identification over the open labelled data and prints the table.

A module of this folder with a function `measures() -> Iterable[Measure]` measures one step. Name steps to run some. `--seed`
is for steps that make their data (`measures(seed)`): another number makes other data.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from importlib import import_module
from inspect import signature
from pathlib import Path

from tests.eval.measure import SHARED, Measure, table

_NO_STEPS = {"__init__", "__main__", "halves", "measure", "own_sources"}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help="the steps to run; all of them by default")
    parser.add_argument("--seed", type=int, default=0, help="the seed of steps that make their data (registers)")
    asked = parser.parse_args(arguments)
    if not SHARED.is_dir():
        print(f"there is no labelled data at {SHARED}; nothing was measured", file=sys.stderr)
        return 1
    steps = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_STEPS)
    unknown = set(asked.steps) - set(steps)
    if unknown:
        print(f"no step {', '.join(sorted(unknown))}; there are {', '.join(steps)}", file=sys.stderr)
        return 2
    for step in asked.steps or steps:
        print(table(_measures(step, asked.seed)), flush=True)
    return 0


def _measures(step: str, seed: int) -> Iterable[Measure]:
    measures = import_module(f"tests.eval.{step}").measures
    found: Iterable[Measure] = measures(seed) if "seed" in signature(measures).parameters else measures()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
