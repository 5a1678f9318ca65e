"""The errors of the app database. The module imports little, so that a command need not load SQLAlchemy."""

from __future__ import annotations


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of webleads-tracker; this one must not touch it."""


class AppDatabaseUnavailable(RuntimeError):
    """The app database cannot be used now; the message is one line with the cause and the remedy."""


class AppDatabaseDamaged(AppDatabaseUnavailable):
    """The app database's file is damaged, and there is no copy to restore it from."""
