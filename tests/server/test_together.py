"""Hits that are kept together have the answers that each would have alone, and none before it is kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.collector.conftest import Caller
from tracker.collector.body import put_body
from tracker.server.front import SAME_FOR_ALL, answer_of
from tracker.server.together import Together

GOOD = json.dumps({"n": "pageview", "u": "https://a.fr/", "d": "a.fr"}).encode()
BODIES = {
    "usual": GOOD,
    "long-keys": json.dumps({"name": "Sale", "url": "https://a.fr/", "props": {"plan": "pro"}}).encode(),
    "batch": json.dumps({"batch": [json.loads(GOOD), {"n": "x", "u": "https://a.fr/2"}]}).encode(),
    "left-out": json.dumps({"batch": [json.loads(GOOD), {"n": "x"}]}).encode(),
    "no-page": json.dumps({"n": "pageview"}).encode(),
    "no-json": b"hello",
    "empty": b"",
}


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Caller]]:
    made: list[Caller] = []

    def caller(**options: Any) -> Caller:
        made.append(Caller(tmp_path_factory.mktemp("journal"), **options))
        return made[-1]

    yield caller
    for one in made:
        one.journal.close()


def environ_of(body: bytes, **headers: str) -> dict[str, Any]:
    call = {"REQUEST_METHOD": "POST", "PATH_INFO": "/api/event", "QUERY_STRING": "", "REMOTE_ADDR": "192.0.2.1"}
    return SAME_FOR_ALL | call | {"CONTENT_LENGTH": str(len(body))} | headers


def status_of(answer: bytes) -> int:
    return int(answer[9:12])


def test_each_is_answered_and_kept_as_if_it_were_alone(make: Callable[..., Caller]) -> None:
    alone, other = make(), make()
    together: Together[str] = Together(other.collector)
    for name, body in BODIES.items():
        together.take(name, environ_of(body, HTTP_USER_AGENT="Firefox\xe9"), body, is_last=name == "batch")
    answers = {name: (answer, is_last) for name, answer, is_last in together.answers()}
    assert list(answers) == list(BODIES), "in the order in which they came"
    for name, body in BODIES.items():
        environ = environ_of(body, HTTP_USER_AGENT="Firefox\xe9")
        put_body(environ, body)
        status, headers, text = answer_of(alone.collector, environ)
        answer, is_last = answers[name]
        head, _, said = answer.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:])
        assert (status_of(answer), said, is_last) == (status, text, name == "batch")
        assert {name.lower(): value for name, value in headers}.items() <= lines.items()
        assert lines["date"].endswith("GMT")
        assert ("connection" in lines) is is_last
    assert {event.event.n for event in alone.kept()} == {event.event.n for event in other.kept()}
    assert len(alone.kept()) == len(other.kept()) == 5


def test_a_journal_that_cannot_be_written_refuses_all_of_them(make: Callable[..., Caller]) -> None:
    caller = make()
    shutil.rmtree(caller.folder)
    together: Together[int] = Together(caller.collector)
    for number, body in enumerate((GOOD, b"hello", GOOD)):
        together.take(number, environ_of(body), body, is_last=False)
    answers = together.answers()
    assert [status_of(answer) for _, answer, _ in answers] == [503, 400, 503]
    assert b"retry-after: 30\r\n" in answers[0][1]
    caller.folder.mkdir()
    together.take(9, environ_of(GOOD), GOOD, is_last=False)
    assert [(number, status_of(answer)) for number, answer, _ in together.answers()] == [(9, 202)]
    assert len(caller.kept()) == 1


def test_a_client_that_sends_too_many_is_refused_and_others_are_not(make: Callable[..., Caller]) -> None:
    caller = make(rate_limit=2)
    together: Together[int] = Together(caller.collector)
    for number in range(4):
        together.take(number, environ_of(GOOD, REMOTE_ADDR=f"192.0.2.{number // 3}"), GOOD, is_last=False)
    assert [status_of(answer) for _, answer, _ in together.answers()] == [202, 202, 429, 202]


def test_nothing_is_answered_where_nothing_was_taken(make: Callable[..., Caller]) -> None:
    assert Together[int](make().collector).answers() == []
