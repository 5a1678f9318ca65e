"""The process that opens the databases ends with the one that waits for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.test_supervisor import lines, lives, wait_for

_PROGRAM = """
import os, sys, time
from pathlib import Path
from tracker.server.preflight import open_in_a_child
from tracker.settings import load_settings

def migrate(settings):
    Path(sys.argv[1]).write_text(f"{os.getpid()}\\n")
    time.sleep(60)

open_in_a_child(migrate, load_settings(data=Path(sys.argv[1]).parent))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_start_that_is_killed_does_not_go_on_migrating(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    parent = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(notes)])
    wait_for(lambda: len(lines(notes)) == 1)
    parent.kill()
    parent.wait()
    wait_for(lambda: not lives(lines(notes)[0]))
