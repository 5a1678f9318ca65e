"""The real processes of an installation: started as an operator starts them, found and killed one by one."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from tests.running_service import descendants, lives

START_SECONDS = 90.0


class NotStarted(AssertionError):
    """The service did not start by itself."""


class Role:
    """One `webleads` process with its workers, on a data folder; what it prints goes to a file beside the folder."""

    def __init__(self, data: Path, *command: str, port: int | None = None, **environment: str) -> None:
        self.data = data
        self.port = port
        self._command = [sys.executable, "-m", "tracker.cli", *command, "--data", str(data)]
        if port is not None:
            self._command += ["--port", str(port)]
        self.environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.log = data.parent / f"{data.name}-{command[0]}.log"

    def spawn(self) -> None:
        """Starts it and does not wait."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WEBLEADS_")}
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=kept | self.environment, start_new_session=True
            )

    def start(self) -> None:
        """Starts it and waits until it is ready. Raises NotStarted."""
        self.spawn()
        self.wait_ready()

    def wait_ready(self) -> None:
        path = "/readyz" if "serve" in self._command else "/healthz"
        self.wait_until(lambda: self.port is None or self.get(path)[0] == 200, f"it does not answer {path}")

    def wait_until(self, happened: Callable[[], bool], otherwise: str, seconds: float = START_SECONDS) -> None:
        """Waits while the process lives. Raises NotStarted with the log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise NotStarted(f"it ended by itself:\n{self.tail()}")
            with suppress(OSError, http.client.HTTPException):
                if happened():
                    return
            time.sleep(0.03)
        raise NotStarted(f"{otherwise}:\n{self.tail()}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def workers(self) -> list[int]:
        """The process ids of the workers that the process started, and of those that they started."""
        return descendants(self.pid)

    def kill(self) -> None:
        """Sends SIGKILL, so that nothing is closed properly."""
        assert self._process is not None
        workers = self.workers()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None
        deadline = time.monotonic() + 10
        while any(lives(worker) for worker in workers) and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> float:
        """Sends SIGTERM. Returns the seconds until the process has ended."""
        if self._process is None:
            return 0.0
        begun = time.monotonic()
        self._process.terminate()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None
        return time.monotonic() - begun

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def get(self, path: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def readiness(self) -> dict[str, object]:
        """Returns the answer of /readyz, once the process that answers it runs. Raises NotStarted."""
        found: dict[str, object] = {}

        def is_told() -> bool:
            with suppress(ValueError):
                found.update(json.loads(self.get("/readyz")[1]))
            return "ingest_lag_bytes" in found

        self.wait_until(is_told, "it does not say whether it is ready")
        return found

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""
