"""The maximum length of a text that may be the key of a cache. Pure.

Strangers choose the texts that enrichment looks up, so a limit on entries bounds memory only if entries are small. A
longer text, or one beyond ASCII, which browsers escape and which takes up to four times the memory, is worked out anew
each time it comes. Each cache then takes some megabytes at most; `tests/ingest/test_caches.py` adds them up.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TypeVar

Answer = TypeVar("Answer")
Key = TypeVar("Key", bound=Hashable)

LONGEST_KEY = 512
# For caches of the pages or referrers of a busy site: most of their URLs are shorter than this.
LONGEST_OF_MANY = 256


def is_short(text: str, longest: int = LONGEST_KEY) -> bool:
    """Whether a cache may keep an answer under this text."""
    return len(text) <= longest and text.isascii()


class Latest(OrderedDict[Key, Answer]):
    """The latest answers by their keys, as many as `most`: `get` costs a third of what a function's own cache does.

    Whoever keeps an answer says whether its key is short; a key that is not kept is simply not found.
    """

    def __init__(self, most: int, name: str) -> None:
        """`name` is that of the function whose answers are kept."""
        super().__init__()
        self.most = most
        self.name = name

    def keep(self, key: Key, answer: Answer) -> None:
        """Keeps an answer, and lets go of the oldest when there are too many."""
        self[key] = answer
        if len(self) > self.most:
            self.popitem(last=False)


def remembered(most: int) -> Callable[[Callable[[str], Answer]], Callable[[str], Answer]]:
    """Keeps up to `most` answers of a function of one text, those to short texts alone."""

    def remember(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
        kept = lru_cache(maxsize=most)(function)

        @wraps(function)
        def answer(text: str) -> Answer:
            return kept(text) if is_short(text) else function(text)

        return answer

    return remember
