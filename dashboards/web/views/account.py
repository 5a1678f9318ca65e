"""What a signed-in person changes for themselves: the password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.translations import translate
from dashboards.web import login
from dashboards.web.context import DashboardContext
from dashboards.web.language import current_language
from tracker.db.invalid import Invalid
from tracker.db.users import MIN_PASSWORD, authenticate, set_password


def create_blueprint(context: DashboardContext) -> Blueprint:
    blueprint = Blueprint("account", __name__)

    @blueprint.get("/account")
    def show() -> str:
        return render_template("account.html", problem=None, least=MIN_PASSWORD)

    @blueprint.post("/account")
    def change_password() -> tuple[str, int] | Response:
        """Every other login of this person ends with it."""
        now, new = context.now(), request.form.get("new_password", "")
        user = authenticate(context.db, current_user.email, request.form.get("password", ""), now=now)
        if user is None:
            return _refused(_("The present password is not right."))
        try:
            changed = set_password(context.db, user.id, new)
        except Invalid as problem:
            return _refused(translate(current_language(), problem.template, **problem.values))
        login.sign_in(changed)
        flash(_("The password is changed. Other devices have to sign in again."))
        return redirect(url_for("account.show"))

    return blueprint


def _refused(problem: str) -> tuple[str, int]:
    return render_template("account.html", problem=problem, least=MIN_PASSWORD), 422
