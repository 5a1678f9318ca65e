"""`make bench`: measures speed, memory and disk, prints one table and writes it as JSON.

Name parts to run only some. `--millions 1 10 100` sets the sizes of the reports' event stores: 100 needs 4 GB of disk,
and takes half an hour to make.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import accepting, all_in_one, companies, ingesting, registers, reporting
from tests.bench.figure import Figure, table
from tests.bench.load import NoLoadGenerator

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parts: dict[str, Callable[[Path], Iterator[Figure]]] = {
        "accepting": accepting.figures,
        "all_in_one": all_in_one.figures,
        "companies": companies.figures,
        "ingesting": ingesting.figures,
        "registers": lambda folder: registers.figures(folder, asked.companies),
        "reporting": lambda folder: reporting.figures(folder, asked.millions),
    }
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(parts)} (default: all)")
    parser.add_argument("--millions", nargs="+", type=int, default=[1, 10], help="sizes of the reports' event stores")
    parser.add_argument("--companies", type=int, default=2_500_000, help="legal units of the made-up register")
    parser.add_argument("--output", type=Path, default=ROOT / "bench-results" / "bench.json")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(parts):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    measured: dict[str, list[Figure]] = {}
    try:
        for name in asked.parts or parts:
            print(name, flush=True)
            with tempfile.TemporaryDirectory(prefix="webleads-bench-") as folder:
                measured[name] = []
                for figure in parts[name](Path(folder)):
                    measured[name].append(figure)
                    print(table([figure]), flush=True)
    except NoLoadGenerator as problem:
        print(problem, file=sys.stderr)
        return 2
    _write(asked.output, measured)
    missed = [figure.what for part in measured.values() for figure in part if figure.verdict == "MISSED"]
    print(f"\n{len(missed)} budgets missed" + "".join(f"\n  {what}" for what in missed))
    return 1 if missed else 0


def _write(path: Path, measured: dict[str, list[Figure]]) -> None:
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "parts": {name: [figure.as_json() for figure in part] for name, part in measured.items()},
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"written to {path}")


if __name__ == "__main__":
    sys.exit(main())
