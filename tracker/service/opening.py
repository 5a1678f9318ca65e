"""Makes or migrates the databases before the service runs. Light to import: a child process does nothing else."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

from tracker import data_folder
from tracker.accounts.one_time_links import create_link
from tracker.accounts.users import count_users
from tracker.clock import utc_now
from tracker.data_folder import FolderInUse, FolderUnusable
from tracker.db.errors import AppDatabaseUnavailable, NewerDatabaseError
from tracker.service.databases import open_databases
from tracker.settings import Settings
from tracker.store.errors import NewerStoreError, StoreUnavailable

# What opening a data folder can fail with; each message is one line for the operator.
OPENING_ERRORS = (
    NewerDatabaseError,
    AppDatabaseUnavailable,
    NewerStoreError,
    StoreUnavailable,
    FolderInUse,
    FolderUnusable,
)


def make_ready(settings: Settings, *, ingests: bool = True) -> str | None:
    """Makes or migrates the databases; returns the first user's one-time link while there is no user."""
    with data_folder.acquire(settings.data, data_folder.INGEST_LOCK, wait_seconds=10) if ingests else nullcontext():
        databases = open_databases(settings, wait_seconds=10)
        try:
            if count_users(databases.app):
                return None
            token = create_link(databases.app, "first-user", now=utc_now(), lasts=timedelta(days=7))
            return f"{settings.public_url}/setup/{token}"
        finally:
            databases.events.close()
            databases.app.close()
