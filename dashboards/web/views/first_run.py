"""The first user, created with the one-time link that `webleads serve` prints. There is no default password."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dashboards.web.language import current_language
from dashboards.web.sign_in import login
from dashboards.web.site.forms import describe_problem
from tracker.accounts.one_time_links import link_works, redeem_link
from tracker.accounts.passwords import MIN_PASSWORD
from tracker.accounts.users import check_choice, count_users, create_user
from tracker.db.invalid import Invalid
from tracker.service.context import Context

PURPOSE = "first-user"


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("first_run", __name__)

    @blueprint.get("/setup/<token>")
    def show(token: str) -> tuple[str, int] | str:
        if count_users(context.app_db) or not link_works(context.app_db, token, PURPOSE, now=context.now()):
            return _used_up()
        return render_template("first_run.html", email="", problem=None, least=MIN_PASSWORD)

    @blueprint.post("/setup/<token>")
    def create(token: str) -> tuple[str, int] | Response:
        if count_users(context.app_db) or not link_works(context.app_db, token, PURPOSE, now=context.now()):
            return _used_up()
        email, password = request.form.get("email", ""), request.form.get("password", "")
        try:
            check_choice(context.app_db, email, password)  # before the link is used up
        except Invalid as problem:
            return render_template(
                "first_run.html", email=email, problem=describe_problem(problem), least=MIN_PASSWORD
            ), 422
        if not redeem_link(context.app_db, token, PURPOSE, now=context.now()):
            return _used_up()
        user = create_user(context.app_db, email, password, now=context.now(), language=current_language())
        login.sign_in(context, user)
        return redirect(url_for("sites.add"))

    return blueprint


def _used_up() -> tuple[str, int]:
    return render_template("link_used.html"), 410
