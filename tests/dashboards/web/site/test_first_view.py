"""How much a page asks the event store that nobody looked at: of few events a question costs what it takes to plan it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from sqlalchemy import event

from tests.dashboards.web.conftest import SITE, Browser
from tests.databases import new_event_store
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore


@pytest.fixture
def store() -> Iterator[EventStore]:
    """As the service has it: what pages asked is kept until it changes."""
    with new_event_store() as opened:
        yield cast(EventStore, AnsweringStore(opened))


@pytest.fixture
def asked(store: Any) -> Iterator[list[str]]:
    """The statements of the event store from now on."""
    found: list[str] = []

    def listen(*of: Any) -> None:
        found.append(of[2])

    event.listen(store.engine, "before_cursor_execute", listen)
    yield found
    event.remove(store.engine, "before_cursor_execute", listen)


def test_a_filter_s_first_view_asks_few_questions(
    signed_in: Browser, site: str, company_visit: Callable[..., None], asked: list[str]
) -> None:
    for company, source in (("Air France", "Google"), ("Acme", "Google"), ("Acme", "LinkedIn")):
        company_visit("/a", "/contact", company=company, source=source)
    signed_in.get(f"/{SITE}")
    asked.clear()
    page = signed_in.get(f"/{SITE}?f=source:is:LinkedIn").text
    assert "Acme" in page
    assert "Air France" not in page
    assert len(asked) <= 25, "\n".join(one[:100] for one in asked)
    asked.clear()
    signed_in.get(f"/{SITE}?f=source:is:LinkedIn")
    assert len(asked) <= 8, "\n".join(one[:100] for one in asked)
