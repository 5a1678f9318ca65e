"""What commands share: the option `--data`, the settings, numbers with their nouns, and errors that the user can correct."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tracker.data_folder import FolderInUse, FolderUnusable
from tracker.db.errors import AppDatabaseUnavailable, NewerDatabaseError
from tracker.settings import SettingError, Settings, load_settings
from tracker.store.errors import NewerStoreError, StoreUnavailable


def counted(number: int, one: str, many: str = "") -> str:
    """Returns a number with its noun: "1 line", "2,000 lines"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


class CommandError(Exception):
    """A command cannot do what it was asked; the message is one line."""


EXPECTED_ERRORS = (
    CommandError,
    SettingError,
    FolderInUse,
    FolderUnusable,
    NewerDatabaseError,
    AppDatabaseUnavailable,
    NewerStoreError,
    StoreUnavailable,
)


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--data DIR` to a command; the argument is called `data`."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        help="The data folder (default: $WEBLEADS_DATA, else ./data).",
    )(command)


def site_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--site DOMAIN` to a command; the argument is called `site`."""
    return click.option("--site", required=True, metavar="DOMAIN", help="The site, by its domain.")(command)


def settings_of(data: Path | None, **overrides: Any) -> Settings:
    """Returns the settings; values of the command line replace those of the environment."""
    return load_settings(data=data, **overrides)


_DAY = click.DateTime(["%Y-%m-%d"])
since_option = click.option("--since", type=_DAY, default=None, help="The first day.")
until_option = click.option("--until", type=_DAY, default=None, help="The last day.")


def named_days(since: datetime | None, until: datetime | None) -> dict[str, str]:
    """The days of these two options that were given, as an operation takes them."""
    return {name: f"{at:%Y-%m-%d}" for name, at in (("since", since), ("until", until)) if at is not None}
