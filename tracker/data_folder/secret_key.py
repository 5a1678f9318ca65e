"""The keys that sign cookies and the links in emails: made once, kept in the data folder, replaced when too weak."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tracker.data_folder import FolderUnusable

log = logging.getLogger(__name__)

_NAME = "secret.key"
# Of its own, so that a new key for cookies does not end the links in emails that were sent.
_OF_LINKS = "links.key"
_MARK = ".damaged-"
_BYTES = 32
# 32 random bytes have some 30 different values; zeros or a repeated word have few.
_LEAST_DIFFERENT = 8


def secret_key(folder: Path) -> bytes:
    """The key, made on first use. One that could be guessed is moved aside and replaced. Raises FolderUnusable."""
    return _key(folder / _NAME, "everybody signs in again")


def links_key(folder: Path) -> bytes:
    """The key of the links with which recipients of emails unsubscribe and choose, as `secret_key`."""
    return _key(folder / _OF_LINKS, "the links in the emails that were sent no longer work")


def _key(path: Path, loss: str) -> bytes:
    try:
        key = _read(path)
        if key is not None and _weakness(key) is None:
            return key
        with _alone_in(path.parent):
            return _made_or_mended(path, loss)
    except OSError as problem:
        raise FolderUnusable(
            f"{path} cannot be used ({problem.strerror}): let the service's user read and write it, or delete it, and"
            f" {loss}"
        ) from problem


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Of several at the same time, one looks, sets aside and makes; the others then find what it made."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _made_or_mended(path: Path, loss: str) -> bytes:
    key = _read(path)
    problem = _weakness(key) if key is not None else "it is not a file" if os.path.lexists(path) else None
    if key is not None and problem is None:
        return key  # another has made it since it was looked for
    if problem is not None:
        _set_aside(path, problem, loss)
    return _make(path)


def replaced_keys(folder: Path) -> list[Path]:
    """The keys that were moved aside and are still there."""
    return sorted(folder.glob(f"{_NAME}{_MARK}*"))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None


def _weakness(key: bytes) -> str | None:
    if len(key) < _BYTES:
        return f"it has {len(key)} bytes where {_BYTES} are needed"
    return "its bytes are all alike" if len(set(key)) < _LEAST_DIFFERENT else None


def _set_aside(path: Path, problem: str, loss: str) -> None:
    kept_as = path.with_name(f"{path.name}{_MARK}{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    path.rename(kept_as)
    log.error("%s signs nothing: %s; it was set aside as %s, and %s", path, problem, kept_as.name, loss)


def _make(path: Path) -> bytes:
    """Whole or not at all, so that nobody reads half of it."""
    key = secrets.token_bytes(_BYTES)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    return key
