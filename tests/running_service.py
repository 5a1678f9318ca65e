"""A real `webleads serve` for tests: started as the README says, killed as power users do."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tests.forked_commands import Forked, Forks
from tracker.hit import Hit, encode_line
from tracker.journal import Journal
from tracker.service.service import Service

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
_FORKS = Forks()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def webleads(
    *arguments: str, data: Path, stdin: str = "", timeout: float = 120, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return _FORKS.run([*arguments, "--data", str(data)], stdin, _environment(environment), timeout)


def _environment(changes: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEBLEADS_")}
    return kept | {"WEBLEADS_RATE_LIMIT": "0", "WEBLEADS_SCHEDULER": "no"} | changes


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they started, the eldest first."""
    found: list[int] = []
    with suppress(OSError):  # it may end meanwhile
        for task in list(Path(f"/proc/{pid}/task").iterdir()):
            with suppress(OSError):
                found += [int(child) for child in (task / "children").read_text().split()]
    return [*found, *(grandchild for child in found for grandchild in descendants(child))]


def lives(pid: int) -> bool:
    """Returns whether a process runs. A zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class RunningService:
    """`webleads serve` on a data folder and a port of its own."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self.log = data.parent / f"{data.name}.log"

    def start(self) -> RunningService:
        """Starts it and waits until it is ready."""
        self._process = self._begin(
            ["serve", "--data", str(self.data), "--port", str(self.port)], _environment(self._environment)
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"serve ended with {self._process.returncode}:\n{self.log.read_text()}")
            try:
                if self.get("/readyz")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"serve is not ready:\n{self.log.read_text()}")

    def _begin(self, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes] | Forked:
        with open(self.log, "ab") as log:
            command = [sys.executable, "-m", "tracker.cli", *arguments]
            return subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Sends SIGKILL, so that nothing is closed properly."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """Sends SIGTERM and returns the exit code. It waits as long as an operator would."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.wait(timeout=60)

    def wait_until_stored(self, events: int = 0) -> None:
        """Waits until it has stored as many events since its start, and nothing in the journal is left to be stored."""
        deadline = time.monotonic() + 60
        while self._events_stored() < events or json.loads(self.get("/readyz")[1]).get("ingest_lag_bytes") != 0:
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def _events_stored(self) -> int:
        _, stored = self.get("/metrics")[1].decode().split("\nwebleads_events_stored_total ")
        return int(stored.split()[0])

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def post(self, body: bytes | dict[str, Any], **headers: str) -> tuple[int, bytes]:
        """Sends an event as a browser does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(
                "POST", "/api/event", content, {"Content-Type": "text/plain", "User-Agent": FIREFOX} | headers
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class ForkedService(RunningService):
    """The same with all code imported already, for what does not depend on how and when a service loads it."""

    def _begin(self, arguments: list[str], environment: dict[str, str]) -> Forked:
        return _FORKS.start(arguments, environment, self.log)


def keep_hits(service: Service, hits: Iterable[Hit]) -> None:
    """Writes hits into a service's journal, as a collector beside it does."""
    with closing(Journal(service.ingest._journal_folder)) as journal:
        for hit in hits:
            journal.append(encode_line([hit]))
