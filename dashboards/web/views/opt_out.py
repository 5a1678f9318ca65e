"""The public page about counting on one site: what is counted, and the links with which a visitor opts out.

The choice is stored in the visitor's browser for the site's own origin, which this page cannot write to. So the links
lead to the site, where the snippet stores the choice.
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
        settings = context.settings
        return render_template(
            "opt_out.html",
            site=site,
            retention_hours=settings.journal_retention_hours,
            reverse_dns=settings.reverse_dns,
        )

    return blueprint
