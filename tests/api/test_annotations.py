"""Annotations by the HTTP API: with a token of the site that may do it, and as strict as the page about what is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.databases import new_app_database
from tracker.accounts.api_tokens import actor_of, add_token, revoke_token, tokens_of
from tracker.accounts.permissions import SITE_ACTIONS, Action, may
from tracker.api import annotations, asking
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.annotations import annotations_of
from tracker.sites.sites import add_site, find_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SITE, OTHER = "blog.exemple.fr", "other.example"
URL = f"/api/v1/sites/{SITE}/annotations"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    for domain in (SITE, OTHER):
        add_site(opened, domain, now=NOW)
    yield opened
    opened.close()


class Seconds:
    """The clock of the rate limit. It moves on by a second whenever it is read, unless it stands."""

    def __init__(self) -> None:
        self.stands, self._now = False, 0.0

    def __call__(self) -> float:
        self._now += 0 if self.stands else 1
        return self._now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def client(database: AppDatabase, tmp_path: Path, seconds: Seconds) -> FlaskClient:
    context = Context(Settings(data=tmp_path), database, None, lambda: NOW)  # type: ignore[arg-type]
    app = Flask("api")
    app.register_blueprint(annotations.create_blueprint(context, asking.door(context, monotonic=seconds)))
    return app.test_client()


def token(database: AppDatabase, site: str = SITE, *, may_change: bool = True) -> str:
    found = find_site(database, site)
    assert found
    return add_token(database, found.id, "Newsletter", may_change=may_change, by="lea@exemple.fr", now=NOW)[1]


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def texts(database: AppDatabase) -> list[str]:
    found = find_site(database, SITE)
    assert found
    return [one.text for one in annotations_of(database, found.id)]


def said(answer: TestResponse) -> tuple[int, Any]:
    body = answer.get_json()
    return answer.status_code, body.get("error", body)


def test_a_program_adds_lists_and_removes_annotations(client: FlaskClient, database: AppDatabase) -> None:
    by = bearer(token(database))
    made = client.post(URL, headers=by, json={"day": "2026-11-12", "hour": 9, "text": "Newsletter n° 12"})
    assert made.status_code == 201
    first = {"id": made.get_json()["id"], "day": "2026-11-12", "hour": 9, "text": "Newsletter n° 12"}
    assert made.get_json() == first
    second = client.post(URL, headers=by, data='{"day": "2026-11-14", "text": "Salon"}').get_json()
    assert second["hour"] is None
    assert client.get(URL, headers=by).get_json() == {"annotations": [first, second]}
    assert client.get(f"{URL}?since=2026-11-13", headers=by).get_json() == {"annotations": [second]}
    assert client.get(f"{URL}?until=2026-11-12", headers=by).get_json() == {"annotations": [first]}
    assert client.delete(f"{URL}/{first['id']}", headers=by).get_json() == {"removed": first["id"]}
    assert said(client.delete(f"{URL}/{first['id']}", headers=by)) == (404, "not_found")
    assert texts(database) == ["Salon"]


def test_a_token_opens_its_own_site_for_what_it_may_do(client: FlaskClient, database: AppDatabase) -> None:
    reads, elsewhere = bearer(token(database, may_change=False)), bearer(token(database, OTHER))
    sent = {"day": "2026-11-12", "text": "x"}
    assert client.get(URL, headers=reads).status_code == 200
    assert said(client.post(URL, headers=reads, json=sent)) == (403, "forbidden")
    assert said(client.delete(f"{URL}/1", headers=reads)) == (403, "forbidden")
    hidden = client.post(URL, headers=elsewhere, json=sent)
    absent = client.post(URL.replace(SITE, "nothing.example"), headers=elsewhere, json=sent)
    assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data)
    assert said(hidden) == (404, "not_found")
    assert texts(database) == []


def test_without_a_token_that_holds_nothing_is_said(client: FlaskClient, database: AppDatabase) -> None:
    text = token(database)
    found = find_site(database, SITE)
    assert found
    (kept,) = tokens_of(database, found.id)
    assert text not in (kept.name, kept.token_hash)
    headers: list[dict[str, str]] = [{}, bearer(""), bearer("x"), bearer(text[:-1]), bearer(text + "x"), {"Authorization": f"Basic {text}"}, bearer("é" * 5000)]  # fmt: skip
    for one in headers:
        answer = client.get(URL, headers=one)
        assert said(answer) == (401, "unauthorized"), one
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get(URL, headers=bearer(text)).status_code == 200
    assert revoke_token(database, found.id, kept.id) == "Newsletter"
    assert client.get(URL, headers=bearer(text)).status_code == 401


HOSTILE: list[tuple[Any, tuple[int, str]]] = [
    (b"", (400, "invalid_json")),
    (b"\xff\xfe", (400, "invalid_json")),
    (b"[" * 100_000, (413, "too_large")),
    (b"[" * 10_000, (400, "invalid_json")),
    ([], (400, "invalid_json")),
    ({"day": "2026-11-12", "text": "x", "site": OTHER}, (422, "unknown_field")),
    ({"day": "12/11/2026", "text": "x"}, (422, "day")),
    ({"day": "0001-01-01", "text": "x"}, (422, "day")),
    ({"day": {"$gt": ""}, "text": "x"}, (422, "day")),
    ({"day": "2026-11-12", "hour": 24, "text": "x"}, (422, "hour")),
    ({"day": "2026-11-12", "hour": True, "text": "x"}, (422, "hour")),
    ({"day": "2026-11-12", "hour": 10**30, "text": "x"}, (422, "hour")),
    ({"day": "2026-11-12", "hour": 9.5, "text": "x"}, (422, "hour")),
    ({"day": "2026-11-12", "text": ""}, (422, "text")),
    ({"day": "2026-11-12", "text": "\u202e\x00"}, (422, "text")),
    ({"day": "2026-11-12", "text": "x" * 201}, (422, "text")),
    ({"day": "2026-11-12", "text": ["x"]}, (422, "text")),
]


def test_what_is_no_annotation_is_refused_with_its_field(client: FlaskClient, database: AppDatabase) -> None:
    by = bearer(token(database))
    for sent, expected in HOSTILE:
        body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        assert said(client.post(URL, headers=by, data=body)) == expected, body[:60]
    for site in ("%00", "x" * 5000, "%F0%9F%98%80", "..", "-", "%E2%80%AE"):
        assert client.get(f"/api/v1/sites/{site}/annotations", headers=by).status_code == 404, site
    assert said(client.get(f"{URL}?since=yesterday", headers=by)) == (422, "since")
    assert client.get(f"{URL}?until=9999-12-31", headers=by).status_code == 200
    assert client.delete(f"{URL}/{10**30}", headers=by).status_code == 404
    kept = client.post(URL, headers=by, json={"day": "2026-11-12", "text": "<b>\u202eOne\n line</b>\x00"}).get_json()
    assert kept["text"] == "<b> One line</b>"


def test_who_asks_too_often_is_told_when_to_try_again(
    client: FlaskClient, database: AppDatabase, seconds: Seconds
) -> None:
    by = bearer(token(database))
    seconds.stands = True
    answers = [client.get(URL, headers=by) for _ in range(asking.REQUESTS_PER_SECOND + 1)]
    assert [one.status_code for one in answers] == [200] * asking.REQUESTS_PER_SECOND + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert client.get(URL, headers=by, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_a_revoked_token_s_number_names_no_other(database: AppDatabase) -> None:
    token(database)
    (only,) = tokens_of(database, 1)
    assert revoke_token(database, 1, only.id)
    token(database)
    (other,) = tokens_of(database, 1)
    assert other.id > only.id


def test_a_token_has_rights_to_one_site_and_no_more(database: AppDatabase) -> None:
    own, other = find_site(database, SITE), find_site(database, OTHER)
    assert own
    assert other
    actor = actor_of(database, token(database), now=NOW)
    assert {action for action in SITE_ACTIONS if may(actor, action, own)} == {
        Action.VIEW_REPORTS,
        Action.EXPORT_REPORTS,
        Action.VIEW_SETTINGS,
        Action.CHANGE_SETTINGS,
    }
    assert not any(may(actor, action, other) for action in SITE_ACTIONS)
    assert not any(may(actor, action) for action in set(Action) - SITE_ACTIONS)
    for name in ("", " \u202e", "x" * 81):
        with pytest.raises(Invalid, match="Write a name"):
            add_token(database, own.id, name, may_change=True, by="", now=NOW)
