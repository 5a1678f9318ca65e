"""Here stores are DuckDB's alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.engines import ENGINES


@pytest.fixture
def url(tmp_path: Path) -> str:
    return ENGINES["duckdb"].url(tmp_path)
