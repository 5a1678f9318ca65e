"""A log line is one line, whatever a stranger's words are in it."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.server.logs import OneLineFormatter, escaped

ROOT = Path(__file__).parent.parent
FORGED = "/x\r\n2026-11-16 09:00:00,000 INFO tracker: all is well"


def formatted(message: str, *arguments: object, problem: BaseException | None = None) -> str:
    info = (type(problem), problem, problem.__traceback__) if problem else None
    record = logging.LogRecord("tracker.x", logging.ERROR, "x.py", 1, message, arguments, info)
    return OneLineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s").format(record)


def int_of(text: str) -> int:
    """Fails with a message that holds the text as it is."""
    raise ValueError(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param(FORGED, FORGED.replace("\r\n", "\\r\\n"), id="line-ends"),
        pytest.param("\x1b]0;title\x07\x1b[2J", "\\x1b]0;title\\x07\\x1b[2J", id="escape-sequences"),
        pytest.param("\x9b31m", "\\x9b31m", id="c1-controls"),
        pytest.param("a\u202eb\u2066c\u200b", "a\\u202eb\\u2066c\\u200b", id="overrides"),
        pytest.param("a\u2028b\u2029c\x85", "a\\u2028b\\u2029c\\x85", id="unicode-line-ends"),
        pytest.param("\x00\x7f\ud800", "\\x00\\x7f\\ud800", id="nul-delete-surrogate"),
        pytest.param("été «\u202foui\u202f» 日本 🙂", "été «\u202foui\u202f» 日本 🙂", id="words-stay"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, written: str) -> None:
    assert escaped(text) == written
    for line in (formatted(text.replace("%", "%%")), formatted("%s", text)):
        assert line.endswith(f"ERROR tracker.x: {written}")


@given(st.text())
def test_a_record_is_one_printable_line(text: str) -> None:
    line = formatted("it said %s", text)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_traceback_forges_no_record() -> None:
    with pytest.raises(ValueError, match="all is well") as caught:
        int_of(FORGED + "\x1b[2J")
    first, *others = formatted("it failed", problem=caught.value).split("\n")
    assert first.endswith("it failed")
    assert len(others) > 3
    assert all(line.startswith("    ") and line.isprintable() for line in others)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(
            "from tracker.server.logs import log_to_stderr; log_to_stderr('info')", id="a-process-of-the-service"
        ),
        pytest.param("import tracker.cli; tracker.server.logs.escape_unset_log()", id="a-command"),
    ],
)
def test_every_kind_of_process_escapes(program: str) -> None:
    said = f"import logging, tracker.server.logs; {program}; logging.getLogger('x').warning('a%s', '\\x1b\\n\\u202e')"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.endswith("a\\x1b\\n\\u202e\n")
    assert len(done.stderr.splitlines()) == 1
