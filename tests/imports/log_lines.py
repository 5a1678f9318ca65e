"""Lines of access logs for tests, and both readings of a log at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.hit import Hit
from tracker.imports.access_log import LogOf, LogReading, SkipReason

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def line(
    request: str = "GET /blog/ HTTP/1.1",
    status: int = 200,
    *,
    referrer: str = "https://www.google.com/",
    agent: str = AGENT,
    ip: str = "192.0.2.7",
    time: str = "16/Nov/2026:10:05:03 +0100",
    size: int = 1234,
) -> str:
    """A line in the combined format."""
    return f'{ip} - - [{time}] "{request}" {status} {size} "{referrer}" "{agent}"'


def at(second: int) -> str:
    """A moment in seconds of an hour of one day."""
    return f"16/Nov/2026:10:{second // 60:02}:{second % 60:02} +0100"


def get(path: str, second: int, referrer: str = "-", **fields: Any) -> str:
    """A GET of `a.fr` at a second; a referrer that begins with a slash is of the same site."""
    whole = f"https://a.fr{referrer}" if referrer.startswith("/") else referrer
    return line(f"GET {path} HTTP/1.1", referrer=whole, time=at(second), **fields)


def read_log(lines: Sequence[str], **options: Any) -> list[Hit | SkipReason]:
    """What becomes of each line of a log of `a.fr`."""
    hosts = frozenset({"a.fr", "www.a.fr"})
    reading = LogReading(LogOf(**({"site": "a.fr", "hosts": hosts} | options)))
    for text in lines:
        reading.survey(text)
    reading.finish_survey()
    reading.begin_file()
    return [reading.read(text)[0] for text in lines]


def pages(lines: Sequence[str], **options: Any) -> list[str]:
    """The paths with their queries that a log's page views are of, those of scanners left out."""
    hits = [hit for hit in read_log(lines, **options) if isinstance(hit, Hit) and hit.scanner is None]
    return [(hit.event.url or "").removeprefix("https://a.fr") for hit in hits]


def parse_line(text: str, **options: Any) -> Hit | SkipReason:
    """What becomes of the only line of a log."""
    return read_log([text], **options)[0]
