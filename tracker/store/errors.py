"""What opening the event store can fail with; light to import, so that a command need not load the engine."""

from __future__ import annotations

from tracker.db.errors import AppDatabaseUnavailable, NewerDatabaseError
from tracker.store.duckdb.errors import is_duckdbs, is_of_the_data


class StoreUnavailable(RuntimeError):
    """The event store cannot be opened; the message says why in words."""


class NewerStoreError(RuntimeError):
    """The event store was written by a newer version of webleads-tracker; this one must not touch it."""


class PositionMoved(RuntimeError):
    """A batch does not begin where the store ends; nothing of it is stored. Its journal is to be read from there."""


def blames_the_data(problem: Exception) -> bool:
    """Whether an error comes of what was to be stored, so that trying again helps nothing; else the store is at fault.

    Unsure is the store's: a full disk or a lost file must keep hits waiting, never set one aside.
    """
    of_the_machine = (
        StoreUnavailable,
        NewerStoreError,
        PositionMoved,
        AppDatabaseUnavailable,
        NewerDatabaseError,
        OSError,
        MemoryError,
    )
    if isinstance(problem, of_the_machine):
        return False
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # loaded already where such an error can come from

    if isinstance(problem, DBAPIError):
        return problem.orig is not None and is_of_the_data(problem.orig)
    if isinstance(problem, SQLAlchemyError):
        return False
    return is_of_the_data(problem) if is_duckdbs(problem) else True
