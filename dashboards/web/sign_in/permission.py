"""Asks for each page whether the one who is signed in may see it, and answers for those who may not."""

from __future__ import annotations

from flask import abort
from flask_login import current_user

from tracker.accounts.permissions import Action, Actor, may
from tracker.db.models import Site


def allowed(action: Action, site: Site | None = None) -> bool:
    """Whether the one who is signed in may do this."""
    return may(Actor(current_user.id) if current_user.is_authenticated else None, action, site)


def require(action: Action, site: Site | None = None) -> None:
    """Ends the request with 403 where it is not allowed, and with 404 where even the site's existence is not theirs to know."""
    if allowed(action, site):
        return
    abort(403 if site is None or (action != Action.VIEW_REPORTS and allowed(Action.VIEW_REPORTS, site)) else 404)
