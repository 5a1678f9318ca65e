"""What every operation asks first: may the operator do it, which site and which period are meant."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tracker.accounts.permissions import OPERATOR, Action, may
from tracker.db.models import Site
from tracker.leads.segments.asked import KnownCompanies
from tracker.leads.workflow.views import View, all_views
from tracker.service.context import Context
from tracker.sites.sites import find_site, no_site
from tracker.stats import traffic
from tracker.stats.periods import Period, parse_period


class OperationError(ValueError):
    """The operation cannot be done as asked; the message is a sentence for the user."""


class NotAllowed(OperationError):
    """The user may not do this."""


def require(action: Action, site: Site | None = None) -> None:
    """Checks that the operator may do the action. Whoever runs an operation is the operator: it takes the data folder's key."""
    if not may(OPERATOR, action, site):
        raise NotAllowed(f"you may not {action.value}")


def site_of(context: Context, domain: str, action: Action) -> Site:
    """Returns the site of a domain if the operator may do the action on it."""
    found = find_site(context.app_db, domain)
    if found is None:
        raise OperationError(no_site(domain))
    require(action, found)
    return found


def period_of_site(context: Context, site: Site, text: str) -> Period:
    zone = ZoneInfo(site.time_zone)
    first_day = traffic.first_day(context.event_store, site.stored_as, zone)
    return parse_period(text, today=context.now().astimezone(zone).date(), time_zone=zone, first_day=first_day)


def span(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "name": period.name}


def known_companies(context: Context, site: Site) -> KnownCompanies:
    return KnownCompanies(context.app_db, context.event_store, site, context.now())


def view_of(context: Context, site: Site, known: KnownCompanies, key: str | None) -> View | None:
    """The view with a key. Raises OperationError if there is none."""
    view = known.view(key)
    if view is None and key is not None:
        names = ", ".join(one.key for one in all_views(context.app_db, site.id))
        raise OperationError(f"{site.name} has no view {key!r}; use one of {names}")
    return view
