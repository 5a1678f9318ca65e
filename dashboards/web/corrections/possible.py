"""Possible companies of a site, each with what its visitors did, and one click: a company, a provider, or don't know."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.corrections.possible_shown import possible_rows
from dashboards.web.language import current_language
from dashboards.web.rendering import selection_url
from dashboards.web.site.pages import head, selection_or_404
from tracker.accounts.permissions import Action
from tracker.leads.confirmations import confirm_company, take_back_confirmation
from tracker.leads.corrections.changes import NotACorrection, TooManyCorrections, make
from tracker.leads.corrections.rules import Kind
from tracker.leads.possible import possible_companies
from tracker.service.context import Context

_MOST_SHOWN = 200


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("possible", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/possible")
    def show(site: str) -> str:
        selection = selection_or_404(context, site)
        found = possible_companies(context.event_store, selection.scope, confirmed=selection.site.confirmed_names)
        rows = possible_rows(current_language(), found[:_MOST_SHOWN])
        return render_template(
            "possible.html",
            likely=[one for one in rows if one.points >= 0],
            unlikely=[one for one in rows if one.points < 0],
            number=len(found),
            **head(context, selection),
        )

    @blueprint.post("/possible")
    def judge(site: str) -> Response:
        """The publisher's word on a possible company, for past and future visits: `company`, `provider` or `unknown`."""
        selection = selection_or_404(context, site, Action.CONFIRM_COMPANY)
        name, verdict = request.form.get("company", ""), request.form.get("verdict")
        database, by, now = context.app_db, current_user.email, context.now()
        try:
            if verdict == "company":
                confirm_company(database, selection.site.id, name, by=by, now=now)
                flash(_("%(company)s is a lead from now on, its earlier visits included.", company=name))
            elif verdict == "provider":
                make(database, selection.site.id, Kind.NOT_A_COMPANY, name, None, by=by, now=now)
                flash(
                    _(
                        "%(company)s is not shown any more, its earlier visits included. You can undo this under Corrections.",
                        company=name,
                    )
                )
            elif verdict == "unknown":
                take_back_confirmation(database, selection.site.id, name)
                flash(_("%(company)s stays among the possible companies.", company=name))
            else:
                abort(400)
        except NotACorrection:
            abort(400)
        except TooManyCorrections:
            flash(_("Nothing was changed: there are as many corrections as can be. Undo one first."), "error")
        return redirect(selection_url(selection, "possible.show"))

    return blueprint
