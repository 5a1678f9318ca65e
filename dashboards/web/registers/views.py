"""The publisher's word on which entry of a register a company is: one click, for all sites."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.corrections.views import may_everywhere
from dashboards.web.site.links import selection_url
from dashboards.web.site.pages import selection_or_404
from tracker.accounts.permissions import Action
from tracker.leads.confirmations import names_in_events
from tracker.leads.registers.choices import Chosen, choose, take_back
from tracker.leads.registers.matching import match_companies
from tracker.reference.registers.registers import registers_of
from tracker.service.context import Context

_LONGEST = 500


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("registers", __name__, url_prefix="/<domain:site>")

    @blueprint.post("/register")
    def choose_entry(site: str) -> Response:
        """`entry` is a register and a number, `REGISTER:none` for none of its companies, or `automatic`."""
        selection, form = selection_or_404(context, site, Action.CONFIRM_COMPANY), request.form
        if not may_everywhere(context):
            abort(403)
        name, domain, asked = form.get("company", ""), form.get("domain", ""), form.get("entry", "")
        if not name or max(map(len, (name, domain, asked))) > _LONGEST:
            abort(400)
        registers = registers_of(context.settings)
        names = [name, *names_in_events(context.event_store, selection.site, name)]
        register, _colon, number = asked.partition(":")
        if asked == "automatic":
            take_back(context.app_db, names, domain)
            flash(_("The choice is taken back: the name decides again."))
        else:
            is_known = number == "none" or registers.entry(register, number) is not None
            if not is_known or register not in {one.register for one in registers.editions()}:
                abort(400)
            chosen = Chosen(register, None if number == "none" else number)
            choose(context.app_db, names, domain, chosen, by=current_user.email, now=context.now())
            flash(_("The choice is kept, for all sites and for later editions of the register."))
        # The list shows it at once; the other sites follow within a minute.
        match_companies(context.app_db, context.event_store, selection.site, registers, now=context.now(), only=[name])
        return redirect(selection_url(selection, "company.show", company_id=form.get("company_id") or name))

    return blueprint
