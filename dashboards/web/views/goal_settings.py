"""A site's goals and key pages: what counts, what the site receives that could, and the forms that change it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.translations import message, translate
from dashboards.web.goals.names import PATTERN_NEEDS, proposed_name
from dashboards.web.language import current_language
from dashboards.web.local_url import local_url
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.trash import told_undoable
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError, version_of
from tracker.service.context import Context
from tracker.sites.sites import find_site
from tracker.sites.trash import Removed
from tracker.stats.goals import ANY, KIND_BY_BUILT_IN, KIND_NAMES, MOST_POINTS, POINTS, Kind, goals_of, with_unit
from tracker.stats.goals.buying_pages import buying_pages_of, write_buying_pages
from tracker.stats.goals.received import counts_already, goal_counts, is_goal, received, touched
from tracker.stats.goals.rows import (
    add_goal,
    change_buying_pages,
    change_goal,
    goal_kind,
    put_back,
    remove_goal,
    take_off,
    version_of_goal,
)
from tracker.stats.periods import Period
from tracker.stats.scope import Scope

_DAYS = 30
_MOST_PROPOSED = 12


class _Form(NamedTuple):
    """A form of the page: its URL, what it changes for a site's domain and the goal in the URL, and what is said then.

    What it removes can be brought back.
    """

    url: str
    change: Callable[[Context, str, str], Removed | None]
    done: str


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("goals", __name__, url_prefix="/<domain:site>/settings")

    @blueprint.get("/goals")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site, Action.VIEW_SETTINGS), {})

    for name, form in _FORMS.items():
        blueprint.add_url_rule(form.url, name, _saving(context, name), methods=["POST"])
    return blueprint


def _saving(context: Context, name: str) -> Callable[..., Response | tuple[str, int]]:
    """The view that makes the change that a form asks for, and shows the page again."""

    def save(site: str, goal: str = "") -> Response | tuple[str, int]:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        try:
            removed = _FORMS[name].change(context, selection.site.domain, goal)
        except Invalid as problem:
            typed = {"problem": describe_problem(problem), "problem_of": name, "typed": request.form, "of_goal": goal}
            return _page(context, selection, typed), 422
        except ChangedMeanwhileError as problem:
            typed = {"typed": request.form, "problem_of": name, "theirs": problem.present, "of_goal": goal}
            return _page(context, selection, typed), 409
        told_undoable(removed, translate(current_language(), _FORMS[name].done))
        return redirect(local_url(request.form.get("next"), url_for("goals.show", site=selection.site.domain)))

    return save


def _add(context: Context, site: str, _goal: str) -> None:
    form = request.form
    kind, pattern, name = (form.get(field, "") for field in ("kind", "pattern", "name"))
    add_goal(context.app_db, site, kind=kind, pattern=pattern, name=name, points=_points(), now=context.now())


def _change(context: Context, site: str, goal: str) -> None:
    form = request.form
    pattern, name = form.get("pattern", ""), form.get("name", "")
    seen = form.get("version")
    change_goal(context.app_db, site, goal, pattern=pattern, name=name, points=_points(), seen=seen)


def _remove(context: Context, site: str, goal: str) -> Removed | None:
    seen, by = request.form.get("version"), current_user.email
    return remove_goal(context.app_db, site, goal, by=by, now=context.now(), seen=seen)


def _take_off(context: Context, site: str, _goal: str) -> None:
    kind = goal_kind(request.form.get("kind", ""))
    take_off(context.app_db, site, kind, request.form.get("pattern", ""), now=context.now())


def _put_back(context: Context, site: str, _goal: str) -> None:
    put_back(context.app_db, site, goal_kind(request.form.get("kind", "")), request.form.get("pattern", ""))


def _pages(context: Context, site: str, _goal: str) -> None:
    form = request.form
    text = None if "reset" in form else form.get("buying_pages", "")
    change_buying_pages(context.app_db, site, text, seen=form.get("version"))


def _add_page(context: Context, site: str, _goal: str) -> None:
    found = find_site(context.app_db, site)
    assert found is not None  # the request found it
    lines = write_buying_pages(buying_pages_of(found))
    change_buying_pages(context.app_db, site, f"{lines}\n{request.form.get('add', '')} 1")


_SAVED = message("The key pages are saved.")
_FORMS = {
    "add": _Form("/goals/add", _add, message("The goal is added. It counts earlier events as well.")),
    "change": _Form("/goals/<goal>/change", _change, message("The goal is changed. It counts earlier events as well.")),
    "remove": _Form("/goals/<goal>/remove", _remove, message("The goal is removed.")),
    "take_off": _Form("/goals/take-off", _take_off, message("It no longer counts as a goal.")),
    "put_back": _Form("/goals/put-back", _put_back, message("It counts as a goal again.")),
    "key_pages": _Form("/key-pages", _pages, _SAVED),
    "add_key_page": _Form("/key-pages/add", _add_page, _SAVED),
}


def _points() -> int | None:
    """The points that were typed; None for none. Raises Invalid for another text."""
    text = request.form.get("points", "").strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(MOST_POINTS)) + 3 else 0


def _page(context: Context, selection: Selection, typed: dict[str, Any]) -> str:
    site, scope = selection.site, _lately(context, selection)
    goals, pages = goals_of(site), buying_pages_of(site)
    found = received(context.event_store, scope)
    own = [goal for goal in goals if not goal.is_built_in]
    own_found, proposed = touched(context.event_store, scope, pages)
    left_out = [(Kind(row.kind), row.pattern) for row in site.goals if not row.counts]
    offered = [one for one in found if not is_goal(one, own) and (one.kind, one.pattern) not in left_out]
    return render_template(
        "goals.html",
        goals=goals,
        versions={one.key: version_of_goal(one.name, one.pattern, one.points) for one in own},
        counts=goal_counts(context.event_store, scope, goals),
        kind_names={kind: translate(current_language(), name) for kind, name in KIND_NAMES.items()},
        offered=[
            (one, proposed_name(current_language(), one.kind, one.pattern), counts_already(one, goals))
            for one in offered
        ],
        left_out=left_out,
        any_pattern=ANY,
        with_unit=with_unit,
        built_in_kinds=list(KIND_BY_BUILT_IN.values()),
        pattern_needs=PATTERN_NEEDS,
        usual_points=POINTS,
        most_points=MOST_POINTS,
        days=_DAYS,
        buying_pages=write_buying_pages(pages),
        version=version_of(write_buying_pages(pages)),
        are_defaults=pages.are_defaults,
        found_pages=[one for one in own_found if one.pages],
        proposed=proposed[:_MOST_PROPOSED],
        **{"problem": None, "problem_of": None, "typed": {}, "theirs": None, "of_goal": None} | typed,
        **head(context, selection),
    )


def _lately(context: Context, selection: Selection) -> Scope:
    """The last days of the site, today among them."""
    today = context.now().astimezone(selection.zone).date()
    first, end = today - timedelta(days=_DAYS - 1), today + timedelta(days=1)
    return Scope(selection.site.stored_as, Period(first, end, selection.zone, "lately"))
