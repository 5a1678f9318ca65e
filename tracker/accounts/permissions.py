"""Permissions: the closed list of actions, and the one function that every page, API call and operation asks.

Today every user is an owner and may do everything to every site; a program with an API token may do what the token is for,
to its site. When roles come, only `may` changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.db.models import Site


class Action(StrEnum):
    """The actions that need permission. Those of `SITE_ACTIONS` concern one site, the others the whole service."""

    LIST_SITES = "list the sites"
    ADD_SITE = "add a site"
    VIEW_STATUS = "see how the service is"
    REPLAY_QUARANTINE = "put back what is in the quarantine"
    MANAGE_PEOPLE = "invite and remove people"
    IDENTIFY = "look up who is behind an IP address"
    EDIT_NETWORK_LIST = "edit the list of networks that all sites share"

    VIEW_REPORTS = "see a site's reports"
    EXPORT_REPORTS = "export a site's reports"
    CONFIRM_COMPANY = "confirm a company of a site"
    WORK_WITH_COMPANIES = "change what is set for a site's companies, its lists and views"
    SHARE_REPORTS = "share a site's reports with people without an account"
    SEND_REPORT = "send a site's report"
    VIEW_SETTINGS = "see a site's settings"
    CHANGE_SETTINGS = "change a site's settings"
    REMOVE_SITE = "remove a site"


SITE_ACTIONS = frozenset(
    {
        Action.VIEW_REPORTS,
        Action.EXPORT_REPORTS,
        Action.CONFIRM_COMPANY,
        Action.WORK_WITH_COMPANIES,
        Action.SHARE_REPORTS,
        Action.SEND_REPORT,
        Action.VIEW_SETTINGS,
        Action.CHANGE_SETTINGS,
        Action.REMOVE_SITE,
    }
)


@dataclass(frozen=True)
class Actor:
    """Who asks: a user, by their id, the operator, who has the data folder's key and is not a user, or a program.

    A program may do the actions of `only`, to the site `only_site`.
    """

    user_id: int | None
    only_site: int | None = None
    only: frozenset[Action] = frozenset()


OPERATOR = Actor(None)


def may(user: Actor | None, action: Action, site: Site | None = None) -> bool:
    """Returns whether a user may do an action, to a site for one of `SITE_ACTIONS`. A user of None is a stranger.

    Raises ValueError when an action of `SITE_ACTIONS` comes without a site, or another action with one. That is a
    programming error, and any answer to it could permit too much.
    """
    if (action in SITE_ACTIONS) != (site is not None):
        raise ValueError(f"to {action.value} {'needs a' if site is None else 'is not about a'} site")
    if user is not None and user.only_site is not None:
        return site is not None and site.id == user.only_site and action in user.only
    return user is not None
