"""What using the app database can fail with; light to import, so that a command need not load SQLAlchemy."""

from __future__ import annotations


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of webleads-tracker; this one must not touch it."""


class AppDatabaseUnavailable(RuntimeError):
    """The app database cannot be used now; the message is one line that says why and what to do."""


class AppDatabaseDamaged(AppDatabaseUnavailable):
    """The app database's file is damaged, and nothing was there to restore it from."""
