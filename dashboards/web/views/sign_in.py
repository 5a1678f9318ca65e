"""The way in and out."""

from __future__ import annotations

import math

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web import login
from dashboards.web.context import DashboardContext
from dashboards.web.local_address import local_address
from dashboards.web.sign_in_limit import SignInLimit
from tracker.collector.address import ClientAddress
from tracker.db.users import authenticate, count_users


def create_blueprint(context: DashboardContext, limit: SignInLimit) -> Blueprint:
    blueprint = Blueprint("sign_in", __name__)
    client = ClientAddress(context.settings.trusted_proxies, context.settings.client_ip_header)

    @blueprint.get("/sign-in")
    def show() -> str | Response:
        if count_users(context.db) == 0:
            return redirect(url_for("home.show"))
        if current_user.is_authenticated:
            return redirect(local_address(request.args.get("next")))
        return render_template("sign_in.html", email="", problem=None)

    @blueprint.post("/sign-in")
    def enter() -> tuple[str, int] | Response:
        email = request.form.get("email", "")
        address = client.of(request.environ)
        wait = limit.wait(address, email)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            problem = _("Too many tries. Wait %(seconds)s seconds, then try again.", seconds=seconds)
            return render_template("sign_in.html", email=email, problem=problem), 429
        user = authenticate(context.db, email, request.form.get("password", ""), now=context.now())
        if user is None:
            limit.failed(address, email)
            problem = _("This email and this password do not belong together.")
            return render_template("sign_in.html", email=email, problem=problem), 422
        limit.succeeded(address, email)
        login.sign_in(user)
        return redirect(local_address(request.args.get("next")))

    @blueprint.post("/sign-out")
    def leave() -> Response:
        login.sign_out()
        return redirect(url_for("sign_in.show"))

    return blueprint
