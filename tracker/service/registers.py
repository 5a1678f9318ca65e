"""What a running service does with public registers, beside pages and ingest: finds companies in them, and keeps them fresh."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from tracker.leads.registers.kept import OF_REGISTERS, kept_facts
from tracker.leads.registers.matching import match_companies
from tracker.reference.registers.registers import registers_of
from tracker.reference.registers.schedule import Update, is_due, kept_fresh, last_updates, note_update
from tracker.service.context import Context
from tracker.sites.sites import list_sites

log = logging.getLogger(__name__)

_REST_SECONDS = 0.05
_LONGEST_SAID = 300
_LOWEST_PRIORITY = 19
UPDATE = (sys.executable, "-P", "-m", "tracker.cli", "registers", "update")


class RegisterWork:
    """Matches the companies of all sites, each time that it is called; `stop` ends it early."""

    def __init__(self, context: Context, stop: threading.Event) -> None:
        self._context = context
        self._stop = stop

    def __call__(self) -> None:
        registers = registers_of(self._context.settings)
        for site in list_sites(self._context.app_db):
            if self._stop.is_set():
                return
            done = match_companies(
                self._context.app_db,
                self._context.event_store,
                site,
                registers,
                now=self._context.now(),
                pause=lambda: self._stop.wait(_REST_SECONDS),
            )
            if done:
                log.info("%s: %s companies looked up in the registers", site.domain, done)
                # What the next page asks for is read here, so that the page does not wait for it.
                facts = kept_facts(self._context.app_db, site.id)
                for dimension in OF_REGISTERS:
                    facts.own(dimension)


class _Running(NamedTuple):
    register: str
    process: subprocess.Popen[bytes]
    said: IO[bytes]


class RegisterUpdates:
    """Fetches and imports registers that are due, each time that it is called, in a process of its own with the lowest priority.

    An import takes a processor for minutes, which in this process would be the pages'. `command` is what does it.
    """

    def __init__(self, context: Context, command: Sequence[str] = UPDATE) -> None:
        self._context = context
        self._command = command
        self._running: _Running | None = None

    def __call__(self) -> None:
        if self._running is not None:
            if self._running.process.poll() is None:
                return
            self._note(self._running)
            self._running = None
        self._start_one()

    def close(self) -> None:
        """Ends what runs; the register in use stays."""
        if self._running is not None:
            self._running.process.terminate()
            self._running.process.wait()
            self._running.said.close()
            self._running = None

    def _start_one(self) -> None:
        settings = self._context.settings
        last = last_updates(settings.registers_folder)
        editions = {one.register: one for one in registers_of(settings).editions()}
        for name in kept_fresh(settings.registers_update):
            if is_due(last.get(name), editions.get(name), self._context.now()):
                log.info("the register %s is fetched", name)
                self._running = _started([*self._command, name, "--data", str(settings.data)], name)
                return

    def _note(self, ended: _Running) -> None:
        ended.said.seek(0)
        lines = ended.said.read().decode(errors="replace").strip().splitlines()
        ended.said.close()
        said, is_good = (lines[-1] if lines else "")[:_LONGEST_SAID], ended.process.returncode == 0
        log.log(logging.INFO if is_good else logging.WARNING, "update of the register %s: %s", ended.register, said)
        update = Update(self._context.now(), is_good, said.removeprefix("webleads: "))
        note_update(self._context.settings.registers_folder, ended.register, update)


def _started(command: Sequence[str], register: str) -> _Running:
    said = TemporaryFile()  # noqa: SIM115 - it is closed when the process has ended
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
    with suppress(OSError):  # it may have ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, _LOWEST_PRIORITY)
    return _Running(register, process, said)
