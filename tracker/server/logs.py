"""How log records are written: one line each, in which no character can forge a line or control a terminal.

What comes from outside (a path, a header, a host's answer) may hold line ends, escape sequences and overrides of the
writing direction. They are written as Python writes them in a literal. A traceback keeps its lines, each indented.
"""

from __future__ import annotations

import logging
import sys
import unicodedata

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Controls, formats such as overrides, halves of pairs, what has no meaning yet, separators of lines.
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
_SET_IN = "    "


class OneLineFormatter(logging.Formatter):
    """Formats a record on one line; the lines of a traceback are indented."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another formatter left there is not escaped
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        return escaped(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - the library's name
        return _set_in(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the library's name
        return _set_in(super().formatStack(stack_info))


def log_to_stderr(level: str) -> None:
    """Writes all of this process's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter(_FORMAT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def escape_unset_log() -> None:
    """For a command that sets up no log: its warnings are escaped, too."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(OneLineFormatter("%(message)s"))


def escaped(text: str) -> str:
    """The text on one line, with invisible characters escaped as in a Python literal."""
    if text.isprintable():
        return text
    return "".join(_written_out(char) if unicodedata.category(char) in _UNSEEN else char for char in text)


def _written_out(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _set_in(text: str) -> str:
    return "\n".join(_SET_IN + escaped(line) for line in text.split("\n"))
