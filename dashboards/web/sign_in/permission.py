"""Checks for each page whether the signed-in user may see it, and responds to those who may not."""

from __future__ import annotations

from flask import abort
from flask_login import current_user

from tracker.accounts.permissions import Action, Actor, may
from tracker.db.models import Site


def allowed(action: Action, site: Site | None = None) -> bool:
    """Returns whether the signed-in user may do this."""
    return may(Actor(current_user.id) if current_user.is_authenticated else None, action, site)


def require(action: Action, site: Site | None = None) -> None:
    """Ends the request with 403 when the action is not allowed, and with 404 when even the site must stay unknown."""
    if allowed(action, site):
        return
    abort(403 if site is None or (action != Action.VIEW_REPORTS and allowed(Action.VIEW_REPORTS, site)) else 404)
