"""Verified copies of the operator's geo databases, which the service reads instead of the files in DATA/geo.

A file in DATA/geo may be replaced, truncated or overwritten while it is read, and a memory map of it would change under
the open database. So each file is copied, and the copy is checked in its own process. Only a good copy replaces the one
before it. A bad file is reported in one line; the copy in use stays in use, after a restart too.
Only the process that holds the ingest lock makes copies. Other processes read them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.enrichment.geo.databases import Databases, Files, list_files
from tracker.phrase import Phrase, message
from tracker.reference.geo.check import Check, check_files
from tracker.settings import Settings

_NOTES = "checked.json"

Seen = tuple[int, int, int]


class VerifiedCopies:
    """The readable files of the folder `incoming`. With `keeps`, good files are copied to the folder `kept` first."""

    def __init__(self, incoming: Path, kept: Path | None, *, keeps: bool, check: Check = check_files) -> None:
        self._incoming = incoming
        self._kept = kept
        self._keeps = keeps and kept is not None
        self._check = check
        self._last: Mapping[Path, Seen] | None = None
        self._pending: Mapping[Path, Seen] | None = None

    def look(self) -> Files | None:
        """Returns the files to read; None while nothing has changed, and while a file is still being written."""
        found = list_files(self._incoming)
        if found == self._last:
            return None
        if self._last is not None and found != self._pending:
            self._pending = found  # a file that grows is still being written; it is checked once it stops
            return None
        self._last = found
        return self._keep(found) if self._keeps else self._read_only(found)

    def _keep(self, found: Mapping[Path, Seen]) -> Files:
        assert self._kept is not None
        notes = self._notes()
        fresh = [path for path, seen in found.items() if not self._is_kept(_note_of(notes, path), path, seen)]
        try:
            self._kept.mkdir(exist_ok=True)
            for path, problem in zip(fresh, self._take(fresh), strict=True):
                kept = None if problem else _stamp(self._kept / path.name)
                notes[path.name] = {"seen": list(found[path]), "problem": problem, "kept": kept} | _worded(problem)
            for name in notes.keys() - {path.name for path in found}:
                del notes[name]
                if name == Path(name).name:
                    (self._kept / name).unlink(missing_ok=True)
            _write(self._kept / _NOTES, notes)
        except OSError as problem:
            unkept = message("the geo databases cannot be copied to %(folder)s: %(why)s; they are read where they lie")
            words = Phrase(unkept, folder=self._kept, why=problem.strerror)
            files = self._read_only(found)
            return Files(files.paths, [*files.problems, words])
        return self._from_notes(found, notes)

    def _is_kept(self, note: Mapping[str, Any], path: Path, seen: Seen) -> bool:
        """Whether the file was checked before and its copy has not changed since."""
        assert self._kept is not None
        if note.get("seen") != list(seen):
            return False
        return bool(note.get("problem")) or note.get("kept") == _stamp(self._kept / path.name) is not None

    def _take(self, fresh: list[Path]) -> list[Phrase | None]:
        """Copies files, checks the copies and puts the good ones in place. Returns what is wrong with each file."""
        assert self._kept is not None
        copies = [self._kept / f"{path.name}.new" for path in fresh]
        for path, copy in zip(fresh, copies, strict=True):
            shutil.copyfile(path, copy)
        problems = list(self._check(copies))
        for copy, problem in zip(copies, problems, strict=True):
            if problem is None:
                copy.replace(copy.with_suffix(""))
            else:
                copy.unlink()
        return problems

    def _read_only(self, found: Mapping[Path, Seen]) -> Files:
        """Returns what is wrong with each file: as recorded beside the copies, else by checking the file now."""
        notes = self._notes()
        fresh = [path for path, seen in found.items() if _note_of(notes, path).get("seen") != list(seen)]
        for path, problem in zip(fresh, self._check(fresh), strict=True):
            notes[path.name] = {"seen": list(found[path]), "problem": problem, "in_place": True} | _worded(problem)
        return self._from_notes(found, notes)

    def _from_notes(self, found: Mapping[Path, Seen], notes: Mapping[str, Any]) -> Files:
        paths: list[Path] = []
        problems: list[str] = []
        for path in found:
            note = _note_of(notes, path)
            copy = self._kept / path.name if self._kept is not None else None
            old = copy if copy is not None and copy.is_file() else None
            if note.get("problem") is None:
                paths.append(path if note.get("in_place") or old is None else old)
                continue
            words = Phrase(message("%(file)s is not used: %(problem)s"), file=path.name, problem=_problem_of(note))
            if old is not None:
                paths.append(old)
                since = datetime.fromtimestamp(old.stat().st_mtime, UTC)
                remains = message("%(problem)s; the good one before it, of %(day)s, stays in use")
                words = Phrase(remains, problem=words, day=f"{since:%Y-%m-%d}")
            problems.append(words)
        return Files(paths, problems)

    def _notes(self) -> dict[str, Any]:
        if self._kept is None:
            return {}
        try:
            notes = json.loads((self._kept / _NOTES).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return notes if isinstance(notes, dict) else {}


def open_databases(settings: Settings, *, keeps: bool = False, warn: bool = True) -> Databases:
    """Opens the databases of a data folder. `keeps` is True in the process that holds the ingest lock."""
    return Databases(VerifiedCopies(settings.geo_folder, settings.geo_kept_folder, keeps=keeps), warn=warn)


def _worded(problem: Phrase | None) -> dict[str, object]:
    """What a note has beside a problem, so that it can be worded in each language after a restart too."""
    return {"worded": [problem.sentence, problem.values]} if problem is not None else {}


def _problem_of(note: Mapping[str, Any]) -> Phrase:
    """The problem that a note has; in English alone if the note is of an earlier version."""
    try:
        sentence, values = note["worded"]
        return Phrase(sentence, **values)
    except (KeyError, TypeError, ValueError):
        return Phrase(str(note["problem"]))


def _note_of(notes: Mapping[str, Any], path: Path) -> dict[str, Any]:
    note = notes.get(path.name)
    return note if isinstance(note, dict) else {}


def _stamp(copy: Path) -> list[int] | None:
    """Returns a value that changes when a copy is damaged or removed; None when there is no file."""
    try:
        about = copy.stat()
    except OSError:
        return None
    return [about.st_size, about.st_mtime_ns] if copy.is_file() else None


def _write(path: Path, notes: Mapping[str, Any]) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(notes, indent=1), encoding="utf-8")
    temporary.replace(path)
