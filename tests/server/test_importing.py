"""What is imported at a start: without looks for cycles, and without what few ever need."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tracker.server.importing import importing


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_no_cycles_are_looked_for_during_imports_and_what_they_left_is_never_looked_through() -> None:
    before = gc.get_freeze_count()
    with suppress(ImportError), importing():
        assert not gc.isenabled()
        raise ImportError
    assert gc.isenabled()
    assert gc.get_freeze_count() > before


def test_a_start_does_not_load_what_few_ever_need() -> None:
    """Each is a twentieth of a start and some MB: writing workbooks, migrating, and an HTTP client beside our own."""
    code = "import sys, tracker.app; print({'xlsxwriter', 'alembic', 'requests'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert run.stdout == "set()\n"
