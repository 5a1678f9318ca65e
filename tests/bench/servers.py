"""The servers that the collector is compared with: `python -m tests.bench.servers KIND PORT FOLDER`.

`wsgi` is a bare callable that reads the body and answers 202, under granian's own WSGI interface with two threads, `flask`
the same as a Flask view, `collector` the product's own `webleads collect` with one worker.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from granian.constants import Interfaces

from tests.running_service import free_port
from tracker import data_folder
from tracker.server import processes
from tracker.server.listening import Server, listening_sockets, start_listening
from tracker.settings import load_settings


def bare_wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("202 Accepted", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def bare_flask() -> Any:
    from flask import Flask, request

    app = Flask("bare")

    @app.route("/api/event", methods=["POST"])
    def event() -> tuple[str, int]:
        request.get_data()
        return "ok", 202

    @app.get("/healthz")
    def alive() -> str:
        return "alive"

    return app


def _load(kind: str) -> Any:
    return bare_flask() if kind == "flask" else bare_wsgi


def main(kind: str, port: str, folder: str) -> None:
    settings = load_settings(data=Path(folder), port=int(port))
    if kind == "collector":
        processes.collect(settings, workers=1)
        return
    data_folder.prepare(settings.data)
    with listening_sockets(settings) as sockets:
        start_listening(sockets)
        server = Server(sockets[0], target="bare", interface=Interfaces.WSGI, threads=2, backpressure=1024)
        server.serve(target_loader=partial(_load, kind), wrap_loader=False)


@contextmanager
def running(kind: str, folder: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """Runs a server of a kind in its own process. Yields its URL and process id."""
    import os

    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    trusting = {"WEBLEADS_TRUSTED_PROXIES": "127.0.0.1", "WEBLEADS_RATE_LIMIT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.servers", kind, str(port), str(folder)],
        env={**os.environ, **trusting, **environment},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(url, process)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urlopen(f"{url}/healthz", timeout=5).close()
        except OSError as problem:
            if getattr(problem, "code", None):  # any answer shows that it runs
                return
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


if __name__ == "__main__":
    main(*sys.argv[1:])
