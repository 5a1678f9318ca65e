"""Clients that trickle the bodies of their hits, hundreds at a time, while others are fast: a process of its own.

`python -m tests.bench.slow_clients PORT CLIENTS` runs until it is told to stop, then says how many were answered and how.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench.hits import SITE, addresses, agents

# A body takes half of the time that it may take.
_PIECES = 10
_PAUSE_SECONDS = 0.5
_ROOT = Path(__file__).parents[2]


@contextmanager
def connected(port: int, clients: int) -> Iterator[dict[str, int]]:
    """So many slow clients while the block runs; gives, once it is left, how many answers they had by status."""
    answers: dict[str, int] = {}
    command = [sys.executable, "-m", "tests.bench.slow_clients", str(port), str(clients)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT, env=os.environ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield answers
        finally:
            process.send_signal(signal.SIGTERM)
            answers.update(json.loads(process.stdout.read()))


class _Crowd:
    """What came of the clients so far."""

    def __init__(self, clients: int) -> None:
        self.answers: Counter[str] = Counter()
        self.is_connected = asyncio.Event()
        self._missing = set(addresses(clients, seed=9))

    def connected(self, ip: str) -> None:
        self._missing.discard(ip)
        if not self._missing:
            self.is_connected.set()


async def _main(port: int, clients: int) -> None:
    crowd, stop = _Crowd(clients), asyncio.Event()
    people = zip(addresses(clients, seed=9), agents(clients), strict=True)
    tasks = [asyncio.create_task(_trickle(port, ip, agent, crowd)) for ip, agent in people]
    await crowd.is_connected.wait()
    print("connected", flush=True)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps(crowd.answers), flush=True)


async def _trickle(port: int, ip: str, agent: str, crowd: _Crowd) -> None:
    number = 0
    while True:
        number += 1
        event = {
            "n": "pageview",
            "u": f"https://{SITE}/slow-{number}/",
            "d": SITE,
            "t": "Slow",
            "l": "fr-FR",
            "w": 1920,
        }
        body = json.dumps(event).encode()
        head = f"POST /api/event HTTP/1.1\r\nHost: stats\r\nUser-Agent: {agent}\r\nX-Forwarded-For: {ip}\r\n"
        head += f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            crowd.connected(ip)
            try:
                writer.write(head.encode())
                size = len(body) // _PIECES + 1
                for start in range(0, len(body), size):
                    await asyncio.sleep(_PAUSE_SECONDS)
                    writer.write(body[start : start + size])
                crowd.answers[(await reader.readline()).decode().split(" ")[1]] += 1
            finally:
                writer.close()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2])))
