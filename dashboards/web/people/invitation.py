"""The page on which an invited person creates their account. Whoever has the one-time link may use it."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dashboards.web.language import current_language
from dashboards.web.sign_in import login
from dashboards.web.site.forms import describe_problem
from tracker.accounts.invitations import accept, invited_email
from tracker.accounts.passwords import MIN_PASSWORD
from tracker.db.invalid import Invalid
from tracker.service.context import Context


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("invitation", __name__)

    @blueprint.get("/invitation/<token>")
    def show(token: str) -> Response:
        email = invited_email(context.app_db, token, now=context.now())
        return _over() if email is None else _form(email)

    @blueprint.post("/invitation/<token>")
    def create(token: str) -> Response:
        email = invited_email(context.app_db, token, now=context.now())
        if email is None:
            return _over()
        name, password = request.form.get("name", ""), request.form.get("password", "")
        try:
            user = accept(
                context.app_db, token, name=name, password=password, language=current_language(), now=context.now()
            )
        except Invalid as problem:
            return _form(email, name, describe_problem(problem))
        if user is None:
            return _over()
        login.sign_in(context, user)
        return redirect(url_for("home.show"))

    return blueprint


def _form(email: str, name: str = "", problem: str | None = None) -> Response:
    page = render_template("invitation.html", email=email, name=name, problem=problem, least=MIN_PASSWORD)
    return make_response(page, 422 if problem else 200)


def _over() -> Response:
    return make_response(render_template("link_over.html", what="invitation"), 410)
