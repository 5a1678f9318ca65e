"""Calls over the bridge: what the application sees, what the caller gets, and what happens while nobody answers."""

from __future__ import annotations

import json
import threading
from ast import literal_eval
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tracker.server.bridge import JOURNAL_PROBLEM, Bridge, answer_calls, listen


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers with what it saw."""
    body = environ["wsgi.input"].read()
    start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    seen = {name: value for name, value in environ.items() if isinstance(value, str) and not name.startswith("wsgi.er")}
    return [repr(sorted(seen.items())).encode(), b"|", body]


@contextmanager
def answered(folder: Path, app: Any) -> Iterator[str]:
    with listen(folder) as listener:
        thread = threading.Thread(target=answer_calls, args=(listener, app), daemon=True)
        thread.start()
        yield str(listener.address)


def call(bridge: Bridge, body: bytes = b"", **environ: str) -> tuple[str, list[tuple[str, str]], bytes]:
    said: list[Any] = []
    answer = bridge(
        {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "wsgi.input": BytesIO(body), **environ},
        lambda status, headers: said.extend((status, headers)),
    )
    return said[0], said[1], b"".join(answer)


def test_the_application_sees_the_request_and_the_caller_its_whole_answer(tmp_path: Path) -> None:
    with answered(tmp_path, echo) as address:
        bridge = Bridge(address, journal_problem=lambda: None)
        status, headers, body = call(
            bridge, b"\x00\xffbody", PATH_INFO="/léads", REMOTE_ADDR="203.0.113.7", HTTP_COOKIE="session=x"
        )
    assert status == "201 Created"
    assert headers == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    seen, _, sent = body.partition(b"|")
    assert sent == b"\x00\xffbody"
    assert {("PATH_INFO", "/léads"), ("REMOTE_ADDR", "203.0.113.7"), ("HTTP_COOKIE", "session=x")} <= set(
        literal_eval(seen.decode())
    )


def test_answering_ends_once_the_listener_is_closed(tmp_path: Path) -> None:
    with listen(tmp_path) as listener:
        pass
    thread = threading.Thread(target=answer_calls, args=(listener, echo), daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()


def test_nothing_of_the_caller_s_own_environment_goes_over(tmp_path: Path) -> None:
    with answered(tmp_path, echo) as address:
        _, _, body = call(Bridge(address, journal_problem=lambda: None), WEBLEADS_SMTP_URL="smtp://u:secret@mail")
    assert b"secret" not in body


def test_the_journal_s_problem_comes_along(tmp_path: Path) -> None:
    with answered(tmp_path, echo) as address:
        _, _, body = call(Bridge(address, journal_problem=lambda: "the disk is full"))
    assert repr((JOURNAL_PROBLEM, "the disk is full")).encode() in body


def test_a_client_cannot_claim_a_problem_of_the_journal(tmp_path: Path) -> None:
    with answered(tmp_path, echo) as address:
        _, _, body = call(Bridge(address, journal_problem=lambda: None), HTTP_WEBLEADS_JOURNAL_PROBLEM="made up")
    assert repr(JOURNAL_PROBLEM).encode() not in body


def test_it_is_said_that_the_dashboard_is_away(tmp_path: Path) -> None:
    with answered(tmp_path, echo) as address:
        pass
    status, headers, body = call(Bridge(address, journal_problem=lambda: None))
    assert status == "503 Service Unavailable"
    assert ("Retry-After", "2") in headers
    assert b"try again" in body


def test_machines_are_told_that_the_service_is_not_ready(tmp_path: Path) -> None:
    with answered(tmp_path, echo) as address:
        pass
    status, headers, body = call(Bridge(address, journal_problem=lambda: None), PATH_INFO="/readyz")
    assert status == "503 Service Unavailable"
    assert ("Content-Type", "application/json") in headers
    assert json.loads(body)["status"] == "not ready"


def test_no_caller_waits_for_ever_for_a_service_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.server.bridge._PROBE_SECONDS", 0.1)
    monkeypatch.setattr("tracker.server.bridge._ANSWER_SECONDS", 0.2)
    with listen(tmp_path) as listener:
        bridge = Bridge(str(listener.address), journal_problem=lambda: None)
        for path in ("/readyz", "/"):
            assert call(bridge, PATH_INFO=path)[0] == "503 Service Unavailable"


def test_nobody_else_on_the_machine_can_call(tmp_path: Path) -> None:
    with listen(tmp_path) as listener:
        assert Path(str(listener.address)).stat().st_mode & 0o077 == 0


def test_an_application_that_fails_is_no_end_of_the_bridge(tmp_path: Path) -> None:
    calls = []

    def fails_once(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        calls.append(environ["PATH_INFO"])
        if len(calls) == 1:
            raise RuntimeError("a fault of the application")
        return echo(environ, start_response)

    with answered(tmp_path, fails_once) as address:
        bridge = Bridge(address, journal_problem=lambda: None)
        assert call(bridge)[0] == "503 Service Unavailable"
        assert call(bridge)[0] == "201 Created"


def test_calls_do_not_wait_for_one_another(tmp_path: Path) -> None:
    first_waits, second_done = threading.Event(), threading.Event()

    def waits(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            first_waits.set()
            assert second_done.wait(30)
        return echo(environ, start_response)

    with answered(tmp_path, waits) as address:
        bridge = Bridge(address, journal_problem=lambda: None)
        slow: list[str] = []
        thread = threading.Thread(target=lambda: slow.append(call(bridge, PATH_INFO="/slow")[0]))
        thread.start()
        assert first_waits.wait(30)
        assert call(bridge, PATH_INFO="/quick")[0] == "201 Created"
        second_done.set()
        thread.join()
    assert slow == ["201 Created"]


def test_a_folder_with_a_long_name_has_a_socket_too(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    with answered(folder, echo) as address:
        assert call(Bridge(address, journal_problem=lambda: None))[0] == "201 Created"


def test_a_folder_that_takes_no_socket_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "service.sock").mkdir()
    with answered(tmp_path, echo) as address:
        assert call(Bridge(address, journal_problem=lambda: None))[0] == "201 Created"
        assert Path(address).exists()
    assert not Path(address).parent.exists()


def test_a_socket_that_a_killed_service_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "service.sock").write_text("left")
    with answered(tmp_path, echo) as address:
        assert call(Bridge(address, journal_problem=lambda: None))[0] == "201 Created"
