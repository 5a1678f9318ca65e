"""The public page about counting on one site: what is counted, and the links by which a visitor says no.

The wish is kept in the visitor's browser for the site itself, since another origin cannot write there: so the links
lead to the site, whose snippet acts on them.
"""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from tracker.service.context import Context
from tracker.sites.sites import find_site


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("opt_out", __name__)

    @blueprint.get("/opt-out/<domain:domain>")
    def show(domain: str) -> str:
        site = find_site(context.app_db, domain)
        if site is None:
            abort(404)
        return render_template("opt_out.html", site=site, retention_hours=context.settings.journal_retention_hours)

    return blueprint
