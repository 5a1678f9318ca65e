"""`webleads registers update` against a stand-in for the publishers, on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.reference.geo.publisher import Publisher, Respond, cut_off, redirect, send, status
from tests.reference.registers.published import NOW, seat, stock, unit
from tracker.reference.registers.store import RegisterStore
from tracker.reference.registers.update import PUBLISHED, UpdateFailed, update


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with Publisher() as opened:
        files = stock(tmp_path / "there", [unit("552100554", "BREGUET")], [seat("552100554", "BESANCON")])
        for one, path in zip(PUBLISHED["sirene"], files, strict=True):
            opened.answers[urlsplit(one.url).path] = path.read_bytes()
        yield opened


def test_fetches_and_imports_what_a_register_publishes_once(tmp_path: Path, publisher: Publisher) -> None:
    assert update(tmp_path, "sirene", now=NOW, host=publisher.url) == 1
    entry = RegisterStore("sirene", tmp_path / "sirene.sqlite").entry("552100554")
    assert entry is not None
    assert entry.seat.town == "BESANCON"
    assert update(tmp_path, "sirene", now=NOW, host=publisher.url) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".sirene.lock",
        "fetched.json",
        "sirene.sqlite",
        "there",
    ]


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Sends a byte again and again, each before a reader would take the server for silent."""
    handler.send_response(200)
    handler.end_headers()
    with suppress(ConnectionError):
        for _ in range(400):
            handler.wfile.write(b"P")
            time.sleep(0.02)


@pytest.mark.parametrize("host", ["mirror.example", "file:///etc", "https://", "ftp://mirror.example"])
def test_what_is_no_server_is_one_line(tmp_path: Path, host: str) -> None:
    with pytest.raises(UpdateFailed, match=f"{host} is not a server"):
        update(tmp_path, "sirene", now=NOW, host=host)


def test_what_a_killed_update_left_is_removed_by_the_next(tmp_path: Path, publisher: Publisher) -> None:
    (tmp_path / ".fetched-cut-off").mkdir()
    (tmp_path / ".sirene-cut-off").mkdir()
    update(tmp_path, "sirene", now=NOW, host=publisher.url)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith("cut-off")] == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(None, "404", id="missing"),
        pytest.param(b"<html>", "is neither", id="a-web-page"),
        pytest.param(b"", "is neither", id="nothing"),
        pytest.param(status(503), "cannot give it now (HTTP 503)", id="out-of-order"),
        pytest.param(cut_off(b"PK\x03\x04" * 9), "broke off after 18 of 36 bytes", id="cut-off"),
        pytest.param(redirect("/elsewhere"), "404", id="redirect-to-nothing"),
        pytest.param(drip, "sends too slowly", id="drop-by-drop"),
        pytest.param(
            lambda handler: send(handler, b"", 301), "refuses the request (HTTP 301)", id="redirect-to-nowhere"
        ),
    ],
)
def test_what_cannot_be_used_leaves_the_register_in_use(
    tmp_path: Path, publisher: Publisher, answer: bytes | Respond | None, words: str
) -> None:
    update(tmp_path, "sirene", now=NOW, host=publisher.url)
    there = sorted(path.name for path in tmp_path.iterdir())
    path = urlsplit(PUBLISHED["sirene"][1].url).path
    del publisher.answers[path]
    if answer is not None:
        publisher.answers[path] = answer
    with pytest.raises(UpdateFailed) as raised:
        update(tmp_path, "sirene", now=NOW, host=publisher.url, seconds=0.3 if answer is drip else 60)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == there
    assert RegisterStore("sirene", tmp_path / "sirene.sqlite").entry("552100554") is not None
