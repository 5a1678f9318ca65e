"""What a signed-in person changes for themselves: name, language, password, and the devices on which they are signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.translations import LANGUAGES
from dashboards.web.language import in_language
from dashboards.web.outgoing_mail import OutgoingMail
from dashboards.web.people.password_notice import tell_of_new_password
from dashboards.web.sign_in import login
from dashboards.web.sign_in.limit import SignInLimit, keys_of_user
from dashboards.web.site.forms import describe_problem
from dashboards.web.views.sign_in import answer_too_many, describe_wait
from tracker.accounts.passwords import MIN_PASSWORD
from tracker.accounts.sessions import end_session_of, end_sessions, list_sessions
from tracker.accounts.users import authenticate, set_password, set_profile
from tracker.db.invalid import Invalid
from tracker.db.models import UserSession
from tracker.service.context import Context

# The maximum digits of a session's id in a form; the database's ids are shorter.
_MOST_DIGITS = 15


class DeviceRow(NamedTuple):
    """One device as the page lists it."""

    id: int
    name: str
    last_seen_at: datetime
    signed_in_at: datetime
    is_this_one: bool


def create_blueprint(context: Context, limit: SignInLimit, mail: OutgoingMail) -> Blueprint:
    blueprint = Blueprint("account", __name__)

    @blueprint.get("/account")
    def show() -> str:
        return _page(context)

    @blueprint.post("/account")
    def change_password() -> Response:
        """Changes the password and ends all of the user's sessions. This device gets a new one."""
        keys, now = keys_of_user(current_user.id), context.now()
        if wait := limit.begin(keys):
            return answer_too_many(_page(context, describe_wait(wait)), wait)
        user = authenticate(context.app_db, current_user.email, request.form.get("password", ""), now=now)
        if user is None:
            return make_response(_page(context, _("The current password is incorrect.")), 422)
        limit.succeeded(keys)
        try:
            changed = set_password(context.app_db, user.id, request.form.get("new_password", ""))
        except Invalid as problem:
            return make_response(_page(context, describe_problem(problem)), 422)
        login.sign_in(context, changed)
        tell_of_new_password(context, mail, changed)
        flash(_("The password is changed. Other devices have to sign in again."))
        return redirect(url_for("account.show"))

    @blueprint.post("/account/profile")
    def change_profile() -> Response:
        return _change_profile(context, request.form.get("name", ""), request.form.get("language", ""))

    @blueprint.post("/account/sign-out")
    def end_sessions_elsewhere() -> Response:
        """Ends the session with the id in the form; without an id, all sessions except this one."""
        number = request.form.get("session", "")
        if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS:
            end_session_of(context.app_db, current_user.id, int(number))
        elif not number:
            end_sessions(context.app_db, current_user.id, but=current_user.session_id)
        return redirect(url_for("account.show"))

    return blueprint


def _change_profile(context: Context, name: str, language: str) -> Response:
    if language not in LANGUAGES:
        abort(404)
    try:
        uses_keys = "uses_keys" in request.form if "with_keys" in request.form else None
        set_profile(context.app_db, current_user.id, name=name, language=language, uses_keys=uses_keys)
    except Invalid as problem:
        return make_response(_page(context, name=name, name_problem=describe_problem(problem)), 422)
    with in_language(language):
        flash(_("Your name and language are saved."))
    return redirect(url_for("account.show"))


def _page(
    context: Context, problem: str | None = None, *, name: str | None = None, name_problem: str | None = None
) -> str:
    found = list_sessions(context.app_db, current_user.id, now=context.now())
    template: dict[str, Any] = {"least": MIN_PASSWORD, "devices": [_row(one) for one in found], "utc": UTC}
    template |= {"name": current_user.own_name if name is None else name, "name_problem": name_problem}
    return render_template("account.html", problem=problem, **template)


def _row(one: UserSession) -> DeviceRow:
    if one.browser and one.system:
        name = _("%(browser)s on %(system)s", browser=one.browser, system=one.system)
    else:
        name = one.browser or one.system or _("Unknown device")
    return DeviceRow(one.id, name, one.last_seen_at, one.created_at, one.id == current_user.session_id)
