"""Detects scanners among a log's clients: they mostly post forms, mostly get errors, or request what scanners look for.

A client is judged over the whole log: by its IP and agent together, and by the IP alone for scanners that change their
agent. A visitor may mistype, follow dead links and fill in forms, so one such request is not enough. Pure; memory is
bounded.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from enum import StrEnum
from urllib.parse import unquote

from tracker.enrichment.remembered import remembered
from tracker.imports.log_line import LogLine
from tracker.imports.log_pages import PathKind, kind_by_name, plain_path, shape_of

_MAX_CLIENTS = 100_000
_MAX_JUDGED = 500_000
_ENOUGH = 5
# Nobody can read and fill in a form within so many seconds.
_HASTY_SECONDS = 2
_HASTY_SHARE = 5
_KEPT_PATHS = 50
_NONE: frozenset[int] = frozenset()  # shared by the many clients with an empty set, which would cost 200 bytes each
_PROBES_ANSWERED = 3

# URLs that no site has for a page. They count whatever the server's answer is.
_CERTAIN = re.compile(
    r"/\.(?:env|git|svn|hg|aws|ssh|vscode|htpasswd|htaccess|ds_store)(?:[./~_-]|$)"
    r"|/(?:wp-config|config|configuration|settings|database|db)\.(?:php|inc|ya?ml|json)?[.~_]?(?:bak|old|save|swp|orig|txt|dist|~)$"
    r"|/(?:eval-stdin|c99|r57|wso|alfa|shell|webshell|phpinfo|adminer[^/]*)\.php$|/id_rsa|/etc/passwd|/win\.ini"
    r"|/boaform/|/hnap1|/gponform|/cgi-bin/(?:luci|\.\.)|/vendor/phpunit|/_ignition/|/\.\./|/\.\.\\|<script|\$\{jndi:",
    re.IGNORECASE,
)
# URLs that scanners request and some sites have. They count only when the answer is an error.
_LIKELY = re.compile(
    r"/(?:wp-login|xmlrpc|wp-signup|wp-conf[^/]*|setup-config|wlwmanifest)\.(?:php|xml)$"
    r"|/wp-(?:admin|includes|content)/(?:(?!admin-ajax)[^?]*\.php)?$"
    r"|/(?:phpmyadmin|pma|myadmin|mysqladmin|phpmyadmin-?\d[^/]*|dbadmin|sqladmin|administrator|manager/html|solr|actuator"
    r"|jenkins|owa|autodiscover|ecp|telescope|server-status|jmx-console|druid|nacos|geoserver)(?:/|\.php|$)"
    r"|\.(?:sql|bak|swp|env)(?:\.gz|\.zip)?$",
    re.IGNORECASE,
)
# URLs to which programs post passwords and advertising.
_DOORS = re.compile(
    r"/(?:wp-login|xmlrpc|wp-comments-post|admin|login|user/login|administrator(?:/index)?)(?:\.php)?/?$", re.IGNORECASE
)


class ScannerSign(StrEnum):
    """Why a client is a scanner. The values are stored as details of hits that are not counted: never change one."""

    POSTS = "Sends forms rather than reads"
    ERRORS = "Mostly asks for what is not there"
    PROBES = "Looks for weaknesses"


class _ClientBehaviour:
    """The counts of one client's requests."""

    __slots__ = (
        "asked",
        "certain",
        "errors",
        "forms",
        "gets",
        "hasty",
        "likely",
        "loads",
        "missed",
        "pages",
        "posts",
        "probed",
    )

    def __init__(self) -> None:
        self.gets = 0  # of pages, or of what is not known to be anything else
        self.loads = 0  # of files that browsers fetch for a page
        self.errors = 0
        self.missed: frozenset[int] = _NONE  # the shapes of different paths that were not found
        self.certain = self.likely = 0
        self.probed: set[int] = set()  # paths that scanners request, also where the answer is a page
        self.posts = 0
        self.forms = 0  # posts that browsers send too; they count only for clients that fetch no files
        self.hasty = 0
        self.pages: frozenset[int] = _NONE
        self.asked: tuple[int, float] = (0, 0.0)

    def see_get(self, line: LogLine, path: str, *, from_site: bool) -> None:
        """Counts a GET or HEAD. `from_site`: its referrer is a page of the site."""
        is_error = 400 <= line.status < 500 and line.status not in (408, 429, 499)
        is_likely = is_error and _LIKELY.search(path) is not None
        self.certain += _is_certain(line.target)
        self.likely += is_likely
        if not from_site and len(self.probed) < _KEPT_PATHS and _LIKELY.match(path):
            self.probed |= {hash(path)}
        kind = kind_by_name(line.target)
        if not is_likely and kind in (PathKind.ASSET, PathKind.MACHINE):
            self.loads += kind is PathKind.ASSET and not is_error
        elif is_error:
            self.errors += 1
            if len(self.missed) < _KEPT_PATHS:
                self.missed |= {hash(shape_of(line.target))}
        else:
            self.gets += 1
            self.asked = (hash(path), line.at.timestamp())
            if len(self.pages) < _KEPT_PATHS:
                self.pages |= {hash(path)}

    def see_post(self, line: LogLine, path: str, *, from_site: bool) -> None:
        """Counts a POST or another request that sends data. A page's own script does not send data to a page's URL."""
        key = hash(path)
        if _DOORS.search(path) or (key in self.pages and not from_site):
            self.posts += 1
        elif key in self.pages or not from_site or line.status >= 400:
            self.forms += 1
        self.hasty += self.asked[0] == key and line.at.timestamp() - self.asked[1] <= _HASTY_SECONDS

    def sign(self, *, alone: bool) -> ScannerSign | None:
        """Returns why the client is a scanner, or None.

        `alone` is True for one agent at an IP. All agents of an IP together may be an office with one scanner among
        its visitors.
        """
        asked = self.gets + self.errors
        if self._probes(asked, alone=alone):
            return ScannerSign.PROBES
        posts = self.posts if self.loads else self.posts + self.forms
        mostly = 2 * posts >= asked + posts and posts >= _ENOUGH
        if mostly or (self.hasty and not self.loads and _HASTY_SHARE * self.hasty >= asked):
            return ScannerSign.POSTS
        missed = len(self.missed) if self.loads else self.errors
        return ScannerSign.ERRORS if missed >= _ENOUGH and missed > self.gets else None

    def _probes(self, asked: int, *, alone: bool) -> bool:
        if alone and len(self.probed) >= _PROBES_ANSWERED and not self.loads:
            return True
        probes = self.certain + self.likely
        if not probes or not (alone or 2 * probes >= asked):
            return False
        return self.certain > 0 or self.likely > 1 or self.gets <= 1


class Scanners:
    """Counts the requests of a log's clients in the first reading, then detects the scanners."""

    def __init__(self, *, max_clients: int = _MAX_CLIENTS) -> None:
        self._max_clients = max_clients
        self._by_agent: OrderedDict[int, _ClientBehaviour] = OrderedDict()
        self._by_ip: OrderedDict[int, _ClientBehaviour] = OrderedDict()
        self._judged: dict[int, ScannerSign] = {}

    def see(self, line: LogLine, client: int, *, from_site: bool) -> None:
        """Counts a request. `client` is its `client_key`; `from_site`: its referrer is a page of the site."""
        path = plain_path(line.target)
        for key, behaviours, alone in ((client, self._by_agent, True), (hash(line.client), self._by_ip, False)):
            behaviour = behaviours.get(key)
            if behaviour is None:
                behaviour = behaviours[key] = _ClientBehaviour()
                if len(behaviours) > self._max_clients:
                    self._judge(*behaviours.popitem(last=False), alone=alone)
            else:
                behaviours.move_to_end(key)
            if line.method in ("GET", "HEAD"):
                behaviour.see_get(line, path, from_site=from_site)
            elif line.method not in ("OPTIONS", "PROPFIND"):
                behaviour.see_post(line, path, from_site=from_site)

    def finish(self) -> None:
        """Ends the first reading."""
        for behaviours, alone in ((self._by_agent, True), (self._by_ip, False)):
            while behaviours:
                self._judge(*behaviours.popitem(), alone=alone)

    def sign(self, line: LogLine) -> ScannerSign | None:
        """Returns why the client of a line is a scanner; None for a visitor."""
        return self._judged.get(client_key(line)) or self._judged.get(hash(line.client))

    def _judge(self, key: int, behaviour: _ClientBehaviour, *, alone: bool) -> None:
        sign = behaviour.sign(alone=alone)
        if sign is not None and len(self._judged) < _MAX_JUDGED:
            self._judged[key] = sign


def client_key(line: LogLine) -> int:
    """Returns a number for the IP and the agent together."""
    return hash((line.client, line.agent))


@remembered(4_096)
def _is_certain(target: str) -> bool:
    return _CERTAIN.search(target if "%" not in target else unquote(unquote(target[:2048]))) is not None
