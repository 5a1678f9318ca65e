"""An installation under test: its data folder, its processes, and the contents of its event store at the end."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import duckdb

from tests.crash import kept_days
from tests.crash.processes import Role
from tests.crash.traffic import SITE
from tests.running_service import free_port, webleads
from tracker.ingest.quarantine import Quarantine

_STILL_SECONDS = 4.0

# Small segments and no retention: rotation, checkpoints and retirement happen all the time.
ENVIRONMENT = {
    "WEBLEADS_RATE_LIMIT": "0",
    "WEBLEADS_SCHEDULER": "no",
    "WEBLEADS_TRUSTED_PROXIES": "127.0.0.1",
    "WEBLEADS_JOURNAL_RETENTION": "0",
    "WEBLEADS_JOURNAL_SEGMENT": "20000",
}


class Installation:
    """The processes of one data folder. `layout` is `one` (serve), `pair` (collect and serve) or `split` (with ingest)."""

    def __init__(self, data: Path, layout: str = "one", **environment: str) -> None:
        self.data = data
        self.layout = layout
        self.environment = ENVIRONMENT | environment
        self.port = free_port()  # where hits go
        self.collect: Role | None = None
        self.owner: Role  # the process that owns the event store
        if layout == "one":
            self.owner = Role(data, "serve", port=self.port, **self.environment)
            return
        self.collect = Role(data, "collect", "--workers", "2", port=self.port, **self.environment)
        if layout == "pair":
            self.owner = Role(data, "serve", "--no-collect", port=free_port(), **self.environment)
        else:
            self.owner = Role(data, "ingest", **self.environment)

    @property
    def journal(self) -> Path:
        return self.data / "journal"

    @property
    def store(self) -> Path:
        url = self.environment.get("WEBLEADS_EVENT_STORE_URL")
        return Path(url.removeprefix("duckdb:///")) if url else self.data / "events.duckdb"

    def roles(self) -> list[Role]:
        return [role for role in (self.collect, self.owner) if role is not None]

    def start(self) -> None:
        """Starts the processes that do not run, and waits until all answer. Nothing is repaired by hand before."""
        for role in self.roles():
            if role.is_running():
                role.wait_ready()
            else:
                role.start()

    def stop(self) -> float:
        """Stops all processes cleanly, collectors first. Returns the seconds of the slowest."""
        self.settle()
        return max(role.stop() for role in self.roles())

    def kill(self) -> None:
        for role in self.roles():
            if role.is_running():
                role.kill()

    def settle(self, seconds: float = 60.0) -> None:
        """Waits until ingest has caught up, as far as the running service reports it."""
        begun = changed = time.monotonic()
        before = -1
        while self.owner.is_running() and self.owner.port is not None and time.monotonic() - begun < seconds:
            lag = int(str(self.owner.readiness()["ingest_lag_bytes"]))
            if lag != before:
                before, changed = lag, time.monotonic()
            # The torn end of a killed writer's segment stays behind for ever.
            if lag == 0 or time.monotonic() - changed > _STILL_SECONDS:
                return
            time.sleep(0.1)

    def drain(self) -> None:
        """Stores what a clean stop left in the journal."""
        run = webleads("ingest", "--once", data=self.data, timeout=900, **self.environment)
        assert run.returncode == 0, run.stderr

    def stored(self, prefix: str = "") -> Counter[str]:
        """Returns how often each path is in the event store, read with DuckDB itself while no process runs."""
        if not self.store.exists():  # whatever happened came before the first start had made it
            return Counter()
        with duckdb.connect(str(self.store), read_only=True) as database:
            rows = database.execute(
                "SELECT path, count(*) FROM events WHERE starts_with(path, ?) GROUP BY path", [f"/{prefix}"]
            ).fetchall()
        return Counter(dict(rows))

    def quarantined(self, prefix: str = "") -> Counter[str]:
        """How often each of the words by which unreadable lines are known again stands in the quarantine."""
        contents = (kept.raw or b"" for kept in Quarantine(self.journal).kept())
        return Counter(
            words[-1]
            for content in contents
            if (words := content.decode("utf-8", "replace").split())[-1:]
            and words[-1].startswith(prefix)
            and "-vandal-" in words[-1]
        )

    def replay(self) -> None:
        """Puts what is in quarantine back into the journal and stores what can be."""
        run = webleads("quarantine", "replay", data=self.data, **self.environment)
        assert run.returncode == 0, run.stderr
        self.drain()

    def seal(self, seconds: float = 120.0) -> None:
        """Lets a service that nothing troubles seal days, where none is sealed: a store is read while no process has it."""
        begun = time.monotonic()
        while not kept_days.compare(self.store)[0] and time.monotonic() - begun < seconds:
            self.start()
            time.sleep(3)
            self.stop()

    def disagreements(self) -> list[str]:
        """Totals that are not the sum of the rows."""
        with duckdb.connect(str(self.store), read_only=True) as database:
            rows, pageviews, visits, distinct_visits = database.execute(
                "SELECT count(*), coalesce(sum(pageviews), 0), coalesce(sum(visits), 0), count(DISTINCT visit_id)"
                " FROM events"
            ).fetchall()[0]
            bounces = database.execute(
                "SELECT count(*) FROM (SELECT sum(bounces) AS n FROM events GROUP BY visit_id) WHERE n NOT IN (0, 1)"
            ).fetchall()[0][0]
            lengths = database.execute(
                "SELECT count(*) FROM (SELECT visit_id FROM events GROUP BY visit_id HAVING sum(visit_seconds)"
                " <> date_diff('second', min(occurred_at), max(occurred_at)))"
            ).fetchall()[0][0]
            unread = database.execute(
                "SELECT coalesce(sum(hits), 0) FROM not_counted WHERE reason = 'invalid_hit'"
                " AND detail IN ('not JSON', 'not UTF-8')"
            ).fetchall()[0][0]
        found = []
        kept = sum(kept.detail in ("not JSON", "not UTF-8") for kept in Quarantine(self.journal).kept())
        if unread != kept:
            found.append(f"{unread} lines were counted as unreadable and {kept} are in quarantine")
        if lengths:
            found.append(f"{lengths} visits whose seconds are not those from their first event to their last")
        if rows != pageviews:
            found.append(f"{rows} rows and {pageviews} pageviews")
        if visits != distinct_visits:
            found.append(f"{visits} visits and {distinct_visits} visit ids")
        if bounces:
            found.append(f"{bounces} visits bounce more than once or less than not at all")
        return found


def make_template(folder: Path) -> Path:
    """A data folder with a site and no event store yet, to copy from."""
    run = webleads("site", "add", SITE, data=folder)
    assert run.returncode == 0, run.stderr
    for file in folder.glob("events.duckdb*"):
        file.unlink()
    return folder


def copy_template(template: Path, data: Path) -> None:
    """Fills a data folder from a template; the folder may exist, as a mounted one does."""
    shutil.copytree(template, data, dirs_exist_ok=True)


def run_quietly(*command: str) -> bool:
    """Whether a command of the system succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except OSError:
        return False
