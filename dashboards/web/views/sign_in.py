"""Signing in and out."""

from __future__ import annotations

import math
from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.local_url import local_url
from dashboards.web.sign_in import known_device, login
from dashboards.web.sign_in.limit import Key, SignInLimit, keys_of_device, keys_of_stranger
from tracker.accounts.users import authenticate, count_users
from tracker.collector.client_ip import ClientIp
from tracker.service.context import Context


def create_blueprint(context: Context, limit: SignInLimit) -> Blueprint:
    blueprint = Blueprint("sign_in", __name__)
    client = ClientIp(context.settings.trusted_proxies, context.settings.client_ip_header)

    def keys_of(email: str) -> list[Key]:
        """Returns what a failure counts against: the device, if this email signed in on it before, else the IP address."""
        if device := known_device.device_of(email):
            return keys_of_device(device, email)
        return keys_of_stranger(client.of(request.environ), email)

    @blueprint.get("/sign-in")
    def show() -> str | Response:
        if count_users(context.app_db) == 0:
            return redirect(url_for("home.show"))
        if current_user.is_authenticated:
            return redirect(local_url(request.args.get("next")))
        return render_template("sign_in.html", email="", problem=None)

    @blueprint.post("/sign-in")
    def enter() -> Response:
        email = request.form.get("email", "")
        keys = keys_of(email)
        if wait := limit.begin(keys):
            return answer_too_many(render_template("sign_in.html", email=email, problem=describe_wait(wait)), wait)
        user = authenticate(context.app_db, email, request.form.get("password", ""), now=context.now())
        if user is None:
            problem = _("Incorrect email or password.")
            return make_response(render_template("sign_in.html", email=email, problem=problem), 422)
        limit.succeeded(keys)
        login.sign_in(context, user)
        return redirect(local_url(request.args.get("next")))

    @blueprint.post("/sign-out")
    def leave() -> Response:
        login.sign_out(context)
        return redirect(url_for("sign_in.show"))

    return blueprint


def describe_wait(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    return str(
        ngettext(
            "Too many tries. Wait %(num)s second, then try again.",
            "Too many tries. Wait %(num)s seconds, then try again.",
            seconds,
        )
    )


def answer_too_many(page: str, wait: timedelta) -> Response:
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return answer
