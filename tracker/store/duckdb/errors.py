"""DuckDB's errors: which of them a value can cause. Light to import, and to ask about errors of other libraries."""

from __future__ import annotations

# All others say something of the file, the disk or the connection.
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


def is_duckdbs(problem: BaseException) -> bool:
    """Whether the engine itself raised it."""
    return any(base.__module__.endswith("duckdb") for base in type(problem).__mro__)


def is_of_the_data(problem: BaseException) -> bool:
    """Whether an error of the engine's, however it was wrapped, comes of what was to be stored."""
    return type(problem).__name__ in _OF_THE_DATA


def first_line(problem: object) -> str:
    """What an error says in short: DuckDB puts the statement and hints for its developers below."""
    return str(problem).partition("\n")[0]
