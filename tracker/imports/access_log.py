"""Access logs of web servers as hits: each line becomes a hit, or is skipped with a reason.

A log is read twice. The first reading learns which paths are pages and which clients are scanners. The second returns
the hits. Pure. `log_text` and `log_fields` own the formats, `log_pages` and `log_scanners` own what is learnt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from tracker.enrichment.remembered import remembered
from tracker.hit import Hit, WireEvent
from tracker.imports.log_fields import FieldLines
from tracker.imports.log_line import ClientFinder, LogLine, Network, unescape_target
from tracker.imports.log_pages import PageLessons, PathKind, plain_path
from tracker.imports.log_scanners import Scanners, client_key
from tracker.imports.log_text import HostBehind, TextLines, own_target

_MAX_TARGET, _MAX_REFERRER, _MAX_AGENT = 4096, 2048, 1024
# Pages are learnt from user agents of browsers, except those that say they are bots.
_BROWSER = re.compile(r"Mozilla/\d(?!.*(?:bot|crawl|spider|slurp|https?:))", re.IGNORECASE)


class SkipReason(StrEnum):
    """Why a line of a log is not a page view."""

    MALFORMED = "malformed"
    DIRECTIVE = "directive"
    ANOTHER_HOST = "another_host"
    METHOD = "method"
    ERROR = "error"
    REDIRECT = "redirect"
    NO_PAGE = "no_page"
    ASSET = "asset"
    PART = "part"
    PATH_LEFT_OUT = "path_left_out"
    NO_AGENT = "no_agent"


_SKIPPED_KINDS = {
    PathKind.ASSET: SkipReason.ASSET,
    PathKind.PART: SkipReason.PART,
    PathKind.FEED: SkipReason.NO_PAGE,
    PathKind.MACHINE: SkipReason.NO_PAGE,
}


@dataclass(frozen=True, kw_only=True)
class LogOf:
    """The site that a log belongs to, and which of its lines count: those of `hosts`, and those without a host.

    `only` and `without` are globs of paths. With `only`, no other path counts; a path of `without` does not count.
    """

    site: str
    hosts: frozenset[str]
    trusted_proxies: Sequence[Network] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def includes(self, path: str) -> bool:
        """Returns whether a path counts by the globs."""
        if self.only and not any(fnmatchcase(path, glob) for glob in self.only):
            return False
        return not any(fnmatchcase(path, glob) for glob in self.without)


class LineReader:
    """Reads lines in any of the formats. Each reading of a file needs its own: a W3C log names its fields in its lines."""

    def __init__(self, clients: ClientFinder, hosts: HostBehind | None = None) -> None:
        self._text = TextLines(clients, hosts)
        self._fields = FieldLines(clients)

    def read(self, text: str) -> LogLine | SkipReason:
        """Returns the request of a line, with its texts cut to their maximum, or why there is none."""
        text = text.lstrip("\ufeff\0")  # a log that was cut while it was written begins with zeros
        if text.startswith("#"):
            self._fields.read_directive(text)
            return SkipReason.DIRECTIVE
        line = self._in_any_format(text)
        if line is None or not line.method.isalpha():
            return SkipReason.MALFORMED
        target, host = own_target(line.target)
        line.target, line.host = unescape_target(target[:_MAX_TARGET]), host or line.host
        line.agent = line.agent[:_MAX_AGENT]
        line.referrer = line.referrer[:_MAX_REFERRER] if line.referrer else None
        return line

    def _in_any_format(self, text: str) -> LogLine | None:
        if text.endswith("}") and (brace := text.find("{")) >= 0:  # whatever syslog put in front of it
            found = self._fields.read_json(text[brace:])
            if isinstance(found, str):
                return self._in_any_format(found)
            if found is not None:
                return found
        found = self._text.read(text)
        return self._fields.read_columns(text) if found is None and self._fields.has_columns else found


class LogReading:
    """Both readings of a log. `survey` each line first, then `finish_survey`, then `read` each line."""

    def __init__(self, log: LogOf) -> None:
        self.log = log
        self._clients = ClientFinder(log.trusted_proxies)
        self._pages = PageLessons(log.hosts)
        self._scanners = Scanners()
        self._hosts = HostBehind(log.hosts)
        self._lines = LineReader(self._clients, self._hosts)
        self._is_browser = remembered(4096)(lambda agent: _BROWSER.match(agent) is not None)

    def begin_file(self) -> None:
        """Starts the next file: forgets the field names of the one before."""
        self._lines = LineReader(self._clients, self._hosts)

    def survey(self, text: str) -> None:
        """Learns from a line of the site: about its path if a browser got the page, about its client always."""
        line = self._lines.read(text)
        if isinstance(line, SkipReason) or not self._is_own(line.host):
            return
        client = client_key(line)
        self._scanners.see(line, client, from_site=self._pages.is_own(line.referrer))
        if line.method == "GET" and line.status in (200, 206, 304) and self._is_browser(line.agent):
            self._pages.see(line, client)

    def finish_survey(self) -> None:
        """Ends the first reading."""
        self._pages.finish()
        self._scanners.finish()

    def read(self, text: str) -> tuple[Hit | SkipReason, LogLine | None]:
        """Returns the hit of a line, or why it is skipped, with the line itself where it could be read."""
        line = self._lines.read(text)
        if isinstance(line, SkipReason):
            return line, None
        skip = self._why_no_page_view(line)
        return (self._hit(line) if skip is None else skip), line

    def kind_of(self, line: LogLine) -> PathKind:
        """Returns what the path of a line is: a page, a part of one, a feed, an asset or for machines."""
        return self._pages.kind_of(line.target)

    def _is_own(self, host: str | None) -> bool:
        return host is None or host in self.log.hosts

    def _why_no_page_view(self, line: LogLine) -> SkipReason | None:
        if not self._is_own(line.host):
            return SkipReason.ANOTHER_HOST
        if line.method != "GET":
            return SkipReason.METHOD
        if line.status >= 400:
            return SkipReason.ERROR
        if 300 <= line.status < 400 and line.status != 304:  # 304 is a page read again from the browser's cache
            return SkipReason.REDIRECT
        if line.status not in (200, 203, 206, 304):
            return SkipReason.NO_PAGE
        if (skip := _SKIPPED_KINDS.get(self.kind_of(line))) is not None:
            return skip
        if not self.log.includes(plain_path(line.target)):
            return SkipReason.PATH_LEFT_OUT
        return None if line.agent else SkipReason.NO_AGENT

    def _hit(self, line: LogLine) -> Hit:
        sign = self._scanners.sign(line)
        path = line.target if line.target.startswith("/") else f"/{line.target}"
        return Hit(
            received_at=line.at,
            ip=line.client,
            user_agent=line.agent,
            scanner=None if sign is None else str(sign),
            event=WireEvent(
                name="pageview",
                url=f"https://{self.log.site}{path}"[:_MAX_TARGET],
                domain=self.log.site,
                referrer=line.referrer,
            ),
        )
