"""The documentation holds what it promises: links lead somewhere, and every command, address and reason is named."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tracker.cli import webleads
from tracker.enrichment.drops import DropReason
from tracker.stats.query.run import DIMENSIONS, METRICS

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
