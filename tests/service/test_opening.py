"""The databases are made or migrated by a child that loads little, so that a start is not spent on imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tracker.accounts.users import create_user
from tracker.clock import utc_now
from tracker.service.databases import open_databases
from tracker.service.opening import make_ready
from tracker.settings import load_settings


@pytest.mark.parametrize("library", ["pandas", "flask", "wtforms", "dns", "user_agents", "ua_parser_builtins.regexes"])
def test_opening_the_databases_loads_no_library_that_it_does_not_use(library: str) -> None:
    program = f"import sys, tracker.service.opening; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_the_first_user_s_link_is_there_until_somebody_can_sign_in(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    (tmp_path / "journal").mkdir()
    link = make_ready(settings)
    assert link is not None
    assert link.startswith(f"{settings.public_url}/setup/")
    databases = open_databases(settings)
    create_user(databases.app, "lea@exemple.fr", "une phrase de passe", now=utc_now())
    databases.events.close()
    databases.app.close()
    assert make_ready(settings) is None
