"""Imports of a whole program, without what they cost beyond themselves."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Looks for no cycles meanwhile, nor ever again among what was imported, since a program stays for as long as its process."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
