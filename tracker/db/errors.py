"""What opening the app database can fail with; light to import, so that a command need not load SQLAlchemy."""

from __future__ import annotations


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of webleads-tracker; this one must not touch it."""
