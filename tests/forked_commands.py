"""Runs `webleads` commands as processes of their own, forked from one that has the service's code imported.

A command that is started anew takes one to three seconds of the processor before it does anything, and the tests run some
hundred. A fork has its own memory, environment, folder and standard streams, and ends as any process does.
`python -m tests.forked_commands` is the process that forks: it reads one JSON object a line and answers with the fork's
id, then with its exit code.
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
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

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

    def _fork(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[Path], timeout: float
    ) -> int:
        asked = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(Path.cwd()),
            "umask": _umask(),
            "streams": [str(stream) for stream in streams],
        }
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        pid = int(process.stdout.readline())
        if not select.select([process.stdout], [], [], timeout)[0]:
            os.kill(pid, signal.SIGKILL)
            process.stdout.readline()
            raise subprocess.TimeoutExpired(list(arguments), timeout)
        return int(process.stdout.readline())

    def _start(self) -> subprocess.Popen[str]:
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_commands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
        )
        atexit.register(process.communicate)
        return process


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
            pid = os.fork()
            if pid == 0:
                _become(json.loads(line))
                runpy.run_module("tracker.cli", run_name="__main__", alter_sys=True)
                return
            print(pid, flush=True)
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _become(asked: dict[str, Any]) -> None:
    """Takes over the environment, the folder, the rights of new files, the arguments and the standard streams of the command."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    os.umask(asked["umask"])
    sys.argv = ["webleads", *asked["arguments"]]
    for number, (path, flags) in enumerate(
        zip(asked["streams"], (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2), strict=True)
    ):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the old one has read ahead


if __name__ == "__main__":
    _serve()
