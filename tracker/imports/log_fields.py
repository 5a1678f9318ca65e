"""Access logs with named fields: JSON, one object a line, and the W3C extended format with its `#Fields`.

Sources: Caddy's "log" directive; Traefik's "Access logs"; nginx's `log_format … escape=json`, where the operator
chooses the names and the usual ones are known; W3C's "Extended Log File Format" as IIS and CloudFront write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from tracker.collector.client_ip import plain_ip
from tracker.imports.log_line import ClientFinder, LogLine, host_name, parse_time
from tracker.imports.log_text import split_request

# The names of each field, the preferred one first; in lower case, with `_` for every other character.
_TIME = ("ts", "time_iso8601", "timestamp", "time_local", "msec", "startutc", "datetime", "time", "date", "_timestamp")
_CLIENT = (
    "client_ip",
    "clientip",
    "c_ip",
    "remote_addr",
    "clienthost",
    "remote_ip",
    "ip",
    "client",
    "remote_host",
    "clientaddr",
)
_FORWARDED = (
    "x_forwarded_for",
    "http_x_forwarded_for",
    "request_x_forwarded_for",
    "xff",
    "forwarded_for",
    "cs_x_forwarded_for",
)
_METHOD = ("method", "request_method", "requestmethod", "cs_method", "verb")
_TARGET = ("uri", "request_uri", "requestpath", "path", "url", "cs_uri")
_STATUS = ("status", "sc_status", "downstreamstatus", "status_code", "response_code", "code")
_SIZE = ("size", "body_bytes_sent", "sc_bytes", "bytes_sent", "downstreamcontentsize", "length", "bytes")
_REFERRER = ("referer", "http_referer", "referrer", "http_referrer", "request_referer", "cs_referer", "cs_referrer")
_AGENT = ("user_agent", "http_user_agent", "request_user_agent", "cs_user_agent", "agent", "useragent")
_HOST = ("x_host_header", "requesthost", "host", "http_host", "cs_host", "vhost", "server_name")
_SIGNS = re.compile(r"[^a-z0-9]+")
_WORDS = re.compile(r'"[^"]*"|\S+')
_MAX_DEPTH = 4
Fields = Mapping[str, str]


class FieldLines:
    """Reads lines with named fields. For a W3C log it remembers the names in the last `#Fields` line."""

    def __init__(self, clients: ClientFinder) -> None:
        self._clients = clients
        self._columns: list[str] = []

    @property
    def has_columns(self) -> bool:
        return bool(self._columns)

    def read_directive(self, text: str) -> None:
        """Reads a line that begins with `#`, for the names of the fields."""
        if text.lower().startswith("#fields:"):
            self._columns = [_plain_name(word) for word in text[8:].split()]

    def read_columns(self, text: str) -> LogLine | None:
        """Returns the request of a W3C line; None when it has too few fields for the names."""
        words = text.split("\t") if "\t" in text else [word.strip('"') for word in _WORDS.findall(text)]
        if len(words) < len(self._columns) - 2:
            return None
        fields = {name: word for name, word in zip(self._columns, words, strict=False) if word not in ("-", "")}
        day = fields.get("date") or fields.get("date_local") or ""
        fields["ts"] = f"{day} {fields.get('time') or fields.get('time_local') or ''}"
        query = fields.get("cs_uri_query")
        fields["uri"] = fields.get("cs_uri_stem", "") + (f"?{query}" if query else "")
        agent = fields.get("cs_user_agent", "")
        fields["cs_user_agent"] = unquote(unquote(agent if " " in agent else agent.replace("+", " ")))
        return self._line(fields)

    def read_json(self, text: str) -> LogLine | str | None:
        """Returns the request of a JSON line; None for another line. A text is the line that a container engine wrapped."""
        try:
            found = msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            return None
        if not isinstance(found, dict):
            return None
        if isinstance(wrapped := found.get("log"), str) and "stream" in found:
            return wrapped.rstrip("\r\n")
        return self._line(dict(_flat(found, 0)))

    def _line(self, fields: Fields) -> LogLine | None:
        at = parse_time(_first(fields, _TIME))
        peer = _first(fields, _CLIENT)
        client = plain_ip(peer)
        if forwarded := _first(fields, _FORWARDED):
            client = self._clients.behind(client, forwarded)
        elif client is None:
            client = self._clients.of(peer.split(","))
        method, target = split_request(fields.get("request", ""))
        target = _first(fields, _TARGET) or target
        status = _first(fields, _STATUS)
        if at is None or client is None or not target or not (status.isdigit() and len(status) == 3):
            return None
        size = _first(fields, _SIZE)
        return LogLine(
            at,
            client,
            _first(fields, _METHOD) or method or "GET",
            target,
            int(status),
            int(size) if size.isdigit() and len(size) < 16 else -1,
            _first(fields, _REFERRER) or None,
            _first(fields, _AGENT),
            host_name(_first(fields, _HOST)),
        )


def _first(fields: Fields, names: tuple[str, ...]) -> str:
    for name in names:
        value = fields.get(name)
        if value and value != "-":
            return value.encode("utf-8", "replace").decode()
    return ""


def _flat(found: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    """Yields an object's names and values, those of inner objects first. Headers of the response are left out."""
    for name, value in found.items():
        if isinstance(value, dict) and depth < _MAX_DEPTH and name != "resp_headers":
            yield from _flat(value, depth + 1)
    for name, value in found.items():
        one = value[0] if isinstance(value, list) and value else value
        if isinstance(one, str):
            yield _plain_name(name), one
        elif isinstance(one, int | float) and not isinstance(one, bool):
            yield _plain_name(name), f"{one:.6f}".rstrip("0").rstrip(".") if isinstance(one, float) else str(one)


def _plain_name(name: str) -> str:
    return _SIGNS.sub("_", name.lower()).rstrip("_")
