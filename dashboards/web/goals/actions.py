"""The pages of actions: all of a period, and one with its properties, each a filter."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from dashboards.presentation import numbers
from dashboards.web.goals.panels import action_name, action_rows
from dashboards.web.language import current_language
from dashboards.web.pages import page_number
from dashboards.web.sign_in.permission import allowed
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action as Permission
from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.service.context import Context
from tracker.stats.dimensions import Dimension
from tracker.stats.goals import KIND_NAMES, Kind, goals_of
from tracker.stats.goals.actions import Action, action, actions, properties
from tracker.stats.goals.received import Counts, Received, counts_already, is_goal
from tracker.stats.rollups.moment import moment

_PAGE = 100
# What filters an action of a kind.
_FILTERED_BY = {Kind.FORM: Dimension.FORM, Kind.DOWNLOAD: Dimension.LINK, Kind.LINK: Dimension.LINK}


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("actions", __name__, url_prefix="/<domain:site>/actions")

    @blueprint.get("")
    def show(site: str) -> str:
        selection, page = selection_or_404(context, site), page_number(request.args)
        with moment(context.event_store) as store:
            found = actions(store, selection.scope, limit=_PAGE + 1, offset=(page - 1) * _PAGE)
        return render_template(
            "actions.html",
            action_rows=action_rows(current_language(), found[:_PAGE]),
            page=page,
            has_more=len(found) > _PAGE,
            **head(context, selection),
        )

    @blueprint.get("/one")
    def one(site: str) -> str:
        event, detail = request.args.get("event", ""), request.args.get("detail")
        selection = selection_or_404(context, site)
        if event in ("", PAGEVIEW, ENGAGEMENT):
            abort(404)
        with moment(context.event_store) as store:
            found = action(store, selection.scope, event, detail)
            of_keys = properties(store, selection.scope, event, detail)
        language = current_language()
        values = {
            key: [
                (text, f"{key}={text}", value, round(100 * value.events / of_key[0][1].events, 1))
                for text, value in of_key
            ]
            for key, of_key in of_keys.items()
        }
        return render_template(
            "action.html",
            action=found,
            name=action_name(language, event, detail, found.kind),
            kind=KIND_NAMES[found.kind],
            filtered=_filtered(selection, found),
            properties=values,
            property_dimension=Dimension.PROPERTY,
            goal=_as_goal(selection, found),
            keep={"event": event, "detail": detail},
            count=lambda number: numbers.count(language, number),
            **head(context, selection),
        )

    return blueprint


def _filtered(selection: Selection, found: Action) -> Selection:
    """The selection with a filter for the visits that did it."""
    dimension = _FILTERED_BY.get(found.kind)
    if dimension is None:
        return selection.filtered(Dimension.EVENT, found.event)
    of_kind = selection if found.detail else selection.filtered(Dimension.EVENT, found.event)
    return of_kind.filtered(dimension, found.detail or "")


def _as_goal(selection: Selection, found: Action) -> Received | None:
    """The goal that it can be made with one click; None where it is one already or nobody here may."""
    if not allowed(Permission.CHANGE_SETTINGS, selection.site):
        return None
    pattern = found.event if found.kind is Kind.EVENT else found.detail or ""
    one = Received(found.kind, pattern, Counts(found.events, found.visits, found.companies))
    goals = goals_of(selection.site)
    is_one = is_goal(one, goals) or counts_already(one, goals) or (not pattern and found.kind is not Kind.FORM)
    return None if is_one else one
