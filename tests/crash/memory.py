"""Whether memory stops growing: sends hits of distinct IPs and agents, and measures the memory of each role.

`python -m tests.crash.memory --visitors 1000000` prints a line every few seconds and the table at the end.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.crash.installation import ENVIRONMENT, make_template
from tests.crash.processes import Role
from tests.crash.traffic import SITE
from tests.running_service import free_port

_AT_ONCE = 64


def _request(number: int) -> bytes:
    """Returns a hit whose IP, agent, page and referrer no other hit has."""
    address = f"{11 + (number >> 22 & 31)}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64; rv:{100 + number % 50}.{number}) Gecko/20100101 Firefox/{100 + number % 50}.0"
    )
    body = f'{{"n":"pageview","u":"https://{SITE}/page/{number}","d":"{SITE}","r":"https://site{number}.example/{number}"}}'
    return (
        f"POST /api/event HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {address}\r\nUser-Agent: {agent}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Flood(threading.Thread):
    """Sends the hits of visitors `first`, `first + step`, … many requests at once over one connection."""

    def __init__(self, port: int, first: int, step: int, visitors: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._numbers = range(first, visitors, step)
        self.accepted = 0

    def run(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=60) as connection:
            for start in range(0, len(self._numbers), _AT_ONCE):
                numbers = self._numbers[start : start + _AT_ONCE]
                connection.sendall(b"".join(map(_request, numbers)))
                answered, tail = 0, b""
                while answered < len(numbers):
                    tail += connection.recv(65_536)
                    answered += tail.count(b"HTTP/1.1 ")
                    self.accepted += tail.count(b"HTTP/1.1 202")
                    tail = tail[-8:] if not tail.endswith(b"ok") else b""


def _rss_megabytes(role: Role) -> float:
    """The resident memory of the role's largest worker."""
    lines = [line for pid in role.workers() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), default=0.0)


def main() -> int:
    """Runs the measurement. Returns 1 when hits were refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.memory", description=__doc__)
    parser.add_argument("--visitors", type=int, default=1_000_000)
    visitors = parser.parse_args().visitors
    with tempfile.TemporaryDirectory(prefix="webleads-memory-", ignore_cleanup_errors=True) as folder:
        data = make_template(Path(folder) / "data")
        environment = ENVIRONMENT | {"WEBLEADS_JOURNAL_SEGMENT": "67108864", "WEBLEADS_RATE_LIMIT": "50"}
        collect = Role(data, "collect", "--workers", "1", port=free_port(), **environment)
        serve = Role(data, "serve", "--no-collect", port=free_port(), **environment)
        collect.start()
        serve.start()
        assert collect.port is not None
        print(f"idle: collect {_rss_megabytes(collect):.0f} MB, serve {_rss_megabytes(serve):.0f} MB", flush=True)
        floods = [Flood(collect.port, first, 2, visitors) for first in range(2)]
        for flood in floods:
            flood.start()
        _watch(collect, serve, floods)
        serve.stop()
        collect.stop()
    accepted = sum(flood.accepted for flood in floods)
    print(f"{accepted} of {visitors} accepted")
    return 0 if accepted == visitors else 1


def _watch(collect: Role, serve: Role, floods: list[Flood]) -> None:
    """Prints a line every five seconds until all hits are sent and stored."""
    begun = time.monotonic()
    while True:
        lag = int(str(serve.readiness()["ingest_lag_bytes"]))
        sent = sum(flood.accepted for flood in floods)
        print(
            f"{time.monotonic() - begun:5.0f} s  {sent:9,} accepted, {lag / 1e6:6.1f} MB behind"
            f"  collect {_rss_megabytes(collect):4.0f} MB  serve {_rss_megabytes(serve):4.0f} MB",
            flush=True,
        )
        if not lag and not any(flood.is_alive() for flood in floods):
            return
        time.sleep(5)


if __name__ == "__main__":
    sys.exit(main())
