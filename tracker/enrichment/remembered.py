"""How long a text may be for which a cache keeps an answer. Pure.

Strangers choose the texts that enrichment looks up, so a cache of so many entries is a bound only if no entry is large.
A longer text, or one beyond ASCII, which browsers escape and which takes up to four times the memory, is worked out
anew each time it comes. Each cache then takes some megabytes at most; `tests/ingest/test_caches.py` adds them up.
"""

from __future__ import annotations

LONGEST_KEY = 512
# Where a cache has to hold all pages, or all referrers, of a busy site: most of their URLs are shorter than this.
LONGEST_OF_MANY = 256


def is_short(text: str, longest: int = LONGEST_KEY) -> bool:
    """Whether a cache may keep an answer under this text."""
    return len(text) <= longest and text.isascii()
