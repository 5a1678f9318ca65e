"""What a site's people removed lately: listed where such things are made, each with a button that brings it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards.translations import message, translate
from dashboards.web.language import current_language
from dashboards.web.local_url import local_url
from dashboards.web.sign_in.permission import allowed
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import site_or_404
from dashboards.web.workflow.forms import read_number
from tracker.accounts.permissions import Action
from tracker.accounts.users import list_users
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.leads.alerts.rules import put_rule_back as put_alert_back
from tracker.leads.fit.rules import put_fit_rule_back
from tracker.leads.workflow.agreements import put_rule_back
from tracker.leads.workflow.lists import put_list_back
from tracker.leads.workflow.views import put_view_back
from tracker.service.context import Context
from tracker.sites.trash import PutBack, Removed, Thing, bring_back, trash_of
from tracker.stats.funnels.rows import put_funnel_back
from tracker.stats.goals.rows import put_goal_back

_PUT_BACK: Mapping[Thing, PutBack] = {
    Thing.KIND_RULE: put_rule_back,
    Thing.FIT_RULE: put_fit_rule_back,
    Thing.VIEW: put_view_back,
    Thing.LIST: put_list_back,
    Thing.ALERT: put_alert_back,
    Thing.GOAL: put_goal_back,
    Thing.FUNNEL: put_funnel_back,
}
_NAMES = {
    Thing.KIND_RULE: message("Rule: %(name)s"),
    Thing.FIT_RULE: message("Fit: %(name)s"),
    Thing.VIEW: message("View: %(name)s"),
    Thing.LIST: message("List: %(name)s"),
    Thing.ALERT: message("Alert: %(name)s"),
    Thing.GOAL: message("Goal: %(name)s"),
    Thing.FUNNEL: message("Funnel: %(name)s"),
}
# What belongs to the work with companies; all else is a setting of the site.
_OF_WORK = (Thing.VIEW, Thing.LIST)


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("trash", __name__, url_prefix="/<domain:site>/trash")

    @blueprint.post("/undo")
    def undo(site: str) -> Response:
        """Brings back what was removed. It leads back to the page that asks."""
        found, number = site_or_404(context, site, Action.WORK_WITH_COMPANIES), read_number(request.form, "removed")
        removed = trash_of(context.app_db, found.id, now=context.now())
        for one in removed:
            if one.number == number:
                found = site_or_404(context, site, _action(one))
        back = redirect(local_url(request.form.get("next"), url_for("work_settings.show", site=found.domain)))
        try:
            now = context.now()
            back_again = None if number is None else bring_back(context.app_db, found.id, number, _PUT_BACK, now=now)
        except Invalid as problem:
            flash(describe_problem(problem), "error")
            return back
        if back_again is None:
            flash(_("This was undone already."))
        else:
            flash(_("“%(name)s” is back.", name=back_again.name))
        return back

    @blueprint.app_context_processor
    def trash() -> dict[str, Any]:
        """For the pages where such things are made: what was removed of them, each with its name and who removed it."""
        return {"trash": lambda site, *things: _listed(context, site, things)}

    return blueprint


def told_undoable(removed: Removed | None, text: str) -> None:
    """Says what was removed, with a button that undoes it; of what was gone already the text alone."""
    flash(text, f"trash:{removed.number}" if removed is not None else "message")


def _listed(context: Context, site: Site, things: tuple[str, ...]) -> list[tuple[Removed, str, str, bool]]:
    """What was removed, as (it, its name, who removed it, whether this person may bring it back)."""
    people = {user.email: user.name or user.email for user in list_users(context.app_db)}
    return [
        (one, _name(one), people.get(one.removed_by or "", one.removed_by) or "webleads", allowed(_action(one), site))
        for one in trash_of(context.app_db, site.id, now=context.now())
        if not things or one.thing in things
    ]


def _action(one: Removed) -> Action:
    return Action.WORK_WITH_COMPANIES if one.thing in _OF_WORK else Action.CHANGE_SETTINGS


def _name(one: Removed) -> str:
    return translate(current_language(), _NAMES[one.thing], name=one.name)
