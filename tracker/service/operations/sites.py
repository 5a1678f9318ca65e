"""What is done to a site as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker.accounts.permissions import Action
from tracker.ingest.quarantine import Quarantine
from tracker.service.context import Context
from tracker.service.operations.asking import OperationError, site_of
from tracker.sites.names import remove_site
from tracker.store.errors import StoreUnavailable

ForgetSite = Callable[[str], None]


def remove(context: Context, forget_site: ForgetSite | None = None, *, site: str) -> dict[str, Any]:
    """Removes a site with its settings, recipients and events, also those in quarantine. Returns {"site": its name}.

    `forget_site` deletes the site's events; without it the store does, which is safe only while nothing ingests.
    The events are deleted first: if the removal is interrupted, the site is still listed and can be removed again.
    They are deleted once more at the end, for events that arrived meanwhile.
    """
    found = site_of(context, site, Action.REMOVE_SITE)
    forget = forget_site or context.event_store.forget_site
    try:
        forget(found.stored_as)
        remove_site(context.app_db, found.domain)
        forget(found.stored_as)
    except StoreUnavailable as problem:
        raise OperationError(str(problem)) from problem
    names = {found.domain, found.stored_as, *found.former_domains.split()}
    Quarantine(context.settings.journal_folder).forget_site(names)
    return {"site": found.name}
