"""Hostile HTTP requests to a real `webleads serve`, with good hits among them: no 5xx but a deliberate 503, no stall."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

import duckdb

from tests.fuzz import hostile
from tests.running_service import FIREFOX, RunningService, descendants, webleads

_CONNECTIONS = 6
_GOOD_EVERY = 20
_ANSWER_SECONDS = 30.0
# Paths of every part: the collector, pages that need a sign-in and pages that need none, files, the health check.
_PATHS = (
    "/api/event", "/api/event", "/api/event", "/api/event", "/api/event", "/pixel.gif", "/pixel.gif", "/js/webleads.js", "/", "/sign-in", "/first-user/x",
    f"/{hostile.SITE}", f"/{hostile.SITE}/leads", f"/{hostile.SITE}/leads/Acme", f"/{hostile.SITE}/settings", f"/{hostile.SITE}/not-counted",
    f"/{hostile.SITE}/breakdown/page", f"/{hostile.SITE}/panels/pages", f"/opt-out/{hostile.SITE}", "/sites", "/account", "/identify", "/status", "/language",
    "/assets/dashboard.css", "/assets/%00", "/assets/../../etc/passwd", "/static/x", "/healthz", "/readyz", "/metrics", "/operations/leads", "/api/v2/query", "/favicon.ico", "/robots.txt",
)  # fmt: skip
_PARAMETERS = (
    "period",
    "from",
    "to",
    "metric",
    "f",
    "page",
    "sort",
    "order",
    "compare",
    "n",
    "u",
    "d",
    "r",
    "next",
    "q",
    "subject",
    "token",
)
_HEADERS = (
    "X-Forwarded-For", "Forwarded", "X-Real-IP", "X_Forwarded_For", "Referer", "Cookie", "Accept-Language", "Content-Type", "Host", "Origin", "Sec-CH-UA",
    "Sec-CH-UA-Full-Version-List", "Accept-Encoding", "X-Webleads-Key", "X-Requested-With", "Transfer-Encoding", "Expect", "Range", "If-None-Match", "Purpose",
)  # fmt: skip
_METHODS = ("POST", "POST", "POST", "POST", "GET", "GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "X\x01Y")


@dataclass
class Outcome:
    """The result of a run. `wrong` are sentences about failures; it is empty when there is none."""

    sent: int = 0
    unanswered: int = 0
    good: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    memory_mb: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def run(folder: Path, seed: int, requests: int, *, most_growth_mb: float = 250.0) -> Outcome:
    """Starts the service, sends `requests` hostile requests and a good hit after each twentieth, stops it and counts."""
    data = folder / "data"
    added = webleads("site", "add", hostile.SITE, data=data)
    assert added.returncode == 0, added.stderr
    service = RunningService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1", WEBLEADS_LOG_LEVEL="error").start()
    outcome = Outcome()
    try:
        _send_all(service, seed, requests, outcome)
        if service.post(json.dumps(_good_page("/good/last")).encode())[0] != 202:
            outcome.wrong.append("the service takes no hit in the end")
        outcome.good.add("/good/last")
    finally:
        service.stop()
    drained = webleads("ingest", "--once", data=data)
    if drained.returncode:
        outcome.wrong.append(f"the journal cannot be drained: {drained.stderr[-200:]}")
    _count(data / "events.duckdb", outcome)
    _judge(outcome, most_growth_mb, service.log.read_text(errors="replace"))
    return outcome


def _send_all(service: RunningService, seed: int, requests: int, outcome: Outcome) -> None:
    """Sends the requests in four parts, and measures the memory of all processes after each."""
    senders = [_Sender(service.port, Random(f"{seed}/{number}"), number, outcome) for number in range(_CONNECTIONS)]
    for _ in range(4):
        threads = [threading.Thread(target=one.send, args=(requests // 4 // _CONNECTIONS,)) for one in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outcome.memory_mb.append(sum(_resident_mb(pid) for pid in [service.pid, *descendants(service.pid)]))


class _Sender:
    """One client: it keeps its connection as long as the server does."""

    def __init__(self, port: int, chance: Random, number: int, outcome: Outcome) -> None:
        self._port = port
        self._chance = chance
        self._number = number
        self._outcome = outcome
        self._count = 0
        self._lock = _LOCK

    def send(self, requests: int) -> None:
        connection = None
        for _ in range(requests):
            self._count += 1
            raw, head_only = _request(self._chance)
            connection = self._exchange(connection, raw, head_only=head_only)
            if self._count % _GOOD_EVERY == 0:
                path = f"/good/{self._number}-{self._count}"
                connection = self._exchange(connection, _good_request(path, self._number, self._count), good=path)
        if connection is not None:
            connection.close()

    def _exchange(
        self, connection: socket.socket | None, raw: bytes, *, head_only: bool = False, good: str = ""
    ) -> socket.socket | None:
        """Sends one request and reads its answer. Returns the connection if it can be used again."""
        status, keeps = None, False
        try:
            if connection is None or good:  # a good hit has its own connection, so that the answer is its answer
                if connection is not None:
                    connection.close()
                connection = socket.create_connection(("127.0.0.1", self._port), timeout=_ANSWER_SECONDS)
            connection.sendall(raw)
            if not good and _is_cut(raw):
                connection.shutdown(
                    socket.SHUT_WR
                )  # the rest of the body never comes; slow clients have tests of their own
            status, keeps = _read_answer(connection, head_only=head_only)
        except TimeoutError:
            self._say(f"no answer in {_ANSWER_SECONDS:.0f} s to {raw[:120]!r}")
        except OSError:
            pass  # the server may close on what is no HTTP
        self._note(status, raw, good)
        if not keeps and connection is not None:
            connection.close()
            return None
        return connection

    def _note(self, status: int | None, raw: bytes, good: str) -> None:
        with self._lock:
            self._outcome.sent += not good
            if status is None:
                self._outcome.unanswered += 1
            else:
                self._outcome.statuses[status] += 1
        if good and status == 202:
            with self._lock:
                self._outcome.good.add(good)
        elif good:
            self._say(f"a good hit was answered {status}")
        elif status is not None and status >= 500 and status != 503:
            self._say(f"{status} to {raw[:160]!r}")

    def _say(self, words: str) -> None:
        with self._lock:
            self._outcome.wrong.append(words)


_LOCK = threading.Lock()


def _good_page(path: str) -> dict[str, str]:
    return {"n": "pageview", "u": f"https://{hostile.SITE}{path}", "d": hostile.SITE}


def _good_request(path: str, number: int, count: int) -> bytes:
    body = json.dumps(_good_page(path)).encode()
    ip = f"82.{64 + number}.{count // 250 % 250}.{count % 250}"
    head = f"POST /api/event HTTP/1.1\r\nHost: a\r\nUser-Agent: {FIREFOX}\r\nX-Forwarded-For: {ip}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _request(chance: Random) -> tuple[bytes, bool]:
    """Returns a hostile request, and whether its answer has no body."""
    if chance.random() < 0.02:
        return chance.randbytes(chance.randrange(1, 300)) + b"\r\n\r\n", False
    method, path = chance.choice(_METHODS), chance.choice(_PATHS)
    if chance.random() < 0.1:
        path += quote(hostile.text(chance)[:300].encode("utf-8", "replace"), safe=chance.choice(("", "/%?&#;")))
    if chance.random() < 0.5:
        path += "?" + _query(chance)
    body = hostile.body(chance) if method in ("POST", "PUT", "DELETE") else b""
    lines = [f"{method} {path} HTTP/1.1".encode("utf-8", "replace")]
    if chance.random() < 0.95:
        lines.append(b"Host: a")
    lines.append(b"User-Agent: " + hostile.agent(chance).encode("utf-8", "replace"))
    lines += [name.encode() + b": " + _header(chance) for name in chance.sample(_HEADERS, chance.randrange(4))]
    if body or chance.random() < 0.1:
        length = len(body) if chance.random() < 0.97 else chance.choice((0, len(body) + 5, -1, 10**20))
        lines.append(b"Content-Length: %d" % length)
    if chance.random() < 0.01:
        lines += [b"X-%d: y" % number for number in range(300)]
    clean = [line.replace(b"\r", b" ").replace(b"\n", b" ") if chance.random() < 0.9 else line for line in lines]
    return b"\r\n".join(clean) + b"\r\n\r\n" + body, method == "HEAD"


def _is_cut(raw: bytes) -> bool:
    """Returns whether the body is shorter than its Content-Length."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lengths = re.findall(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    return any(int(length) > len(body) for length in lengths) or b"transfer-encoding" in head.lower()


def _query(chance: Random) -> str:
    if chance.random() < 0.2:
        return quote(hostile.body(chance)[:4000])
    pairs = [
        (chance.choice(_PARAMETERS), hostile.text(chance)[:500] if chance.random() < 0.7 else hostile.url(chance)[:900])
        for _ in range(chance.randrange(1, 5))
    ]
    return urlencode(pairs, errors="replace")


def _header(chance: Random) -> bytes:
    made = hostile.text(chance)[:3000].encode("utf-8", "replace") if chance.random() < 0.7 else chance.randbytes(20)
    return b", ".join([made] * chance.choice((1, 1, 1, 40)))[:7000]


def _read_answer(connection: socket.socket, *, head_only: bool) -> tuple[int | None, bool]:
    """Returns the final status of an answer, and whether the connection can be used for another request."""
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            more = connection.recv(65_536)
            if not more:
                return None, False
            received += more
        head, _, rest = received.partition(b"\r\n\r\n")
        status = int(head[9:12])
        if status >= 200:
            break
        received = rest  # 100 Continue
    names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    length = int(names.get(b"content-length", b"0"))
    if not head_only and status not in (204, 304):
        if b"chunked" in names.get(b"transfer-encoding", b""):
            return status, False
        while len(rest) < length:
            more = connection.recv(65_536)
            if not more:
                return status, False
            rest += more
    return status, status < 400 and b"close" not in names.get(b"connection", b"")


def _count(store: Path, outcome: Outcome) -> None:
    with closing(duckdb.connect(str(store), read_only=True)) as database:
        rows = database.execute("SELECT path, count(*) FROM events WHERE path LIKE '/good/%' GROUP BY path").fetchall()
    times = dict(rows)
    if lost := outcome.good - set(times):
        outcome.wrong.append(f"{len(lost)} good hits lost, {min(lost)} first")
    if doubled := [path for path, count in times.items() if count > 1]:
        outcome.wrong.append(f"{len(doubled)} good hits doubled, {min(doubled)} first")


def _judge(outcome: Outcome, most_growth_mb: float, log: str) -> None:
    growth = outcome.memory_mb[-1] - outcome.memory_mb[0]
    if growth > most_growth_mb:
        outcome.wrong.append(f"memory grew by {growth:.0f} MB from the first quarter to the last")
    if "Traceback" in log:
        place = log.index("Traceback")
        outcome.wrong.append(f"the log has a traceback: {log[place : place + 1500]}")


def _resident_mb(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6
    return 0.0
