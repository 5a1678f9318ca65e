"""How a command reaches a running service: it waits for one that is busy, and does not do a thing twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tracker import data_folder
from tracker.cli import reach
from tracker.cli.options import CommandError
from tracker.data_folder import ServiceNote
from tracker.settings import Settings

BUSY = (503, "text/plain", b"The service is busy with other requests; try again in a few seconds.\n", "0")
DONE = (200, "application/json", json.dumps({"text": "the report"}).encode(), "")


class Service(BaseHTTPRequestHandler):
    """Answers with one after the other of `answers`."""

    answers: list[tuple[int, str, bytes, str]]

    def do_POST(self) -> None:
        status, kind, body, wait = type(self).answers.pop(0)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Says nothing."""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    data_folder.write_service_note(tmp_path, ServiceNote(f"http://127.0.0.1:{server.server_port}", "key", 1))
    with data_folder.acquire(tmp_path, data_folder.SERVICE_LOCK):
        yield Settings(data=tmp_path)
    server.shutdown()
    server.server_close()


def test_waits_for_a_service_that_is_busy(settings: Settings) -> None:
    Service.answers = [BUSY, BUSY, DONE]
    assert reach.ask(settings, "report") == {"text": "the report"}


def test_says_what_to_do_once_it_has_waited_long_enough(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_PATIENCE_SECONDS", 0)
    Service.answers = [BUSY, DONE]
    with pytest.raises(CommandError, match="starting or busy with other requests; try again in a minute"):
        reach.ask(settings, "report")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param((503, "text/plain", b"away\n", ""), "try again in a minute", id="that may be done already"),
        pytest.param((503, "application/json", b'{"error":"the disk is full"}', "5"), "the disk is full", id="reason"),
        pytest.param((500, "text/html", b"", "5"), "answered 500; its log says why", id="that fails"),
    ],
)
def test_asks_nothing_again(settings: Settings, answer: tuple[int, str, bytes, str], said: str) -> None:
    Service.answers = [answer, DONE]
    with pytest.raises(CommandError, match=said):
        reach.ask(settings, "report")
    assert Service.answers == [DONE]
