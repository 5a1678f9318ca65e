"""Each SOURCES.md names every data file that ships, with its origin, a licence that allows an MIT product, and its date.

What the build makes of npm packages counts as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "tracker").rglob("data/SOURCES.md"))

# "Licence Ouverte 2.0" asks for the source and its date, as CC BY does. "as the project": our own work, under the licence of the project.
ALLOWED = frozenset({"MIT", "ISC", "CC0-1.0", "CC BY 4.0", "Licence Ouverte 2.0", "public domain", "as the project"})
HEADS = (("file", "origin", "licence", "date", "made by"), ("read for", "origin", "licence", "date"))


def tables(page: str) -> Iterator[dict[str, str]]:
    """The rows of the page's tables by the names of their columns."""
    head: list[str] = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if not cells:
            head = []
        elif not head:
            head = [cell.strip() for cell in cells]
        elif not re.fullmatch(r"[-| ]+", line):
            yield dict(zip(head, cells, strict=True))


def problems(page: str, files: Iterable[str]) -> Iterator[str]:
    """What is wrong with a page of sources, beside a folder of these data files."""
    rows = list(tables(page))
    named = {row["file"].split(" ")[0] for row in rows if "file" in row}
    yield from (f"{name} has no line" for name in sorted(set(files) - named))
    yield from (f"{name} is no file" for name in sorted(named - set(files)))
    for row in rows:
        if tuple(row) not in HEADS:
            yield f"a table has the columns {', '.join(row)}"
        elif row["licence"] not in ALLOWED:
            yield f"{row['origin']}: {row['licence']} is not allowed"
        elif not row["origin"] or not re.fullmatch(r"20\d\d-\d\d", row["date"]):
            yield f"{row} lacks its origin or date"


def test_there_are_pages_of_sources() -> None:
    folders = {path.parent for path in (ROOT / "tracker").rglob("data/*") if path.suffix in {".csv", ".json", ".txt"}}
    assert folders == {page.parent for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_data_file_that_ships_has_a_licence_that_allows_it(page: Path) -> None:
    files = [path.name for path in page.parent.iterdir() if path.suffix not in {".md", ".py"} and path.is_file()]
    assert list(problems(page.read_text(encoding="utf-8"), files)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_file_was_made_by_exists(page: Path) -> None:
    scripts = {row["made by"] for row in tables(page.read_text(encoding="utf-8")) if "made by" in row} - {"by hand"}
    assert [script for script in sorted(scripts) if not (ROOT / script).is_file()] == []


def test_what_the_build_takes_from_packages_has_a_licence_that_allows_it() -> None:
    """The page has each package that a script of the build resolves, with the version and licence of the lock."""
    page = (ROOT / "dashboards" / "web" / "assets" / "SOURCES.md").read_text(encoding="utf-8")
    assert list(problems(page, [])) == []
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "dashboards").glob("*.mjs"))
    taken = re.findall(r'resolve\("([^"]+)/package\.json"\)', scripts)
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert taken == ["world-atlas"]
    for name in taken:
        package = locked[f"node_modules/{name}"]
        (row,) = (row for row in tables(page) if f"{name} {package['version']}," in row["origin"])
        assert row["licence"] == package["license"]
    built = json.loads((ROOT / "dashboards" / "web" / "static" / "world.json").read_text(encoding="utf-8"))
    assert "Copyright 2013-2019 Michael Bostock" in built["notice"]


HEAD = "| file | origin | licence | date | made by |\n| --- | --- | --- | --- | --- |\n"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param("| a.csv | somewhere | GPL-3.0 | 2026-11 | by hand |", "GPL-3.0 is not allowed", id="copyleft"),
        pytest.param("| a.csv | somewhere | CC BY-NC 4.0 | 2026-11 | by hand |", "is not allowed", id="non-commercial"),
        pytest.param("| a.csv | somewhere | none stated | 2026-11 | by hand |", "is not allowed", id="unlicensed"),
        pytest.param("| a.csv | somewhere | MIT | lately | by hand |", "lacks its origin or date", id="undated"),
        pytest.param("| b.csv | somewhere | MIT | 2026-11 | by hand |", "a.csv has no line", id="unnamed"),
    ],
)
def test_a_line_that_does_not_stand_is_found(row: str, problem: str) -> None:
    assert problem in "; ".join(problems(HEAD + row + "\n", ["a.csv"]))
