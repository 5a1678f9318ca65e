"""The page of a site's funnels: one of them with its figures, and the forms that add, edit and remove them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation import numbers
from dashboards.web.funnels.companies import CompaniesInOrder
from dashboards.web.funnels.shown import in_all, step_rows
from dashboards.web.funnels.words import goal_names, step_typed
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import allowed
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.links import selection_url
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.trash import told_undoable
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid, about
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.service.context import Context
from tracker.stats.breakdowns import breakdown
from tracker.stats.dimensions import Dimension
from tracker.stats.funnels import MOST_DAYS, MOST_STEPS, Funnel, Step, reached_by
from tracker.stats.funnels.figures import funnel_figures
from tracker.stats.funnels.rows import (
    LONGEST_NAME,
    LONGEST_STEP,
    add_funnel,
    change_funnel,
    funnels_of,
    read_step,
    remove_funnel,
    version_of_funnel,
)
from tracker.stats.goals import Goal, goals_of
from tracker.stats.rollups.moment import moment

# So many fields for steps are open at first; a click opens the others.
_FIELDS = 3
_OFFERED_PAGES = 20


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("funnels", __name__, url_prefix="/<domain:site>/funnels")

    @blueprint.get("")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site), {})

    @blueprint.post("")
    def add(site: str) -> Response | tuple[str, int]:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        try:
            number = add_funnel(
                context.app_db, selection.site.id, **_typed(selection), by=current_user.email, now=context.now()
            )
        except Invalid as problem:
            return _page(context, selection, {"problem": describe_problem(problem), "typed": True}), 422
        flash(_("The funnel is saved. It counts earlier visits as well."))
        return redirect(selection_url(selection, "funnels.show", funnel=number))

    @blueprint.post("/<number:number>/change")
    def change(site: str, number: int) -> Response | tuple[str, int]:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        typed: dict[str, Any] = {"typed": True, "problem_of": number}
        try:
            seen = request.form.get("version")
            found = change_funnel(context.app_db, selection.site.id, number, **_typed(selection), seen=seen)
        except Invalid as problem:
            return _page(context, selection, typed | {"problem": describe_problem(problem)}), 422
        except ChangedMeanwhileError as problem:
            return _page(context, selection, typed | {"theirs": problem.present}), 409
        flash(_("The funnel is saved.") if found else _("That funnel was removed already."))
        return redirect(selection_url(selection, "funnels.show", funnel=number if found else None))

    @blueprint.post("/<number:number>/remove")
    def remove(site: str, number: int) -> Response | tuple[str, int]:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        by, seen = current_user.email, request.form.get("version")
        try:
            gone = remove_funnel(context.app_db, selection.site.id, number, by=by, now=context.now(), seen=seen)
        except ChangedMeanwhileError as problem:
            return _page(context, selection, {"not_removed": problem.present, "problem_of": number}), 409
        told_undoable(gone, _("The funnel is removed.") if gone else _("That funnel was removed already."))
        return redirect(selection_url(selection, "funnels.show"))

    return blueprint


def _typed(selection: Selection) -> dict[str, Any]:
    """The funnel that a form describes. Raises Invalid."""
    form, goals = request.form, goals_of(selection.site)
    names = goal_names(current_language(), goals)
    with about("step"):
        # One too many is refused; a form of a hundred thousand is not read to its end for that.
        texts = [text for text in form.getlist("step") if text.strip()][: MOST_STEPS + 1]
        steps = [read_step(text, goals, names) for text in texts]
    return {
        "name": form.get("name", ""),
        "steps": steps,
        "days": form.get("days", "") if form.get("within") == "days" else "",
        "in_order": form.get("order") != "any",
    }


def _page(context: Context, selection: Selection, typed: dict[str, Any]) -> str:
    language, goals = current_language(), goals_of(selection.site)
    funnels = funnels_of(context.app_db, selection.site.id)
    asked = str(typed.get("problem_of") or request.args.get("funnel", ""))
    chosen = next((one for one in funnels if str(one.number) == asked), funnels[0] if funnels else None)
    may_change = allowed(Action.CHANGE_SETTINGS, selection.site)
    with moment(context.event_store) as store:
        of_page = replace(context, event_store=store)
        shown = {} if chosen is None else _shown(of_page, selection, chosen, goals, language)
        pages = breakdown(store, selection.scope, Dimension.PAGE, limit=_OFFERED_PAGES)["value"] if may_change else ()
    return render_template(
        "funnels.html",
        funnels=funnels,
        chosen=chosen,
        may_change=may_change,
        offered=[*goal_names(language, goals).values(), *(path for path in pages if path)] if may_change else [],
        new=_fields(language, _usual(goals), goals),
        edited=None if chosen is None else _fields(language, chosen, goals),
        version=None if chosen is None else version_of_funnel(chosen),
        open_fields=_FIELDS,
        most_steps=MOST_STEPS,
        most_days=MOST_DAYS,
        longest=LONGEST_NAME,
        longest_step=LONGEST_STEP,
        **shown,
        typed_again=_typed_again() if typed.get("typed") else None,
        **{"problem": None, "problem_of": None, "typed": False, "theirs": None, "not_removed": None} | typed,
        **head(context, selection),
    )


def _shown(
    context: Context, selection: Selection, funnel: Funnel, goals: Sequence[Goal], language: str
) -> dict[str, Any]:
    """The template variables of the funnel that is shown."""
    steps = [step for step in reached_by(funnel.steps, goals) if step is not None]
    if len(steps) < len(funnel.steps):
        return {"rows": [], "lacks_goal": True}
    found = funnel_figures(context.event_store, selection.scope, steps, days=funnel.days, in_order=funnel.in_order)
    return {
        "rows": step_rows(language, funnel, goals, found, CompaniesInOrder(context, selection))
        if found.steps[0].reached
        else [],
        "in_all": in_all(language, funnel, found),
        "lasting": [numbers.count(language, number) for number in found.lasting],
    }


def _fields(language: str, funnel: Funnel, goals: Sequence[Goal]) -> dict[str, Any]:
    """A funnel as its form shows it."""
    return {
        "name": funnel.name,
        "steps": [step_typed(language, step, goals) for step in funnel.steps],
        "days": funnel.days or "",
        "in_order": funnel.in_order,
    }


def _typed_again() -> dict[str, Any]:
    """What was typed and refused, as the form shows it."""
    form = request.form
    steps = [text for text in form.getlist("step") if text.strip()][:MOST_STEPS]
    return {
        "name": form.get("name", ""),
        "steps": steps,
        "days": form.get("days", "") if form.get("within") == "days" else "",
        "in_order": form.get("order") != "any",
    }


def _usual(goals: Sequence[Goal]) -> Funnel:
    """What the form for a new funnel begins with: from any page to the first goal."""
    steps = [read_step("*", goals), *(read_step(f"goal:{goal.key}", goals) for goal in goals[:1])]
    return Funnel(0, "", tuple[Step, ...](steps))
