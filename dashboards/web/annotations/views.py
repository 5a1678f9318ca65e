"""The page of a site's annotations: listed, added, edited, removed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.annotations.marks import day_in_words
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.service.context import Context
from tracker.sites.annotations import (
    LONGEST,
    add_annotation,
    annotations_of,
    change_annotation,
    remove_annotation,
    version_of_annotation,
)


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("annotations", __name__, url_prefix="/<domain:site>/annotations")

    @blueprint.get("")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site, Action.VIEW_SETTINGS), {})

    @blueprint.post("")
    def add(site: str) -> Response | tuple[str, int]:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        try:
            add_annotation(context.app_db, selection.site.id, **_typed(), by=current_user.email, now=context.now())
        except Invalid as problem:
            return _page(context, selection, {"problem": describe_problem(problem), "typed": request.form}), 422
        flash(_("The annotation is saved."))
        return redirect(url_for("annotations.show", site=selection.site.domain))

    @blueprint.post("/<number:number>/change")
    def change(site: str, number: int) -> Response | tuple[str, int]:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        seen = request.form.get("version")
        typed: dict[str, Any] = {"typed": request.form, "problem_of": number}
        try:
            found = change_annotation(context.app_db, selection.site.id, number, **_typed(), seen=seen)
        except Invalid as problem:
            return _page(context, selection, typed | {"problem": describe_problem(problem)}), 422
        except ChangedMeanwhileError as problem:
            return _page(context, selection, typed | {"theirs": problem.present}), 409
        flash(_("The annotation is saved.") if found else _("That annotation was removed already."))
        return redirect(url_for("annotations.show", site=selection.site.domain))

    @blueprint.post("/<number:number>/remove")
    def remove(site: str, number: int) -> Response:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        gone = remove_annotation(context.app_db, selection.site.id, number)
        flash(_("The annotation is removed.") if gone else _("That annotation was removed already."))
        return redirect(url_for("annotations.show", site=selection.site.domain))

    return blueprint


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("day", "hour", "text")}


def _page(context: Context, selection: Selection, typed: dict[str, Any]) -> str:
    found = annotations_of(context.app_db, selection.site.id)
    return render_template(
        "annotations.html",
        annotations_listed=[
            {
                "number": one.id,
                "when": day_in_words(one.day, one.hour),
                "day": one.day.isoformat(),
                "hour": "" if one.hour is None else one.hour,
                "text": one.text,
                "by": one.created_by,
                "version": version_of_annotation(one),
            }
            for one in reversed(found)
        ],
        today=context.now().astimezone(selection.zone).date().isoformat(),
        longest=LONGEST,
        **{"problem": None, "problem_of": None, "typed": {}, "theirs": None} | typed,
        **head(context, selection),
    )
