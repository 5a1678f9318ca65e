"""What opening the event store can fail with; light to import, so that a command need not load the engine."""

from __future__ import annotations

from tracker.db.errors import AppDatabaseUnavailable, NewerDatabaseError

# DuckDB's errors that a value can cause; all others say something of the file, the disk or the connection.
_OF_THE_DATA = frozenset(
    {
        "ConstraintException",
        "ConversionException",
        "DataError",
        "IntegrityError",
        "InvalidInputException",
        "InvalidTypeException",
        "NotImplementedException",
        "NotSupportedError",
        "OutOfRangeException",
        "TypeMismatchException",
    }
)


class StoreUnavailable(RuntimeError):
    """The event store cannot be opened; the message says why in words."""


class NewerStoreError(RuntimeError):
    """The event store was written by a newer version of webleads-tracker; this one must not touch it."""


def blames_the_data(problem: Exception) -> bool:
    """Whether an error comes of what was to be stored, so that trying again helps nothing; else the store is at fault.

    Unsure is the store's: a full disk or a lost file must keep hits waiting, never set one aside.
    """
    of_the_machine = (
        StoreUnavailable,
        NewerStoreError,
        AppDatabaseUnavailable,
        NewerDatabaseError,
        OSError,
        MemoryError,
    )
    if isinstance(problem, of_the_machine):
        return False
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # loaded already where such an error can come from

    if isinstance(problem, DBAPIError):
        return type(problem.orig).__name__ in _OF_THE_DATA
    if isinstance(problem, SQLAlchemyError):
        return False
    is_the_engines = any(base.__module__.endswith("duckdb") for base in type(problem).__mro__)
    return type(problem).__name__ in _OF_THE_DATA if is_the_engines else True
