"""The quarantine: lines that could not be read or counted, kept beside the journal until a version can.

Owns DATA/journal/quarantine: a file a day, 14 days, bounded in bytes. Exactly once, whatever is killed when: lines are
on the disk before the batch that passes them is stored, and those of a batch that was not stored go again, at once or
at the next start. A replay moves whole files into the journal, which happens or does not.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracker.ingest.kept import NO_HIT, Kept, VisitorFacts, decode_kept, encode_kept, replay_segment, without_ip
from tracker.journal import SUFFIX, list_segments, sync_folder
from tracker.phrase import Phrase, message

KEPT_DAYS = 14
MOST_BYTES = 32 * 1024 * 1024
# What is longer says more about its sender than about a visitor: it is counted, and not kept.
_LONGEST_LINE = 1024 * 1024
_FOLDER = "quarantine"


class Summary(NamedTuple):
    """How much is kept: lines, bytes, and whether the size limit is reached."""

    lines: int
    size: int

    @property
    def is_full(self) -> bool:
        return self.size > MOST_BYTES - _LONGEST_LINE


class Quarantine:
    """The quarantine of a journal folder. Several may be open on one; a lock in the folder keeps them apart."""

    def __init__(self, journal_folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._journal = journal_folder
        self._folder = journal_folder / _FOLDER
        self._now = now
        self._counted: dict[tuple[str, int, int], int] = {}
        self._without_ip: set[tuple[str, int, int]] = set()

    def summary(self) -> Summary:
        """How much is kept now; files that did not change are not read again."""
        files = {_state(path): path for path in self._files()}
        self._counted = {state: self._counted.get(state) or _lines_in(path) for state, path in files.items()}
        return Summary(sum(self._counted.values()), sum(size for _, size, _ in files))

    def kept(self) -> Iterator[Kept]:
        """What is kept, the oldest first."""
        for path in self._files():
            yield from (kept for line in _read(path) if (kept := _decoded(line)) is not None)

    @contextmanager
    def keeping(self, lines: Sequence[Kept]) -> Iterator[None]:
        """Keeps lines while the block stores the batch that passes them; they go again when it raises."""
        if not lines:
            yield
            return
        with self._locked():
            path = self._file_of_today()
            before = path.stat().st_size if path.exists() else 0
            room = MOST_BYTES - sum(file.stat().st_size for file in self._files())
            data = b"".join(_fitting([encode_kept(line) + b"\n" for line in lines], room))
            _append(path, data)
            try:
                yield
            except BaseException:
                os.truncate(path, before)
                raise

    def settle(self, offsets: Callable[[], Mapping[str, int]]) -> None:
        """Removes lines whose batch was not stored because the process was killed: they are read again.

        `offsets` says how far each segment is stored. A segment that is no longer there was stored to its end.
        """
        if not self._folder.exists():
            return
        with self._locked():
            stored = offsets()
            waiting = {segment.name: stored.get(segment.name, 0) for segment in list_segments(self._journal)}
            for path in self._files():
                _rewrite(path, lambda kept: kept if kept.end <= waiting.get(kept.quarantined, kept.end) else None)

    def replay(self, *, checkpoint: Callable[[], None]) -> int:
        """Puts everything back into the journal, to be read again. Returns the number of lines.

        `checkpoint` makes durable that the lines were passed: a store that falls back behind that would read them
        twice.
        """
        with self._locked():
            lines = 0
            if self._files():
                checkpoint()
            for path in self._files():
                lines += _lines_in(path)
                moment = self._now().astimezone(UTC)
                path.rename(self._journal / replay_segment(moment, secrets.token_hex(4)))
            if lines:
                sync_folder(self._journal)
                sync_folder(self._folder)
            return lines

    def clear(self) -> int:
        """Deletes everything. Returns the number of lines."""
        with self._locked():
            lines = sum(_lines_in(path) for path in self._files())
            for path in self._files():
                path.unlink()
            return lines

    def forget_site(self, names: Collection[str]) -> None:
        """Deletes what is kept of a site that has, or had, these names; what could not be read is of no site."""
        if not self._folder.exists():
            return
        with self._locked():
            for path in self._files():
                _rewrite(path, lambda kept: None if kept.site in names else kept)

    def forget(self, look_up: Callable[[Kept], VisitorFacts | None], *, ip_hours: float) -> None:
        """Deletes files whose time is over, and takes the IP addresses out of lines older than the journal keeps them.

        `look_up` returns what is derived from an IP address, before it is removed.
        """
        if not self._folder.exists():
            return
        now = self._now().astimezone(UTC)
        oldest = f"{now - timedelta(days=KEPT_DAYS):%Y%m%d}"
        with self._locked():
            for path in self._files():
                if path.name < oldest:
                    path.unlink()
                elif _state(path) not in self._without_ip:
                    self._forget_ips(path, look_up, now - timedelta(hours=ip_hours))

    def _forget_ips(self, path: Path, look_up: Callable[[Kept], VisitorFacts | None], before: datetime) -> None:
        later = [kept for line in _read(path) if (kept := _decoded(line)) is not None and kept.has_ip]
        if any(kept.at <= before for kept in later):
            _rewrite(path, lambda kept: _anonymous(kept, look_up) if kept.has_ip and kept.at <= before else kept)
        if all(kept.at <= before for kept in later):
            self._without_ip = {state for state in self._without_ip if state[0] != path.name} | {_state(path)}

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def _file_of_today(self) -> Path:
        return self._folder / f"{self._now().astimezone(UTC):%Y%m%dT000000000000}-quarantine-000001{SUFFIX}"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def describe(summary: Summary) -> Phrase | None:
    """A sentence for the operator on what is kept and what to do; None when nothing is kept."""
    if not summary.lines:
        return None
    full = message(
        "lines of the journal that could not be read or counted: %(lines)s, kept for %(days)s days; no more is kept, as it"
        " is full: `webleads quarantine list` shows why; after an upgrade, `webleads quarantine replay` counts them"
    )
    some = message(
        "lines of the journal that could not be read or counted: %(lines)s, kept for %(days)s days:"
        " `webleads quarantine list` shows why; after an upgrade, `webleads quarantine replay` counts them"
    )
    return Phrase(full if summary.is_full else some, lines=f"{summary.lines:,}", days=KEPT_DAYS)


def _fitting(lines: list[bytes], room: int) -> Iterator[bytes]:
    for line in lines:
        if len(line) <= min(room, _LONGEST_LINE):
            room -= len(line)
            yield line


def _append(path: Path, data: bytes) -> None:
    """On the disk when it returns. Raises OSError; nothing of it is left then."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    size = os.fstat(descriptor).st_size
    try:
        with open(descriptor, "wb", buffering=0, closefd=False) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, size)
        raise
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def _rewrite(path: Path, change: Callable[[Kept], Kept | None]) -> None:
    """Puts a changed file in the place of another; lines that `change` gives nothing for, and torn ones, go."""
    before = path.read_bytes()
    kept = [
        one for line in before.split(b"\n") if (old := _decoded(line)) is not None and (one := change(old)) is not None
    ]
    after = b"".join(encode_kept(one) + b"\n" for one in kept)
    if after == before:
        return
    changed = path.with_suffix(".new")
    changed.unlink(missing_ok=True)
    _append(changed, after)
    changed.replace(path)
    sync_folder(path.parent)


def _anonymous(kept: Kept, look_up: Callable[[Kept], VisitorFacts | None]) -> Kept:
    known = kept.known or look_up(kept)
    hit = NO_HIT if kept.raw is not None else msgspec.Raw(without_ip(bytes(kept.hit)))
    raw = None if kept.raw is None else without_ip(kept.raw)
    return msgspec.structs.replace(kept, hit=hit, raw=raw, known=known, has_ip=False)


def _decoded(line: bytes) -> Kept | None:
    try:
        return decode_kept(line) if line else None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _read(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:  # replayed in this moment
        return []


def _lines_in(path: Path) -> int:
    return sum(1 for line in _read(path) if line)


def _state(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return path.name, 0, 0
    return path.name, stat.st_size, stat.st_mtime_ns
