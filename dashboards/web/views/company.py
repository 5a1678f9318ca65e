"""One company as a site's publisher sees it: score and its reasons, visits, how it was recognised, and their own word."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation.lead_rows import lead_rows
from dashboards.presentation.timeline import stories
from dashboards.web.language import current_language
from dashboards.web.rendering import selection_url
from dashboards.web.site.pages import head, selection_or_404
from tracker.accounts.permissions import Action
from tracker.leads.confirmations import confirm_company, take_back_confirmation
from tracker.leads.report import company_visits, leads
from tracker.service.context import Context

_VISITS = 40


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("company", __name__, url_prefix="/<domain:site>")

    # A name may hold slashes, two in a row as well.
    @blueprint.get("/leads/<path:name>", merge_slashes=False)
    def show(site: str, name: str) -> str:
        selection, language = selection_or_404(context, site), current_language()
        # All leads are read, so that a company has the score here that it has in the list.
        confirmed = selection.site.confirmed_names
        rows = lead_rows(language, leads(context.event_store, selection.scope, confirmed=confirmed))
        lead = next((one for one in rows if one.company == name), None)
        only_sure = lead is not None and lead.sure and name not in confirmed
        found = company_visits(context.event_store, selection.scope, name, only_sure=only_sure, limit=_VISITS)
        visits = stories(language, found)
        return render_template(
            "company.html",
            name=name,
            lead=lead,
            confirmed=name in confirmed,
            visits=visits,
            more_visits=max(lead.visits - len(visits), 0) if lead else 0,
            **head(context, selection),
        )

    @blueprint.post("/leads/<path:name>", merge_slashes=False)
    def judge(site: str, name: str) -> Response:
        """The publisher's word on a company that only its visitor named: `verdict` is `confirm` or `take_back`."""
        selection, verdict = selection_or_404(context, site, Action.CONFIRM_COMPANY), request.form.get("verdict")
        if verdict == "confirm":
            confirm_company(context.app_db, selection.site.id, name, by=current_user.email, now=context.now())
            flash(_("The company is confirmed: it counts as a lead from now on, its earlier visits included."))
        elif verdict == "take_back":
            take_back_confirmation(context.app_db, selection.site.id, name)
            flash(_("The confirmation is taken back."))
        else:
            abort(400)
        return redirect(selection_url(selection, "company.show", name=name))

    return blueprint
