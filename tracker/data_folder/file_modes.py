"""Who may read what the service keeps: its user alone. Owns which names in a data folder are the service's.

Other files are left alone, and no link is followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracker.settings import EVENT_STORE_FILE

_OTHERS = 0o077
_FOLDERS = ("journal", "quarantine", "copies", "scripts", "geo", "geo-in-use", "registers")
_FILES = (
    "webleads.sqlite*",
    f"{EVENT_STORE_FILE}*",
    "secret.key*",
    "links.key*",
    "dkim.key*",
    "service.json*",
    "*.lock",
    "networks.csv",
)


def keep_private() -> None:
    """From now on, what this process and its children make is for their user alone."""
    os.umask(_OTHERS)


@contextmanager
def umask_given_back() -> Iterator[None]:
    """For a command that may write a file of the user's own afterwards."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def tighten(folder: Path) -> None:
    """Takes the rights of others from what an earlier version, or a copy, left open; as far as this user may."""
    for path in open_to_others(folder):
        with suppress(OSError):
            _chmod(path, stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)


def open_to_others(folder: Path) -> list[Path]:
    """The folder and the service's files in it that others may use, and that belong to this user."""
    top = folder.resolve()
    found = [top] if _is_open(top) and not _is_shared(top) else []
    return found + [path for path in _own(top) if _is_open(path)]


def foreign(folder: Path) -> list[Path]:
    """The service's files that belong to another user, who may read and change them whatever their mode is."""
    top = folder.resolve()
    return [path for path in (top, *_own(top)) if path.lstat().st_uid != os.geteuid()]


def _own(folder: Path) -> Iterator[Path]:
    for pattern in _FILES:
        yield from (path for path in folder.glob(pattern) if _is_plain(path))
    for name in _FOLDERS:
        for parent, folders, files in os.walk(folder / name) if _is_plain(folder / name) else ():
            yield Path(parent)
            yield from (path for one in (*folders, *files) if _is_plain(path := Path(parent, one)) and path.is_file())


def _is_plain(path: Path) -> bool:
    """Whether it is a file or a folder, not a link or a socket."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _is_open(path: Path) -> bool:
    try:
        about = path.lstat()
    except OSError:
        return False
    return bool(about.st_mode & _OTHERS) and about.st_uid == os.geteuid()


def _is_shared(folder: Path) -> bool:
    """Whether the folder is a shared one, such as /tmp, whose rights must not be changed."""
    return bool(folder.stat().st_mode & stat.S_ISVTX) or folder in {Path(folder.anchor), Path.home()}


def _chmod(path: Path, mode: int) -> None:
    if os.chmod in os.supports_follow_symlinks:
        path.chmod(mode, follow_symlinks=False)
        return
    # Linux: by a descriptor that stands for the file and does not open it. To close one that does would take SQLite's
    # locks away (https://www.sqlite.org/howtocorrupt.html, 2.2).
    descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not stat.S_ISLNK(os.fstat(descriptor).st_mode):
            os.chmod(f"/proc/self/fd/{descriptor}", mode)  # noqa: PTH101 - no path of the disk
    finally:
        os.close(descriptor)
