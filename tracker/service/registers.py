"""What a running service does with public registers, beside pages and ingest: finds companies in them, and keeps them fresh."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from tracker.data_folder import FolderInUse, FolderUnusable, acquire
from tracker.db.models import Site
from tracker.leads.registers.kept import OF_REGISTERS, kept_facts
from tracker.leads.registers.matching import match_companies, match_newcomers
from tracker.reference.registers.registers import registers_of
from tracker.reference.registers.schedule import REGISTER_NAMES, Update, is_due, kept_fresh, last_updates, note_update
from tracker.reference.registers.update import remove_cut_off
from tracker.service.context import Context
from tracker.sites.sites import list_sites
from tracker.store.reading import Reading

log = logging.getLogger(__name__)

_REST_SECONDS = 0.05
# A newcomer is looked up within so many seconds; all companies are after so many looks for newcomers.
_SECONDS_BETWEEN_LOOKS = 2.0
_LOOKS_BETWEEN = 30
_EVER = datetime(1, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001 - as the store has moments
_LONGEST_SAID = 300
_LOWEST_PRIORITY = 19
UPDATE = (sys.executable, "-P", "-m", "tracker.cli", "registers", "update")


class RegisterWork:
    """Matches the companies of all sites: newcomers within seconds, and all of them each minute. `stop` ends it early."""

    def __init__(self, context: Context, stop: threading.Event) -> None:
        self._context = context
        self._stop = stop
        self._seen: dict[str, int | None] = {}

    def run(self) -> None:
        """Goes on until it is stopped."""
        while not self._stop.is_set():
            self._tried(self.match_all)
            for _ in range(_LOOKS_BETWEEN):
                if self._stop.wait(_SECONDS_BETWEEN_LOOKS):
                    return
                self._tried(self.match_newcomers)

    def match_all(self) -> None:
        """Makes every match that is missing or outdated."""
        context, registers = self._context, registers_of(self._context.settings)
        for site in list_sites(context.app_db):
            if self._stop.is_set():
                return
            done = match_companies(
                context.app_db,
                context.event_store,
                site,
                registers,
                now=context.now(),
                pause=lambda: self._stop.wait(_REST_SECONDS),
            )
            self._note(site, done)

    def match_newcomers(self) -> None:
        """Makes the matches of companies that have just come to a site for the first time; sites without a new event are passed over."""
        context, registers = self._context, registers_of(self._context.settings)
        if not registers.stamp():
            return
        for site in self._with_new_events(list_sites(context.app_db)):
            done = match_newcomers(context.app_db, context.event_store, site, registers, now=context.now())
            self._note(site, done)
            if self._stop.wait(_REST_SECONDS):
                return

    def _with_new_events(self, sites: Sequence[Site]) -> list[Site]:
        with self._context.event_store.snapshot() as snapshot:
            now = {site.stored_as: snapshot.revision(Reading(site.stored_as, *_EVER)) for site in sites}
        before, self._seen = self._seen, now
        return [one for one in sites if now[one.stored_as] is None or now[one.stored_as] != before.get(one.stored_as)]

    def _note(self, site: Site, done: int) -> None:
        if not done:
            return
        log.info("%s: %s companies looked up in the registers", site.domain, done)
        # What the next page asks for is read here, so that the page does not wait for it.
        facts = kept_facts(self._context.app_db, site.id)
        for dimension in OF_REGISTERS:
            facts.own(dimension)

    def _tried(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            log.exception("companies could not be looked up in the registers; it is tried again")


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
        self._is_tidy = False

    def __call__(self) -> None:
        if not self._is_tidy:
            self._is_tidy = True
            self._remove_cut_off()
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
            self._remove_cut_off()

    def _remove_cut_off(self) -> None:
        """Removes what ended in the middle, some gigabytes; not while another process fetches or imports a register."""
        settings = self._context.settings
        if not settings.registers_folder.is_dir():
            return
        with suppress(FolderInUse, FolderUnusable), acquire(settings.data, "registers.lock"):
            for name in REGISTER_NAMES:
                remove_cut_off(settings.registers_folder, name)

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
