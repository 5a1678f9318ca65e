"""A preview of an import, without importing: for each shape of path the number of lines and an example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tracker.imports.access_log import LogReading, SkipReason
from tracker.imports.log_file import OnBytes, lines_of
from tracker.imports.log_line import LogLine
from tracker.imports.log_pages import plain_path, shape_of

_MAX_PATHS = 20_000
_LONGEST_EXAMPLE = 255


class PathsTaken(NamedTuple):
    """Paths of one shape with the same outcome: the number of lines, and the first such path."""

    shape: str
    lines: int
    example: str


class Preview:
    """The outcomes of lines and paths: why they are skipped, PAGE for page views, SCANNER for those of scanners."""

    def __init__(self) -> None:
        self.lines = 0
        self.fates: Counter[str] = Counter()
        self.other_hosts: Counter[str] = Counter()
        self._paths: dict[str, Counter[str]] = {}
        self._examples: dict[tuple[str, str], str] = {}

    def see(self, fate: str, line: LogLine | None) -> None:
        """Counts a line by its outcome. Its path is counted too, if the path is what decided."""
        self.lines += 1
        self.fates[fate] += 1
        if line is None:
            return
        if fate == SkipReason.ANOTHER_HOST:
            host = (line.host or "")[:_LONGEST_EXAMPLE]
            self.other_hosts[host if host in self.other_hosts or len(self.other_hosts) < _MAX_PATHS else "…"] += 1
        elif fate not in _NOT_BY_PATH:
            self._count(fate, line)

    def paths(self, fate: str) -> Iterator[PathsTaken]:
        """Yields the paths with an outcome, the most frequent first."""
        for shape, lines in self._paths.get(fate, Counter()).most_common():
            yield PathsTaken(shape, lines, self._examples.get((fate, shape), shape))

    def _count(self, fate: str, line: LogLine) -> None:
        paths, shape = self._paths.setdefault(fate, Counter()), shape_of(line.target)
        if shape not in paths:
            if len(paths) >= _MAX_PATHS:
                shape = "…"
            self._examples.setdefault((fate, shape), plain_path(line.target)[:_LONGEST_EXAMPLE])
        paths[shape] += 1


_NOT_BY_PATH = frozenset({SkipReason.METHOD, SkipReason.ERROR, SkipReason.REDIRECT, SkipReason.NO_AGENT})
PAGE, SCANNER = "page", "scanner"


def preview(files: Iterable[Path], reading: LogReading, on_bytes: OnBytes) -> Preview:
    """Does the second reading of surveyed files. Returns the outcomes. Raises LogUnreadable."""
    seen = Preview()
    for file in files:
        reading.begin_file()
        for text in lines_of(file, on_bytes):
            hit, line = reading.read(text)
            if isinstance(hit, SkipReason):
                seen.see(hit, line)
            else:
                seen.see(PAGE if hit.scanner is None else SCANNER, line)
    return seen
