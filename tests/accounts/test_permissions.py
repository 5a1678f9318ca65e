"""Who may do what, and that nothing opens without asking: each route of the application and each operation is walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.security import generate_password_hash

from dashboards.web.sign_in import permission
from tests.databases import new_app_database, new_event_store
from tracker.accounts.permissions import OPERATOR, SITE_ACTIONS, Action, Actor, may
from tracker.api.health import Health
from tracker.app import create_app
from tracker.db.engine import AppDatabase
from tracker.db.models import Site, User
from tracker.service import operations
from tracker.service.context import Context
from tracker.service.operations import asking
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.protocol import EventStore

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SITE, KEY = "blog.exemple.fr", "the data folder's key"

# What asks nobody, and why that is right.
PUBLIC = {
    "health.alive": "a load balancer asks, and is told nothing of any site",
    "health.ready": "a load balancer asks, and is told nothing of any site",
    "health.figures": "Prometheus asks, and is told sums over all sites",
    "assets.file": "files of the program itself",
    "language.choose": "the language of the one who asks",
    "theme.choose": "how the pages look to the one who asks",
    "first_run.show": "the one-time link is the right to it",
    "first_run.create": "the one-time link is the right to it",
    "sign_in.show": "the way in",
    "sign_in.enter": "the way in",
    "sign_in.leave": "the way out",
    "account.show": "one's own account",
    "account.change_password": "one's own account",
    "account.end_sessions_elsewhere": "one's own account",
    "account.change_profile": "one's own account",
    "invitation.show": "the one-time link is the right to it",
    "invitation.create": "the one-time link is the right to it",
    "forgotten_password.show": "whoever forgot a password is not signed in",
    "forgotten_password.send": "whoever forgot a password is not signed in; the answer is the same for everybody",
    "new_password.show": "the one-time link is the right to it",
    "new_password.change": "the one-time link is the right to it",
    "recipient.show": "the signed link is the right to it",
    "recipient.change": "the signed link is the right to it",
    "recipient.ask_to_unsubscribe": "the signed link is the right to it",
    "recipient.unsubscribe": "the signed link is the right to it",
    "recipient.ask_to_confirm": "the signed link is the right to it",
    "recipient.confirm": "the signed link is the right to it",
    "shared.show": "the link's token is the right to it, and what it shows is fixed (tests/dashboards/web/sharing)",
    "shared.enter": "the link's token is the right to it, and the password is asked for here",
    "shared.public": "the publisher made it public",
    "email_notices.take": "the secret in the URL is the right to it",
    "opt_out.show": "visitors read there how a site counts, and say no",
    "api_annotations.listed": "the API's token is the right to it (tests/api/test_annotations.py)",
    "api_annotations.added": "the API's token is the right to it (tests/api/test_annotations.py)",
    "api_annotations.removed": "the API's token is the right to it (tests/api/test_annotations.py)",
    "operations.answer": "the data folder's key opens it, and each operation asks for itself: they are walked below",
}

VALUES = {"site": SITE, "domain": SITE, "name": "Air France", "company": "x", "company_id": "x", "key": "pages", "dimension": "page", "goal": "forms", "form": "csv", "number": 1}  # fmt: skip

ARGUMENTS: dict[str, dict[str, Any]] = {
    "leads": {"site": SITE, "period": "7d"},
    "lead_file": {"site": SITE, "period": "7d", "form": "csv", "language": None, "template": None},
    "query": {"site": SITE, "query": {"metrics": ["visitors"], "date_range": "7d"}},
    "segment_tallies": {"segments": []},
    "report": {"site": SITE, "form": "text"},
    "diagnose": {},
    "send_report": {"site": SITE, "recipients": []},
    "remove_site": {"site": SITE},
    "restore_site": {"site": SITE},
    "replay_quarantine": {},
    "forget_rollups": {"site": SITE},
    "compare_rollups": {},
    "seal_days": {"site": SITE, "limit": 1},
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, SITE, now=NOW)
    cheap = generate_password_hash("une phrase de passe", method="scrypt:1024:8:1")
    with opened.transaction() as session:
        session.add(User(email="lea@exemple.fr", password_hash=cheap, created_at=NOW))
    yield opened
    opened.close()


@pytest.fixture
def store() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


@pytest.fixture
def app(database: AppDatabase, store: EventStore, tmp_path: Path) -> Flask:
    well = Health(
        journal=lambda: None,
        event_store=lambda: None,
        app_database=lambda: None,
        ingest=lambda: None,
        ingest_lag_bytes=lambda: 0,
        events_stored=lambda: 0,
    )
    settings = Settings(data=tmp_path)
    made = create_app(settings, app_database=database, store=store, probes=well, operator_key=KEY)
    made.config["WTF_CSRF_ENABLED"] = False  # the walk sends forms that it has not opened
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    opened = app.test_client()
    opened.post("/sign-in", data={"email": "lea@exemple.fr", "password": "une phrase de passe"})
    return opened


def is_refused(
    user: Actor | None,
    action: Action,
    site: Site | None = None,
) -> bool:
    """A `may` that says no to all, after it looked whether the question is one."""
    may(OPERATOR, action, site)
    return False


def requests(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        yield from ((rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def walk(app: Flask) -> list[tuple[str, str, str]]:
    """Each route that is not public, with each method, as (endpoint, method, URL)."""
    adapter = app.url_map.bind("localhost")
    return [
        (rule.endpoint, method, adapter.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments}, method))
        for rule, method in requests(app)
        if rule.endpoint not in PUBLIC
    ]


def test_no_route_opens_to_somebody_who_may_do_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Action] = []

    def refuse(user: Actor | None, action: Action, site: Site | None = None) -> bool:
        asked.append(action)
        return is_refused(user, action, site)

    monkeypatch.setattr(permission, "may", refuse)
    opened = []
    for endpoint, method, url in walk(app):
        asked.clear()
        status = client.open(url, method=method, data={"of": "192.0.2.1", "verdict": "confirm"}).status_code
        if status not in (403, 404) or not asked:
            opened.append(f"{method} {endpoint} answers {status} and asks {asked}: see tracker/accounts/permissions.py")
    assert opened == []


def test_an_owner_who_walks_the_same_way_is_let_in(app: Flask, client: FlaskClient) -> None:
    """Else the walk above would find a locked door where there is none."""
    for url in ("/sites", "/sites/add", "/status", "/identify", f"/{SITE}", f"/{SITE}/leads/Air%20France", f"/{SITE}/settings"):  # fmt: skip
        assert client.get(url).status_code == 200


def test_every_public_route_is_one_and_has_a_reason(app: Flask) -> None:
    assert set(PUBLIC) <= {rule.endpoint for rule, _ in requests(app)}
    assert all(PUBLIC.values())


def test_whether_a_site_exists_is_not_said_to_who_may_not_see_it(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permission, "may", is_refused)
    hidden, absent = client.get(f"/{SITE}/settings"), client.get("/other.example/settings")
    assert hidden.status_code == absent.status_code == 404
    texts = [re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", one.text) for one in (hidden, absent)]
    assert texts[0].replace(SITE, "other.example") == texts[1]


def test_who_may_see_a_site_and_not_change_it_is_told_so(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_looks(user: Actor | None, action: Action, site: Site | None = None) -> bool:
        return may(user, action, site) and action is Action.VIEW_REPORTS

    monkeypatch.setattr(permission, "may", only_looks)
    assert client.get(f"/{SITE}").status_code == 200
    assert client.get(f"/{SITE}/settings").status_code == 403
    assert client.post(f"/{SITE}/referrers").status_code == 403
    assert client.get("/sites").status_code == 403


@pytest.mark.parametrize("name", sorted(operations.OPERATIONS))
def test_every_operation_asks(
    name: str, database: AppDatabase, store: EventStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "may", is_refused)
    context = Context(Settings(data=tmp_path), database, store, lambda: NOW)
    with pytest.raises(operations.NotAllowed, match="you may not"):
        operations.run(context, name, ARGUMENTS[name])


def test_an_operation_that_is_not_allowed_is_answered_with_403(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "may", is_refused)
    answer = client.post("/operations/diagnose", json={}, headers={"X-Webleads-Key": KEY})
    assert (answer.status_code, answer.get_json()) == (403, {"error": "you may not see how the service is"})


@pytest.mark.parametrize("action", Action)
def test_an_owner_may_do_everything_and_a_stranger_nothing(action: Action, database: AppDatabase) -> None:
    site = Site(domain=SITE) if action in SITE_ACTIONS else None
    assert may(Actor(1), action, site)
    assert may(OPERATOR, action, site)
    assert not may(None, action, site)


@pytest.mark.parametrize("action", Action)
def test_a_question_that_lacks_its_site_has_no_answer(action: Action) -> None:
    wrong = None if action in SITE_ACTIONS else Site(domain=SITE)
    with pytest.raises(ValueError, match="site"):
        may(Actor(1), action, wrong)
