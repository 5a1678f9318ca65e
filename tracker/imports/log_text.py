r"""Access logs of plain text: the common and combined formats, with the fields that servers add to them.

Sources: Apache's mod_log_config, nginx's ngx_http_log_module, HAProxy's "HTTP log format", AWS's "Access logs for your
Application Load Balancer". A quotation mark that the server did not escape ends a field only if another field follows.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from tracker.collector.client_ip import plain_ip
from tracker.enrichment.remembered import LONGEST_KEY
from tracker.imports.log_line import ClientFinder, LogLine, host_name, parse_time, unescape

# The prefixes that syslog (RFC 3164, RFC 5424), container engines and compose add to a line.
_WRAPPER = re.compile(
    r"(?:<\d{1,3}>)?(?:"
    r"1 \S+ \S+ \S+ \S+ \S+ (?:-|\[[^\]]*\]) "
    r"|(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) \S+ [^\s:]+: "
    r"|\d{4}-\d\d-\d\dT\S+ (?:stdout|stderr) [FP] "
    r"|[\w.-]+ +\| )"
)
_TIME = re.compile(
    r"\[(\d{1,2}/[A-Za-z]{3,9}/\d{4}:[\d:]{8}[^\]\[]{0,16}|\d{4}-\d\d-\d\d[T ][^\]\[]{8,24}|\d{9,16}(?:\.\d+)?)\]"
)
_REQUEST = re.compile(r'([^"]*)"(.*?)" "?(\d{3})"?(?: "?(\d+|-)"?)?(?=\s|$)')
_REFERRER_AND_AGENT = re.compile(r'[^"]*"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"(?=[\s,]|$)')
_PRODUCT = re.compile(r"[\w.+-]+/\d")
_QUOTED = re.compile(r'"([^"]*)"')
_WORDS = re.compile(r'"([^"]*)"|([^\s"]+)')
_NAME = re.compile(r"(?:[\w-]+\.)*(?!\d+$)[\w-]+", re.ASCII)  # 999.1.2.3 is not a name
_BALANCER = re.compile(
    r'(?:[a-z0-9]+ )?(\d{4}-\d\d-\d\dT[\d:.]+Z) \S+ (\S+) \S+ [-\d.]+ [-\d.]+ [-\d.]+ (\d{3}) \S+ \d+ (\d+) "(.*?)" "([^"]*)"'
)
_HAPROXY = re.compile(
    r"(\S+) \[([^\]]{20,32})\] \S+ \S+ [-+\d/]+ (\d{3}) \+?(\d+) \S+ \S+ \S+ [\d/+]+ [\d/]+ ((?:\{[^}]*\} ){0,2})\"(.*?)\"?$"
)


class Front(NamedTuple):
    """The fields before the time: the client, the requested host, and whether the client is a name instead of an IP."""

    client: str | None
    host: str | None
    is_named: bool = False


class HostBehind:
    """Finds the requested host among the fields after the agent: the field that is a host of the site in some line."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = hosts
        self._place: int | None = None

    def of(self, behind: str) -> str | None:
        """Returns the host among the fields after the agent; None until it is known which field it is."""
        words = [host_name(quoted or bare) for quoted, bare in _WORDS.findall(behind)]
        if self._place is None:
            self._place = next((place for place, word in enumerate(words) if word in self._hosts), None)
        return words[self._place] if self._place is not None and self._place < len(words) else None


class TextLines:
    """Reads lines of plain text. `hosts` finds the requested host where it stands at the end of a line."""

    def __init__(self, clients: ClientFinder, hosts: HostBehind | None = None) -> None:
        self._clients = clients
        self._hosts = hosts or HostBehind(())
        self._front = lru_cache(maxsize=8192)(self._read_front)

    def read(self, text: str) -> LogLine | None:
        """Returns the request of a line; None when it has none of the formats."""
        if wrapper := _WRAPPER.match(text):
            text = text[wrapper.end() :]
        time = _TIME.search(text)
        if time is not None and (request := _REQUEST.match(text, time.end())) is not None:
            return self._combined(text, time, request)
        return self._haproxy(text) if time is not None else self._balancer(text)

    def _combined(self, text: str, time: re.Match[str], request: re.Match[str]) -> LogLine | None:
        at, before, middle = parse_time(time[1]), text[: time.start()], request[1]
        front = (self._front if len(before) + len(middle) <= LONGEST_KEY else self._read_front)(before, middle)
        method, target = split_request(request[2])
        rest = text[request.end() :]
        referrer, agent, behind = _referrer_and_agent(rest)
        client = self._forwarded(front, behind) if behind or front.client is None else front.client
        if at is None or client is None or not target:
            return None
        size = request[4]
        return LogLine(
            at,
            client,
            method,
            target,
            int(request[3]),
            int(size) if size and size != "-" else -1,
            referrer,
            agent,
            front.host or (self._hosts.of(behind) if behind else None),
        )

    def _forwarded(self, front: Front, behind: str) -> str | None:
        """Returns the client. nginx's own `main` format has the forwarded list as its last field, in quotes."""
        peer = front.client
        if front.is_named or (peer is not None and not self._clients.is_inner(peer)):
            return peer
        for field in _QUOTED.findall(behind) or [behind]:
            hops = field.split(",")
            if any(plain_ip(hop.strip()) for hop in hops):
                return self._clients.behind(peer, field)
        return peer

    def _read_front(self, text: str, middle: str) -> Front:
        """Reads the fields before the time, and those between the time and the request.

        Known orders are `XFF… IP - user`, `host IP - user` and `IP host user`. A name may stand in the IP's place, and a
        host or an IP after the time.
        """
        hops: list[str] = []
        names: list[tuple[int, str]] = []
        ended = last = 0
        for place, word in enumerate(text.replace(",", " ").split()):
            if plain_ip(word) is not None:
                hops.append(word)
                last = place
            elif word == "-" or word.lower() in ("unknown", "unix:") or word.startswith("_"):
                ended = ended or (1 if hops else 0)
            elif place <= last + 1 and not ended and (name := host_name(word)) is not None:
                names.append((place, name))
                last = place if not hops else last
            if hops and place > last:
                break
        found = self._clients.of(hops)
        if found is None and (after := middle.split()[:1]) and plain_ip(after[0]):  # S3 has the time first
            return Front(plain_ip(after[0]), names[-1][1] if names else None)
        if found is None:
            name = names[-1][1] if names and _NAME.fullmatch(names[-1][1]) else None
            return Front(name, names[0][1] if len(names) > 1 else None, is_named=name is not None)
        host = next((name for _, name in names if "." in name or name == "localhost"), None)
        return Front(found, host or _host_between(middle))

    def _balancer(self, text: str) -> LogLine | None:
        match = _BALANCER.match(text)
        if match is None or (at := parse_time(match[1])) is None or (client := self._clients.of([match[2]])) is None:
            return None
        method, target = split_request(match[5])
        agent = "" if match[6] == "-" else unescape(match[6])
        return LogLine(at, client, method, target, int(match[3]), int(match[4]), None, agent) if target else None

    def _haproxy(self, text: str) -> LogLine | None:
        match = _HAPROXY.search(text)
        if match is None or (at := parse_time(match[2])) is None or (client := self._clients.of([match[1]])) is None:
            return None
        method, target = split_request(match[6])
        captured = re.split(r"[{}|]+", match[5])
        agent = max((word for word in captured if _PRODUCT.match(word)), key=len, default="")
        referrer = next((word for word in captured if word.startswith(("http://", "https://"))), None)
        host = next((host_name(word) for word in captured if "." in word and "/" not in word and host_name(word)), None)
        return (
            LogLine(at, client, method, target, int(match[3]), int(match[4]), referrer, agent, host) if target else None
        )


def split_request(text: str) -> tuple[str, str]:
    """Returns method and target of a request line. The target may contain spaces that the client did not escape."""
    method, _, rest = text.partition(" ")
    return method, (rest.rpartition(" HTTP/")[0] or rest).strip()


def own_target(target: str) -> tuple[str, str | None]:
    """Returns the target without scheme and host, and the host. Only a request to a proxy has a whole URL as target."""
    if target.startswith("/") or "://" not in target:
        return target, None
    try:
        parts = urlsplit(target)
    except ValueError:
        return target, None
    return parts._replace(scheme="", netloc="").geturl() or "/", host_name(parts.netloc.rpartition("@")[2])


def _host_between(middle: str) -> str | None:
    """Returns the host that some formats have between the time and the request."""
    words = middle.split()
    return host_name(words[0]) if len(words) == 1 and "." in words[0] and words[0][0].isalnum() else None


def _referrer_and_agent(rest: str) -> tuple[str | None, str, str]:
    """Returns referrer, user agent, and the text after them. A field that the line's end cuts off is missing."""
    match = _REFERRER_AND_AGENT.match(rest)
    if match is not None and (match[2] or _PRODUCT.search(rest, match.end()) is None):
        referrer, agent, behind = match[1], match[2], rest[match.end() :]
    else:
        fields = rest.partition('"')[2].split('" "')
        referrer, agent, behind = fields[0], *_loose_agent(fields[1:])
    return (
        None if referrer in ("-", "") else unescape(referrer),
        "" if agent.strip() in ("-", "") else unescape(agent),
        behind.strip(),
    )


def _loose_agent(fields: list[str]) -> tuple[str, str]:
    """Returns the agent among fields with unescaped quotes, and the text after it: the first that looks like an agent."""
    if not fields:
        return "", ""
    place = next((number for number, field in enumerate(fields) if _PRODUCT.match(field)), 0)
    if place + 1 < len(fields):
        return fields[place], '"' + '" "'.join(fields[place + 1 :])
    agent, _, behind = fields[place].rpartition('"')
    return agent, behind
