"""The journal: append-only files of accepted hits, a line a request. What was appended survives the death of any process.

Owns the segments in DATA/journal: their names, who writes them, what may be read from them, when they go.
It knows nothing of what a line means.

- Every writer has its own segments, so that several processes append without asking one another.
- A line counts when its newline is there: only complete lines are read, and a torn one is cut off again.
- The writer holds a file lock on its segment; a segment whose lock is free has no writer any more.
"""

from __future__ import annotations

from tracker.journal.backlog import Backlog
from tracker.journal.receipts import JournalUnavailable, Receipt
from tracker.journal.segments import (
    SUFFIX,
    Segment,
    has_writer,
    list_segments,
    read_lines,
    retirable,
    retire,
    sync_folder,
    writable,
)
from tracker.journal.writer import Journal

__all__ = [
    "SUFFIX",
    "Backlog",
    "Journal",
    "JournalUnavailable",
    "Receipt",
    "Segment",
    "has_writer",
    "list_segments",
    "read_lines",
    "retirable",
    "retire",
    "sync_folder",
    "writable",
]
