"""What opening the event store can fail with; light to import, so that a command need not load the engine."""

from __future__ import annotations


class StoreUnavailable(RuntimeError):
    """The event store cannot be opened; the message says why in words."""


class NewerStoreError(RuntimeError):
    """The event store was written by a newer version of webleads-tracker; this one must not touch it."""
