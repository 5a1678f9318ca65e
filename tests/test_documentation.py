"""The documentation holds what it promises: links lead somewhere, and every command, address and reason is named."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.test_layering import ALL, LAYERS, tree
from tracker.cli import webleads
from tracker.enrichment.drops import DropReason
from tracker.stats.dimensions import BY_API_NAME as DIMENSIONS
from tracker.stats.metrics import BY_API_NAME as METRICS

ROOT = Path(__file__).parent.parent
LINK = re.compile(r'\]\(([^)\s]+)\)|src="(docs/[^"]+)"')
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    tracked = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = tracked.stdout.split() or [str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")]
    return [ROOT / name for name in names]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The names that a forge gives a page's headings."""
    titles = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> Iterator[str]:
    for target, image in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in target:
            yield target or image


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def commands(group: click.Group, prefix: str = "webleads") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


@pytest.mark.parametrize("command", list(commands(webleads)))
def test_every_command_is_documented(command: str) -> None:
    known = text("docs/command-line.md")
    assert f"`{command}" in known or f"`{command.removeprefix('webleads ')}" in known


@pytest.mark.parametrize("name", [*METRICS, *DIMENSIONS])
def test_every_metric_and_dimension_of_a_query_is_documented(name: str) -> None:
    assert f"`{name}`" in text("docs/command-line.md")


@pytest.mark.parametrize("reason", DropReason)
def test_every_reason_why_a_hit_is_not_counted_is_documented(reason: DropReason) -> None:
    assert f"`{reason}`" in text("docs/troubleshooting.md")


def test_the_readme_names_what_make_does_first() -> None:
    makefile = text("Makefile")
    for command in re.findall(r"`?make ([a-z-]+)", text("README.md")):
        assert f"\n{command}:" in makefile


MAP = re.compile(r"^```\n(tracker/ .*?)^```", re.MULTILINE | re.DOTALL)
# Folders whose own folders need no entry: what is in them follows another's rules, or mirrors what the map has.
CLOSED = ("tests", "snippet/npm", "snippet/wordpress", "dashboards/web/translations", "tracker/db/migrations")


def entries_of_the_map() -> set[str]:
    """The paths in CONTRIBUTING's map, from its indents."""
    found, parents = set(), list[str]()
    drawing = MAP.search(text("CONTRIBUTING.md"))
    assert drawing
    for line in drawing[1].splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        parents = [*parents[:depth], line.split()[0].rstrip("/")]
        found.add("/".join(parents))
    return found


def folders_of_the_tree() -> set[str]:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    parents = {parent.as_posix() for name in tracked for parent in Path(name).parents} - {"."}
    return {path for path in parents if not path.startswith(tuple(f"{closed}/" for closed in CLOSED))}


def test_every_folder_stands_in_the_map() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("only a checkout says which folders belong to the tree")
    assert sorted(folders_of_the_tree() - entries_of_the_map()) == []


def test_every_entry_of_the_map_exists() -> None:
    assert [path for path in sorted(entries_of_the_map()) if not (ROOT / path).exists()] == []


def test_the_map_has_each_layer_in_its_order() -> None:
    """The sentence in CONTRIBUTING and the rule that is tested are the same."""
    layers = " → ".join(
        ", ".join(part.removeprefix("tracker.").replace(".", "/") for part in layer) for layer in LAYERS
    )
    assert f"Imports point down: `{layers}`." in " ".join(text("CONTRIBUTING.md").split())


def paths_named_in(page: str) -> list[str]:
    roots = ("tracker", "dashboards", "snippet", "tools", "tests", "docs", "deploy")
    return re.findall(rf"`((?:{'|'.join(roots)})/[^`\s]*)`", text(page))


@pytest.mark.parametrize(
    "page",
    [
        "docs/architecture.md",
        "tests/README.md",
        *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/adr").glob("*.md")),
    ],
)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    assert [path for path in paths_named_in(page) if not (ROOT / path).exists()] == []


def decisions() -> list[Path]:
    return sorted((ROOT / "docs/adr").glob("[0-9]*.md"))


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_a_decision_has_its_number_status_and_date(page: Path) -> None:
    form = r"# (\d{4}) — .+\n\n- Status: (?:proposed|accepted|superseded).*\n- Date: \d{4}-\d\d-\d\d\n- Supersedes: .+\n\n## Context\n"
    head = re.match(form, page.read_text(encoding="utf-8"))
    assert head, "begin like the other pages of docs/adr: # 0001 — Title, then Status, Date, Supersedes"
    assert head[1] == page.name[:4]


def test_the_decisions_are_listed_each_with_a_number_of_its_own() -> None:
    numbers = [page.name[:4] for page in decisions()]
    assert len(set(numbers)) == len(numbers)
    listed = re.findall(r"^\| \[(\d{4})\]\((\d{4}-[^)]+)\) \| (.+?) \|", text("docs/adr/README.md"), re.MULTILINE)
    titles = [
        page.read_text(encoding="utf-8").split("\n")[0].removeprefix("# ").split(" — ", 1) for page in decisions()
    ]
    assert listed == [(number, page.name, title) for page, (number, title) in zip(decisions(), titles, strict=True)]


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"))
def test_every_page_is_listed_for_who_reads_it(page: str) -> None:
    assert f"]({page})" in text("docs/README.md")


def own_tests(module: str) -> str:
    """Where the tests of a module are that has a test file of its name."""
    path = Path(module.removeprefix("tracker/"))
    name = path.stem if path.stem != "__init__" else path.parent.name
    return (Path("tests") / path.parent / f"test_{name}.py").as_posix()


def modules_with_code() -> list[str]:
    """A module that defines no function decides nothing: data, types and texts alone."""
    own = [module for module in ALL if "/versions/" not in module and not module.endswith(("__main__.py", "/env.py"))]
    return [module for module in own if any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree(module)))]


def held_elsewhere() -> dict[str, list[str]]:
    """The table of tests/README.md: each module with the test files that hold it."""
    rows = re.findall(r"^\| (`(?:tracker|dashboards)/.+?) \| (.+?) \|$", text("tests/README.md"), re.MULTILINE)
    quoted = re.compile(r"`([^`]+)`")
    return {module: quoted.findall(tests) for modules, tests in rows for module in quoted.findall(modules)}


def test_every_module_has_tests_of_its_name_or_says_whose_hold_it() -> None:
    listed = held_elsewhere()
    missing = [
        f"{module}: write {own_tests(module)} or name the tests in tests/README.md"
        for module in modules_with_code()
        if module not in listed and not (ROOT / own_tests(module)).exists()
    ]
    assert missing == []


def test_a_module_that_has_tests_of_its_name_is_not_said_to_be_held_elsewhere() -> None:
    assert [module for module in held_elsewhere() if (ROOT / own_tests(module)).exists()] == []
    assert all(held_elsewhere().values())
