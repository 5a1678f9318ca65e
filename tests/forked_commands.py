"""Runs `webleads` commands and services as processes of their own, forked from one that has the service's code imported.

A command that is started anew takes one to three seconds of the processor before it does anything, and the tests run some
hundred. A fork has its own memory, environment, folder and standard streams, and ends as any process does.
`python -m tests.forked_commands` is the process that forks: it reads one JSON object a line and answers with the fork's
id, then with its exit code. Of what runs on, a process between the two writes both into a file, since it alone can wait
for the end.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock
from typing import IO, Any

from tests.databases import migrated_once, statements_of_all_migrations

_ROOT = Path(__file__).parents[1]
# What commands import when they need it.
_IMPORTED = (
    "alembic.command",
    "dashboards.email",
    "pandas.io.formats.excel",
    "sqlalchemy.dialects.sqlite",
    "tracker.app",
    "tracker.cli",
    "tracker.service.operations.endpoint",
    "tracker.store.duckdb.opening",
    "xlsxwriter",
)


class Forks:
    """Starts the process that forks with the first command, and ends it with this one. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, arguments: Sequence[str], stdin: str, environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end. Raises subprocess.TimeoutExpired."""
        with self._lock, TemporaryDirectory() as folder:
            streams = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
            streams[0].write_text(stdin, encoding="utf-8")
            code = self._fork(arguments, environment, streams, timeout)
            said, problems = (stream.read_text(encoding="utf-8") for stream in streams[1:])
        return subprocess.CompletedProcess(list(arguments), code, said, problems)

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Forked:
        """Starts a command that runs on. What it says is added to the log."""
        ending = Path(mkdtemp(dir=log.parent, prefix="ending-")) / "ending"
        with self._lock:
            self._ask(arguments, environment, [Path(os.devnull), log, log], ending=str(ending))
        return Forked(arguments, ending)

    def _fork(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[Path], timeout: float
    ) -> int:
        pid, answers = self._ask(arguments, environment, streams)
        if not select.select([answers], [], [], timeout)[0]:
            os.kill(pid, signal.SIGKILL)
            answers.readline()
            raise subprocess.TimeoutExpired(list(arguments), timeout)
        return int(answers.readline())

    def _ask(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[Path], **more: str
    ) -> tuple[int, IO[str]]:
        """Has a command forked; returns the fork's id, and what says its exit code."""
        asked = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(Path.cwd()),
            "umask": _umask(),
            "streams": [str(stream) for stream in streams],
        }
        process = self._process or self._begin()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked | more) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline()), process.stdout

    def _begin(self) -> subprocess.Popen[str]:
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_commands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
        )
        atexit.register(process.communicate)
        return process


class Forked:
    """A process that runs on, with those methods of subprocess.Popen that tests call."""

    def __init__(self, arguments: Sequence[str], ending: Path) -> None:
        self._arguments, self._ending = list(arguments), ending
        while not (told := self._told()):
            time.sleep(0.005)
        self.pid = told[0]
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and len(told := self._told()) > 1:
            self.returncode = told[1]
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self._arguments, timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended, and its exit code is about to be written
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _told(self) -> list[int]:
        """Its id, and once it has ended its exit code."""
        text = self._ending.read_text(encoding="utf-8") if self._ending.exists() else ""
        return [int(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def _umask() -> int:
    """This process's: it can be asked only by setting another."""
    present = os.umask(0o077)
    os.umask(present)
    return present


def _serve() -> None:
    for name in _IMPORTED:
        importlib.import_module(name)
    statements_of_all_migrations()
    gc.collect()
    gc.freeze()  # a fork that looked through all of it would copy it
    with migrated_once():
        for line in sys.stdin:
            asked = json.loads(line)
            _forget_ended()
            pid = os.fork()
            if pid == 0:
                if "ending" in asked:
                    _stand_between(Path(asked["ending"]))
                _become(asked)
                runpy.run_module("tracker.cli", run_name="__main__", alter_sys=True)
                return
            print(pid, flush=True)
            if "ending" not in asked:
                print(_exit_code(pid), flush=True)


def _exit_code(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _forget_ended() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _stand_between(ending: Path) -> None:
    """Forks what runs on and returns in it; this process writes its id and its exit code, and ends."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):  # whoever waits for the end of these streams does not wait for this process
        os.dup2(nothing, number)
    os.close(nothing)
    pid = os.fork()
    if pid == 0:
        return
    with open(ending, "w", encoding="utf-8", buffering=1) as file:
        print(pid, file=file)
        print(_exit_code(pid), file=file)
    os._exit(0)


def _become(asked: dict[str, Any]) -> None:
    """Takes over the environment, the folder, the rights of new files, the arguments and the standard streams of the command."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    os.umask(asked["umask"])
    sys.argv = ["webleads", *asked["arguments"]]
    for number, (path, flags) in enumerate(
        zip(asked["streams"], (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2), strict=True)
    ):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the old one has read ahead


if __name__ == "__main__":
    _serve()
