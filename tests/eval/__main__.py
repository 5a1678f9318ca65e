"""`make eval`: runs every step of the identification over the open labelled data and prints the table.

A module of this folder with a function `measures() -> Iterable[Measure]` measures one step. Name steps to run some.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from tests.eval.measure import SHARED, table

_NO_STEPS = {"__init__", "__main__", "halves", "measure", "own_sources"}


def main(asked: list[str]) -> int:
    if not SHARED.is_dir():
        print(f"there is no labelled data at {SHARED}; nothing was measured", file=sys.stderr)
        return 1
    steps = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_STEPS)
    unknown = set(asked) - set(steps)
    if unknown:
        print(f"no step {', '.join(sorted(unknown))}; there are {', '.join(steps)}", file=sys.stderr)
        return 2
    for step in asked or steps:
        print(table(import_module(f"tests.eval.{step}").measures()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
