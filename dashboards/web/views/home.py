"""The page `/`: the first steps, the sign-in page, the only site or the list of sites."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.sign_in.permission import require
from tracker.accounts.permissions import Action
from tracker.accounts.users import count_users
from tracker.service.context import Context
from tracker.sites.sites import find_sites


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("home", __name__)

    @blueprint.get("/")
    def show() -> str | Response:
        if count_users(context.app_db) == 0:
            return render_template("no_user.html")
        if not current_user.is_authenticated:
            return redirect(url_for("sign_in.show"))
        require(Action.LIST_SITES)
        found = find_sites(context.app_db)
        return redirect(url_for("overview.show", site=found[0].domain) if len(found) == 1 else url_for("sites.index"))

    return blueprint
