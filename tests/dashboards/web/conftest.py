from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import BrowserContext
from werkzeug.security import generate_password_hash
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from dashboards import web
from tests.databases import new_app_database, new_event_store
from tracker.accounts.sessions import Device, open_session
from tracker.accounts.users import find_user_by_email
from tracker.db.engine import AppDatabase
from tracker.db.models import User
from tracker.service.context import Context
from tracker.service.finding import Finding
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS, events

SITE = "blog.exemple.fr"
EMAIL, PASSWORD = "lea@exemple.fr", "une phrase de passe"

_EMPTY = {column.name: None if column.nullable else 0 for column in events.columns}


class Clock:
    """A Monday, 10:00 in Paris, until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def store() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


class Visits:
    """Stores a visit when called: a page view for each path, a minute apart, 30 seconds of reading on each."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._numbers = count(1)
        self._gathered: list[dict[str, Any]] | None = None

    def __call__(
        self, *paths: str, ago: timedelta = timedelta(hours=2), visitor: int | None = None, **facts: Any
    ) -> None:
        visit_id = next(self._numbers)
        started_at = self._clock() - ago
        titles = facts.pop("titles", {})
        rows = []
        for index, path in enumerate(paths):
            at = started_at + timedelta(minutes=index)
            row = _EMPTY | {
                "site": SITE,
                "name": "pageview",
                "occurred_at": int(at.timestamp() * 1_000_000),
                "visitor_id": visitor or visit_id,
                "visit_id": visit_id,
                "hostname": SITE,
                "path": path,
                "title": titles.get(path, f"Titre de {path}"),
                "channel": "Direct",
                "entry_page": paths[0],
                "visits": int(index == 0),
                "bounces": 1 if index == 0 else -1 if index == 1 else 0,
                "pageviews": 1,
                "engaged_ms": 30_000,
                "visit_seconds": 60 if index else 0,
                "visit_age_seconds": 60 * index,
            }
            rows.append(row | facts)
        self._add(rows)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Stores the visits of the block as one batch in the end: what a store does for each batch takes longer than its rows."""
        self._gathered = []
        yield
        rows, self._gathered = self._gathered, None
        self._add(rows)

    def _add(self, rows: list[dict[str, Any]]) -> None:
        if self._gathered is not None:
            self._gathered += rows
        else:
            self._store.append(Batch({name: [row[name] for row in rows] for name in EVENT_COLUMNS}))


@pytest.fixture
def visit(store: EventStore, clock: Clock) -> Visits:
    return Visits(store, clock)


@pytest.fixture
def company_visit(visit: Callable[..., None]) -> Callable[..., None]:
    """A visit from a company's own network."""

    def add(*paths: str, company: str = "Air France", **facts: Any) -> None:
        known = {
            "company": company,
            "company_method": "as_organisation",
            "company_evidence": "AS64500, owned by a business",
            "company_confidence": 0.8,
            "organisation": company,
            "network_kind": "business",
            "country": "FR",
            "city": "Roissy-en-France",
            "device": "desktop",
        }
        visit(*paths, **(known | facts))

    return add


@pytest.fixture
def site(database: AppDatabase, clock: Clock) -> str:
    return add_site(database, SITE, now=clock()).domain


class ToldStatus:
    """What the service says of itself; all is well until a test says otherwise."""

    def __init__(self) -> None:
        self.now = web.ServiceStatus()

    def __call__(self) -> web.ServiceStatus:
        return self.now


@pytest.fixture
def status() -> ToldStatus:
    return ToldStatus()


FINDINGS = (
    Finding("good", "The journal can be written to."),
    Finding("hint", "a sentence of another program"),
    Finding("problem", "no mail server: set WEBLEADS_SMTP_URL"),
)


@pytest.fixture
def app(database: AppDatabase, store: EventStore, clock: Clock, status: ToldStatus, tmp_path: Path) -> Flask:
    made = Flask("tracker", static_folder=None)
    made.config.update(SECRET_KEY="only for this test", TESTING=False, PROPAGATE_EXCEPTIONS=False)
    settings = Settings(data=tmp_path, base_url="https://stats.exemple.fr", query_seconds=3600)
    web.register(made, Context(settings, database, store, clock), status, diagnose=lambda: FINDINGS)
    return made


class Browser:
    """A client that sends the token of its session's forms, as a browser does. `language` is what it asks for.

    A page with a form is only asked for the first token: test_doors.py holds that all forms of a session have the same.
    """

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.language = language

    def get(self, address: str, **options: Any) -> TestResponse:
        headers = {"Accept-Language": self.language} | options.pop("headers", {})
        return self.client.get(address, headers=headers, **options)

    def post(self, address: str, form: str | None = None, **fields: str) -> TestResponse:
        """Sends a form with the token of the page at `form` (else of the address itself)."""
        token = self._token() or self._token_on(form or address)
        data = fields | ({"csrf_token": token} if token else {})
        return self.client.post(address, data=data, headers={"Accept-Language": self.language})

    def _token(self) -> str | None:
        """The token of the session, which a page with a form has begun; what was said there was read."""
        with self.client.session_transaction() as session:
            secret = session.get("csrf_token")
            if secret:
                session.pop("_flashes", None)
        signer = URLSafeTimedSerializer(self.client.application.secret_key or "", salt="wtf-csrf-token")
        return str(signer.dumps(secret)) if secret else None

    def _token_on(self, page: str) -> str | None:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        return found[1] if found else None


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def user(database: AppDatabase, clock: Clock) -> str:
    cheap = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")  # the real one takes a tenth of a second
    with database.transaction() as session:
        session.add(User(email=EMAIL, password_hash=cheap, created_at=clock()))
    return EMAIL


@pytest.fixture
def signed_in(browser: Browser, user: str, database: AppDatabase, clock: Clock) -> Browser:
    """Signed in as the sign-in page does it, which sign_in/ holds, without the time that a password takes."""
    found = find_user_by_email(database, user)
    assert found is not None
    token = open_session(database, found.id, Device(None, None), now=clock())
    with browser.client.session_transaction() as session:
        session.permanent = True
        session["_user_id"], session["_fresh"], session["csrf_token"] = token, True, "of this test"
    return browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where a real browser finds the dashboard."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def own_context(
    new_context: Callable[..., BrowserContext], address: str, signed_in: Browser
) -> Callable[..., BrowserContext]:
    """Opens a real browser that is signed in; takes Playwright's options."""

    def opened(**options: Any) -> BrowserContext:
        context = new_context(**options)
        cookie = signed_in.client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        return context

    return opened
