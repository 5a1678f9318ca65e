"""Corrections to companies: a page with those of a site, the forms that make and undo them, and a file of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from dashboards.web.corrections.shown import correction_rows
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import allowed, require
from dashboards.web.site.links import selection_url
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.db.seen_version import ChangedMeanwhileError, version_of
from tracker.enrichment.text import clean_text
from tracker.leads.companies.known import known_companies
from tracker.leads.confirmations import confirmed_names
from tracker.leads.corrections.changes import (
    NotACorrection,
    TooManyCorrections,
    as_rows,
    corrections_of,
    make,
)
from tracker.leads.corrections.joining import split
from tracker.leads.corrections.networks import edited_list, leave_out_range, save_list
from tracker.leads.corrections.rules import MERGES, NAMINGS, Kind
from tracker.leads.files.tables import Column, as_csv
from tracker.leads.files.tables import Kind as CellKind
from tracker.leads.workflow.names import known_names
from tracker.service.context import Context
from tracker.sites.sites import list_sites
from tracker.stats.companies.visit_rows import scope_of_all

_MOST_TOLD = 3


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("corrections", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/corrections")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site))

    @blueprint.post("/corrections/networks")
    def networks(site: str) -> AnyResponse:
        """Saves the network list of the dashboard, or adds an IP `range` to it that names nobody."""
        selection, form = selection_or_404(context, site), request.form
        require(Action.EDIT_NETWORK_LIST)
        try:
            _change_networks(context.settings.network_list_file, form)
        except ChangedMeanwhileError as problem:
            return make_response(_page(context, selection, typed=form.get("networks"), theirs=problem.present), 409)
        return redirect(selection_url(selection, "corrections.show"))

    @blueprint.post("/corrections")
    def change(site: str) -> AnyResponse:
        """Makes the correction that the form asks for; `undo` is the number of one to take back."""
        selection, form = selection_or_404(context, site, Action.CONFIRM_COMPANY), request.form
        undone = form.get("undo", "")
        if undone:
            _take_back(context, selection.site, undone)
            flash(_("The correction is undone."))
            return redirect(selection_url(selection, "corrections.show"))
        if form.get("kind") not in set(Kind):
            abort(400)
        if form.get("all_sites"):
            _require_everywhere(context)
        site_id = None if form.get("all_sites") else selection.site.id
        kind, subject, target = Kind(form["kind"]), form.get("subject", ""), form.get("target") or None
        _make(context, site_id, _meant(context, selection.site, kind, target), subject, target)
        return redirect(selection_url(selection, "corrections.show"))

    @blueprint.get("/corrections.csv")
    def download(site: str) -> Response:
        selection = selection_or_404(context, site, Action.EXPORT_REPORTS)
        rows = as_rows(corrections_of(context.app_db, selection.site.id))
        columns = ["kind", "subject", "target", "all_sites", "made_by", "made_at"]
        return Response(
            as_csv([Column(name, CellKind.TEXT, [row[name] for row in rows]) for name in columns]),
            mimetype="text/csv",
            headers={
                "Content-Disposition": f'attachment; filename="corrections-{selection.site.domain}.csv"',
                "Cache-Control": "private, no-store",
            },
        )

    return blueprint


def _page(context: Context, selection: Selection, *, typed: str | None = None, theirs: str | None = None) -> str:
    """The page; `theirs` is the network list that somebody else saved while this person's was typed."""
    made, kept = corrections_of(context.app_db, selection.site.id), edited_list(context.settings.network_list_file)
    return render_template(
        "corrections.html",
        corrections=correction_rows(current_language(), made),
        networks=kept if typed is None else typed,
        theirs=theirs,
        version=version_of(kept if theirs is None else theirs),
        may_share=may_everywhere(context),
        **head(context, selection),
    )


def _take_back(context: Context, site: Site, written: str) -> None:
    """Takes back the correction with a number; a text that is none is of no correction."""
    made = next((one for one in corrections_of(context.app_db, site.id) if str(one.id) == written), None)
    if made is None:
        return
    if made.site_id is None:
        _require_everywhere(context)
    split(context.app_db, site.id, made.id, by=current_user.email, now=context.now())


def may_everywhere(context: Context) -> bool:
    """Whether the person may correct the companies of every site, as a correction for all sites does."""
    return all(allowed(Action.CONFIRM_COMPANY, one) for one in list_sites(context.app_db))


def _require_everywhere(context: Context) -> None:
    if not may_everywhere(context):
        abort(403)


def _make(context: Context, site_id: int | None, kind: Kind, subject: str, target: str | None) -> None:
    """Makes a correction, and says what became of it."""
    try:
        make(context.app_db, site_id, kind, subject, target, by=current_user.email, now=context.now())
    except NotACorrection:
        flash(_("Nothing was changed: enter another name, a domain or the digits of an AS number."), "error")
    except TooManyCorrections:
        flash(_("Nothing was changed: there are as many corrections as can be. Undo one first."), "error")
    else:
        flash(_("The correction holds for past and future visits. No event was changed."))
        if kind in MERGES:
            flash(
                _(
                    "%(subject)s and %(target)s are one company now, with the tags, notes and history of both. What is set for %(target)s holds, such as its status. Undo the correction to separate them.",
                    subject=subject,
                    target=target,
                )
            )


def _meant(context: Context, site: Site, kind: Kind, target: str | None) -> Kind:
    """What a correction comes to: to give a company the name of another one makes both one company.

    A possible company that is merged into one that is not certain does not become certain by that.
    """
    if kind is Kind.RENAME and not _is_another(context, site, target):
        return kind
    if kind in NAMINGS:
        return Kind.MERGE if _is_certain(context, site, target or "") else Kind.MERGE_POSSIBLE
    return kind


def _is_another(context: Context, site: Site, target: str | None) -> bool:
    """Whether a company of the site is called so already: to give its name to another one makes both one company."""
    return clean_text(target or "") in known_names(context.event_store, site.stored_as).shown


def _is_certain(context: Context, site: Site, target: str) -> bool:
    """Whether the site has a certain company of this name."""
    store = context.event_store
    scope, confirmed = scope_of_all(store, site.stored_as), confirmed_names(store, site)
    return any(one.sure for one in known_companies(store, scope, confirmed=confirmed, names=[clean_text(target)]))


def _change_networks(file: Path, form: Mapping[str, str]) -> None:
    """Saves the list, or adds the range that names nobody, and says what became of it."""
    if "range" in form:
        if leave_out_range(file, form["range"]):
            flash(_("This IP range identifies no company from now on."))
        else:
            flash(_("Nothing was changed: enter an IP range such as 192.0.2.0/24 that is not in the list."), "error")
    elif problems := save_list(file, form.get("networks", "").replace("\r\n", "\n"), seen=form.get("version")):
        flash(_("Nothing was saved. %(problems)s", problems="; ".join(problems[:_MOST_TOLD])), "error")
    else:
        flash(_("The network list is saved and holds for visits from now on."))
