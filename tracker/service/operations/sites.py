"""What is done to a site as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker.accounts.permissions import Action
from tracker.service.context import Context
from tracker.service.operations.asking import OperationError, require, site_of
from tracker.service.removals import Removals
from tracker.sites.removal import find_removed, removed_sites, set_aside, take_back
from tracker.store.errors import StoreUnavailable

ForgetSite = Callable[[str], None]


def remove(
    context: Context, forget_site: ForgetSite | None = None, *, site: str, for_good: bool = False
) -> dict[str, Any]:
    """Removes a site: it is set aside for some days, or gone at once with all that is kept of it.

    Returns {"site": its name, "gone_at": when it goes for good, or None where it is gone}. `forget_site` deletes the
    site's events; without it the store does, which is safe only while nothing ingests. A removal for good that is
    interrupted goes on when its time has come, or when it is asked for again.
    """
    aside = find_removed(context.app_db, site)
    if aside is None or not for_good:
        found = site_of(context, site, Action.REMOVE_SITE)
        set_aside(context.app_db, found.domain, by=None, now=context.now())
        aside = found
    else:
        require(Action.REMOVE_SITE, aside)
    removed = next(one for one in removed_sites(context.app_db) if one.id == aside.id)
    if not for_good:
        return {"site": removed.name, "gone_at": removed.gone_at.isoformat()}
    forget = forget_site or context.event_store.forget_site
    try:
        Removals(context.app_db, context.settings.journal_folder, forget, now=context.now).make_go(removed)
    except StoreUnavailable as problem:
        raise OperationError(str(problem)) from problem
    return {"site": removed.name, "gone_at": None}


def restore(context: Context, *, site: str) -> dict[str, Any]:
    """Takes back the removal of a site that is not gone yet. Returns {"site": its name}."""
    found = find_removed(context.app_db, site) or site_of(context, site, Action.REMOVE_SITE)
    require(Action.REMOVE_SITE, found)
    if found.removed_at is None:
        raise OperationError(f"{found.name} is not removed; `webleads site list` says which sites can be taken back")
    return {"site": take_back(context.app_db, found.domain).name}
