"""Answers that are kept, each of the newest state in which its question was asked: the ones used last, as far as they fit."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

# The mean size of a cell that is a Python object, and of one of a frame, which are mostly texts.
CELL_BYTES = 64
_TEXT_BYTES = 128
# Of so many values of a long list the mean size is taken.
_SAMPLE = 100


class Kept(NamedTuple):
    """An answer, the number of the last change of what it is about, and about how many bytes it takes."""

    answer: Any
    revision: int
    size: int


class KeptAnswers:
    """The answers by their questions, in `most_bytes`."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._size = 0

    def find(self, question: Hashable, revision: int) -> Kept | None:
        """What is kept of this state."""
        with self._lock:
            found = self._kept.get(question)
            if found is None or found.revision != revision:
                return None
            self._kept.move_to_end(question)
            return found

    def keep(self, question: Hashable, revision: int, answer: Any, size: int) -> None:
        """Keeps an answer in the place of an older one, unless a newer one is kept or it takes too much of the room."""
        if size > self._most_bytes // 4:
            return
        with self._lock:
            before = self._kept.get(question)
            if before is not None:
                if before.revision > revision:
                    return
                self._size -= before.size
            self._kept[question] = Kept(answer, revision, size)
            self._kept.move_to_end(question)
            self._size += size
            while self._size > self._most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._size -= oldest.size


def size_of(answer: Any) -> int:
    """About how many bytes an answer takes: a frame, a value, or several of them."""
    if hasattr(answer, "columns"):
        # What pandas says of its memory takes longer than many an answer.
        return len(answer) * sum(_TEXT_BYTES if kind.kind == "O" else kind.itemsize for kind in answer.dtypes)
    if isinstance(answer, Mapping):
        return size_of(list(answer.values())) + CELL_BYTES * len(answer)
    if isinstance(answer, tuple | list):
        some = answer[:_SAMPLE]
        return sum(size_of(one) for one in some) * len(answer) // max(1, len(some))
    if is_dataclass(answer):
        return sum(size_of(getattr(answer, one.name)) for one in fields(answer))
    return CELL_BYTES
