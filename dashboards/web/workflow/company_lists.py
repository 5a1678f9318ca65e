"""The lists of companies of a site: import a file, say what of it matched, remove a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.forms import read_number
from dashboards.web.workflow.shown import work_choices
from dashboards.web.workflow.trash import told_undoable
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.leads.workflow.list_files import MOST_BYTES, ReadList, read_list
from tracker.leads.workflow.lists import all_lists, matched_lines, remove_list, save_list
from tracker.leads.workflow.names import known_names
from tracker.leads.workflow.vocabulary import Kind
from tracker.service.context import Context

_MOST_TOLD = 50


@dataclass(frozen=True)
class ImportReport:
    """What became of a file: the companies that its lines matched, and the lines that matched none or were refused."""

    name: str
    read: ReadList
    matched: list[tuple[str, list[str]]]
    unmatched: list[str]


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("lists", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/lists")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site))

    @blueprint.post("/lists")
    def take(site: str) -> Response:
        """Imports a file as a list, or in the place of the list with its name, and says what matched."""
        selection = selection_or_404(context, site, Action.WORK_WITH_COMPANIES)
        try:
            return make_response(_page(context, selection, report=_import(context, selection.site)))
        except Invalid as problem:
            return make_response(_page(context, selection, problem=describe_problem(problem)), 422)

    @blueprint.post("/lists/remove")
    def remove(site: str) -> Response:
        found, number = site_or_404(context, site, Action.WORK_WITH_COMPANIES), read_number(request.form, "list")
        try:
            seen = request.form.get("version")
            by, now = current_user.email, context.now()
            gone = None if number is None else remove_list(context.app_db, found.id, number, by=by, now=now, seen=seen)
        except ChangedMeanwhileError as problem:
            flash(_("Somebody else has imported the list %(name)s again meanwhile, so it was not removed.", name=problem.present), "error")  # fmt: skip
            return redirect(url_for("lists.show", site=found.domain))
        if gone:
            told_undoable(gone, _("The list %(name)s is removed.", name=gone.name))
        return redirect(url_for("lists.show", site=found.domain))

    return blueprint


def _import(context: Context, site: Site) -> ImportReport:
    form, sent = request.form, request.files.get("file")
    content = sent.read() if sent is not None and sent.filename else form.get("lines", "").encode()
    read = read_list(content)
    kind = form.get("kind", "")
    name = form.get("name", "")
    save_list(
        *(context.app_db, site.id, name, Kind(kind) if kind in list(Kind) else None, read.entries),
        by=current_user.email,
        now=context.now(),
    )
    known = known_names(context.event_store, site.stored_as)
    found = matched_lines(read.entries, known.names_and_domains())
    matched = {line: sorted(known.corrections.mapped(names)) for line, names in found.items()}
    unmatched = [one.written for one in read.entries if one.line not in matched]
    pairs = [(one.written, matched[one.line]) for one in read.entries if one.line in matched]
    return ImportReport(" ".join(name.split()), read, pairs, unmatched)


def _page(
    context: Context, selection: Selection, *, report: ImportReport | None = None, problem: str | None = None
) -> str:
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in ("name", "kind", "lines")} if problem else {}
    return render_template(
        "lists.html",
        lists=all_lists(context.app_db, selection.site.id),
        report=report,
        problem=problem,
        typed=typed,
        most=_MOST_TOLD,
        most_bytes=MOST_BYTES,
        **work_choices(context, selection.site),
        **head(context, selection),
    )
