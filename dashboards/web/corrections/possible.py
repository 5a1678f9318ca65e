"""Possible companies of a site, each with what its visitors did, and one click: a company, a provider, or don't know."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.corrections.possible_shown import possible_rows
from dashboards.web.language import current_language
from dashboards.web.site.links import selection_url
from dashboards.web.site.pages import head, selection_or_404
from tracker.accounts.permissions import Action
from tracker.leads.confirmations import confirmed_names, names_in_events
from tracker.leads.corrections.changes import NotACorrection, TooManyCorrections
from tracker.leads.possible.companies import possible_companies
from tracker.leads.possible.verdicts import Verdict, judge_company
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.goals import goals_of
from tracker.stats.rollups.moment import moment

_MOST_SHOWN = 200
# From so many points on the visits speak for a company, and below the other they are put away as a provider's.
_LIKE_A_COMPANY, _LIKE_A_PROVIDER = 20, -10


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("possible", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/possible")
    def show(site: str) -> str:
        selection = selection_or_404(context, site)
        with moment(context.event_store) as page:  # what the company's own page says is of the same figures
            found = possible_companies(
                page,
                selection.scope_of_companies,
                confirmed=confirmed_names(page, selection.site),
                goals=goals_of(selection.site),
            )
        rows = possible_rows(current_language(), found[:_MOST_SHOWN])
        return render_template(
            "possible.html",
            likely=[one for one in rows if one.points >= _LIKE_A_COMPANY],
            open=[one for one in rows if _LIKE_A_PROVIDER <= one.points < _LIKE_A_COMPANY],
            unlikely=[one for one in rows if one.points < _LIKE_A_PROVIDER],
            number=len(found),
            last_event_at=None if rows else traffic.last_event_at(context.event_store, selection.site.stored_as),
            **head(context, selection),
        )

    @blueprint.post("/possible")
    def judge(site: str) -> Response:
        """The publisher's word on a possible company, for past and future visits: `company`, `provider` or `unknown`."""
        selection = selection_or_404(context, site, Action.CONFIRM_COMPANY)
        name, said = request.form.get("company", ""), request.form.get("verdict", "")
        if said not in set(Verdict):
            abort(400)
        messages = {
            Verdict.COMPANY: _("%(company)s is a lead from now on, its earlier visits included.", company=name),
            Verdict.PROVIDER: _(
                "%(company)s is not shown any more, its earlier visits included. You can undo this under Corrections.",
                company=name,
            ),
            Verdict.UNKNOWN: _("%(company)s stays among the possible companies.", company=name),
        }
        verdict = Verdict(said)
        try:
            names = names_in_events(context.event_store, selection.site, name)
            judge_company(
                *(context.app_db, selection.site.id, name, verdict),
                names=names,
                by=current_user.email,
                now=context.now(),
            )
            flash(messages[verdict])
        except NotACorrection:
            abort(400)
        except TooManyCorrections:
            flash(_("Nothing was changed: there are as many corrections as can be. Undo one first."), "error")
        return redirect(selection_url(selection, "possible.show"))

    return blueprint
