"""What the people of a site agree on for their work: statuses, rules for relationships, the view of the weekly email."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation.workflow import codes_of_statuses
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.shown import words
from dashboards.web.workflow.trash import told_undoable
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.leads.workflow.agreements import add_rule, agree, agreements, remove_rule, rename_status, version
from tracker.leads.workflow.kind_rules import RULED, make_rule, write_rules
from tracker.leads.workflow.views import all_views
from tracker.leads.workflow.vocabulary import KIND_NAMES
from tracker.service.context import Context


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("work_settings", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/work-settings")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site, Action.VIEW_SETTINGS))

    @blueprint.post("/work-settings")
    def change(site: str) -> Response:
        selection, form = selection_or_404(context, site, Action.CHANGE_SETTINGS), request.form
        known_statuses = agreements(context.app_db, selection.site.id).statuses
        codes = codes_of_statuses(form.get("statuses", "").splitlines(), known_statuses)
        view, seen = form.get("email_view", ""), form.get("version")
        known = {one.key for one in all_views(context.app_db, selection.site.id)}
        try:
            email_view = view if view in known else None
            agree(
                *(context.app_db, selection.site.id),
                statuses=codes,
                email_view=email_view,
                counts_all_companies="leaves_out" not in form,
                seen=seen,
            )
        except Invalid as problem:
            return make_response(_page(context, selection, problem=describe_problem(problem)), 422)
        except ChangedMeanwhileError:
            return make_response(_page(context, selection, is_changed=True), 409)
        flash(_("The settings are saved. They apply from now on."))
        return redirect(url_for("work_settings.show", site=selection.site.domain))

    @blueprint.post("/work-settings/rename")
    def rename(site: str) -> Response:
        """Gives a status another name; companies keep it."""
        selection, form = selection_or_404(context, site, Action.CHANGE_SETTINGS), request.form
        try:
            rename_status(context.app_db, selection.site.id, form.get("status", ""), form.get("status_name", ""))
        except Invalid as problem:
            return make_response(_page(context, selection, problem=describe_problem(problem)), 422)
        flash(_("The status is renamed. Companies that have it keep it."))
        return redirect(url_for("work_settings.show", site=selection.site.domain))

    @blueprint.post("/work-settings/rules")
    def add(site: str) -> Response:
        selection, form = selection_or_404(context, site, Action.CHANGE_SETTINGS), request.form
        try:
            made = make_rule(*(form.get(name, "") for name in ("kind", "dimension", "operator", "value")))
            add_rule(context.app_db, selection.site.id, made)
        except Invalid as problem:
            return make_response(_page(context, selection, problem=describe_problem(problem)), 422)
        flash(_("The rule is saved. It holds for earlier visits too."))
        return redirect(url_for("work_settings.show", site=selection.site.domain))

    @blueprint.post("/work-settings/rules/remove")
    def remove(site: str) -> Response:
        found, gone = site_or_404(context, site, Action.CHANGE_SETTINGS), request.form.get("rule", "")
        removed = remove_rule(context.app_db, found.id, gone, by=current_user.email, now=context.now())
        told_undoable(removed, _("The rule is removed."))
        return redirect(url_for("work_settings.show", site=found.domain))

    return blueprint


def _page(context: Context, selection: Selection, *, problem: str | None = None, is_changed: bool = False) -> str:
    site, said = selection.site, words(context, selection.site)
    agreed = agreements(context.app_db, site.id)
    typed = request.form.get("statuses") if problem or is_changed else None
    lines = "\n".join(said.status(one.code) for one in said.statuses)
    view = request.form.get("email_view") if is_changed else agreed.email_view
    return render_template(
        "work_settings.html",
        status_lines=lines if typed is None else typed,
        statuses=[(one.code, said.status(one.code)) for one in said.statuses],
        theirs=lines if is_changed else None,
        version=version(agreed),
        leaves_out="leaves_out" in request.form if typed is not None else not agreed.counts_all_companies,
        views=all_views(context.app_db, site.id),
        email_view=view,
        rules=[(write_rules([one]), said.kind(one.kind), one.filter) for one in agreed.kind_rules],
        kinds=[(kind.value, said.kind(kind)) for kind in KIND_NAMES],
        ruled=[(one.value, one.definition.label) for one in RULED],
        problem=problem,
        **head(context, selection),
    )
