"""The page with the snippet says so when the snippet names a server that no visitor can reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from dashboards import web
from tests.dashboards.web.conftest import Browser, Clock, ToldStatus
from tracker.db.engine import AppDatabase
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.store.protocol import EventStore


@pytest.fixture
def app(
    request: pytest.FixtureRequest, database: AppDatabase, store: EventStore, clock: Clock, tmp_path: Path
) -> Flask:
    made = Flask("tracker", static_folder=None)
    made.config.update(SECRET_KEY="only for this test")
    settings = Settings(data=tmp_path, base_url=request.param)
    web.register(made, Context(settings, database, store, clock), ToldStatus(), diagnose=lambda: ())
    return made


@pytest.mark.parametrize(
    ("app", "is_local"),
    [
        ("", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://192.168.1.20", True),
        ("https://stats.exemple.fr", False),
    ],
    indirect=["app"],
)
def test_a_snippet_that_visitors_cannot_reach_is_told(site: str, signed_in: Browser, is_local: bool) -> None:
    text = signed_in.get(f"/{site}/setup").text
    assert ("which only this computer or its network can reach" in text) == is_local
    assert ("Set WEBLEADS_BASE_URL" in text) == is_local
