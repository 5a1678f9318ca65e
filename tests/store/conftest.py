"""A store of each engine in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.engines import ENGINES, EngineUnderTest
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> EngineUnderTest:
    return ENGINES[request.param]


@pytest.fixture
def url(engine: EngineUnderTest, tmp_path: Path) -> str:
    return engine.url(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[EventStore]:
    opened = open_event_store(url)
    yield opened
    opened.close()
