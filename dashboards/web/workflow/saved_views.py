"""Saves the list of leads as a view with a name, and removes one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.local_url import local_url
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import site_or_404
from dashboards.web.workflow.columns import SORTS, USUAL, WITH_FIT, chosen_columns
from dashboards.web.workflow.forms import read_number
from dashboards.web.workflow.trash import told_undoable
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.leads.workflow.views import remove_view, save_view
from tracker.service.context import Context
from tracker.stats.filters import FilterError
from tracker.stats.filters.json import read_stored


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("lead_views", __name__, url_prefix="/<domain:site>")

    @blueprint.post("/lead-views")
    def save(site: str) -> Response:
        found, form = site_or_404(context, site, Action.WORK_WITH_COMPANIES), request.form
        back = local_url(form.get("next"), url_for("leads.show", site=found.domain))
        columns = chosen_columns(form.getlist("c"))
        try:
            saved = save_view(
                context.app_db,
                found.id,
                form.get("name", ""),
                read_stored(form.get("filters", "")),
                sort=form["sort"] if form.get("sort") in SORTS else "score",
                columns=() if columns in (USUAL, WITH_FIT) else columns,
                by=current_user.email,
                now=context.now(),
            )
        except Invalid as problem:
            flash(describe_problem(problem), "error")
            return redirect(back)
        except FilterError:
            flash(_("The filters of this page were not understood. Reload it and save again."), "error")
            return redirect(back)
        flash(_("The view “%(name)s” is saved.", name=saved.name))
        return redirect(url_for("leads.show", site=found.domain, view=saved.key))

    @blueprint.post("/lead-views/remove")
    def remove(site: str) -> Response:
        found, number = site_or_404(context, site, Action.WORK_WITH_COMPANIES), read_number(request.form, "view")
        try:
            seen = request.form.get("version")
            by, now = current_user.email, context.now()
            gone = None if number is None else remove_view(context.app_db, found.id, number, by=by, now=now, seen=seen)
        except ChangedMeanwhileError as problem:
            flash(_("Somebody else has saved the view %(name)s meanwhile, so it was not removed. This is how it is now.", name=problem.present), "error")  # fmt: skip
            return redirect(local_url(request.form.get("next"), url_for("leads.show", site=found.domain)))
        if gone:
            told_undoable(gone, _("The view “%(name)s” is removed.", name=gone.name))
        return redirect(url_for("leads.show", site=found.domain))

    return blueprint
