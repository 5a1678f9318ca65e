"""What is wrong with the installation, what was stored so far, and what is kept of sealed days."""

from __future__ import annotations

import time
from datetime import date, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from tracker.accounts.permissions import Action
from tracker.ingest.quarantine import Quarantine
from tracker.leads.corrections.corrected_store import stored
from tracker.service.context import Context
from tracker.service.doctor import compared_days, diagnose
from tracker.service.operations.asking import OperationError, require, site_of
from tracker.stats.rollups.keeping import Keeper
from tracker.store.errors import StoreUnavailable
from tracker.store.protocol import EventStore

_CHECKPOINT_TRIES = 100
_CHECKPOINT_PAUSE_SECONDS = 0.05


def segment_tallies(context: Context, *, segments: list[str]) -> dict[str, Any]:
    """Returns what was stored of journal segments so far, by name: bytes, pageviews, hits not counted by reason."""
    require(Action.VIEW_STATUS)
    positions = context.event_store.positions()
    return {name: positions[name]._asdict() for name in segments if name in positions}


def diagnosis(context: Context) -> dict[str, Any]:
    """Returns what is wrong with the installation: {"findings": [{"level", "words"}]}."""
    require(Action.VIEW_STATUS)
    return {"findings": [{"level": one.level, "words": one.words} for one in diagnose(context)]}


def replay_quarantine(context: Context) -> dict[str, Any]:
    """Puts the lines of the quarantine back into the journal. Returns {"lines": how many}."""
    require(Action.REPLAY_QUARANTINE)
    quarantine = Quarantine(context.settings.journal_folder)
    quarantine.settle(context.event_store.offsets)
    try:
        return {"lines": quarantine.replay(checkpoint=partial(_checkpoint, context.event_store))}
    except StoreUnavailable as problem:
        raise OperationError(f"nothing was put back, try again in a moment: {problem}") from problem


def _checkpoint(store: EventStore) -> None:
    """Makes a checkpoint; waits for the batch that is being written. Raises StoreUnavailable."""
    for _ in range(_CHECKPOINT_TRIES):
        try:
            store.checkpoint()
        except StoreUnavailable:
            time.sleep(_CHECKPOINT_PAUSE_SECONDS)
        else:
            return
    store.checkpoint()


def forget_rollups(
    context: Context, *, site: str, since: date | None = None, until: date | None = None
) -> dict[str, Any]:
    """Takes the seals from all days of a site, or from some; the last one is `until`. Their figures come from the events then."""
    found = site_of(context, site, Action.CHANGE_SETTINGS)
    context.event_store.unseal(found.stored_as, *_range(since, until))
    return {"site": found.domain}


def compare_rollups(context: Context, *, since: date | None = None, until: date | None = None) -> dict[str, Any]:
    """Compares what is kept of all sites' days, or of some, with their events: {"findings": [{"level", "words"}]}."""
    require(Action.VIEW_STATUS)
    found = [{"level": one.level, "words": one.words} for one in compared_days(context, *_range(since, until))]
    return {"findings": found}


def _range(since: date | None, until: date | None) -> tuple[date, date]:
    """The first day and the one after the last."""
    return since or date.min, date.max if until is None or until == date.max else until + timedelta(days=1)


def seal_days(context: Context, *, site: str, limit: int) -> dict[str, Any]:
    """Seals some of a site's days that are not sealed, the newest first: {"sealed", "left"}."""
    found = site_of(context, site, Action.CHANGE_SETTINGS)
    keeper, zone = Keeper(stored(context.event_store)), ZoneInfo(found.time_zone)
    today = context.now().astimezone(zone).date()
    sealed = 0
    while sealed < limit and (some := keeper.seal_some(found.stored_as, zone, today=today, most=limit - sealed)):
        sealed += len(some)
    left = len(keeper.left(found.stored_as, zone, today=today))
    while not left and keeper.make_month(found.stored_as, zone, today=today) is not None:
        pass
    return {"sealed": sealed, "left": left}
