"""The page on which whoever has the one-time link chooses a new password. They sign in with it afterwards.

Source: OWASP's Forgot Password cheat sheet.
"""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards.web.outgoing_mail import OutgoingMail
from dashboards.web.people.password_notice import tell_of_new_password
from dashboards.web.site.forms import describe_problem
from tracker.accounts.password_resets import reset_password, user_to_reset
from tracker.accounts.passwords import MIN_PASSWORD
from tracker.db.invalid import Invalid
from tracker.service.context import Context


def create_blueprint(context: Context, mail: OutgoingMail) -> Blueprint:
    blueprint = Blueprint("new_password", __name__)

    @blueprint.get("/new-password/<token>")
    def show(token: str) -> Response:
        user = user_to_reset(context.app_db, token, now=context.now())
        return _over() if user is None else _form(user.email)

    @blueprint.post("/new-password/<token>")
    def change(token: str) -> Response:
        user = user_to_reset(context.app_db, token, now=context.now())
        if user is None:
            return _over()
        try:
            changed = reset_password(context.app_db, token, request.form.get("new_password", ""), now=context.now())
        except Invalid as problem:
            return _form(user.email, describe_problem(problem))
        if changed is None:
            return _over()
        tell_of_new_password(context, mail, changed)
        flash(_("Your password is changed. Sign in with the new one."))
        return redirect(url_for("sign_in.show"))

    return blueprint


def _form(email: str, problem: str | None = None) -> Response:
    page = render_template("new_password.html", email=email, problem=problem, least=MIN_PASSWORD)
    return make_response(page, 422 if problem else 200)


def _over() -> Response:
    return make_response(render_template("link_over.html", what="password"), 410)
