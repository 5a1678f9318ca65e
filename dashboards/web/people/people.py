"""The list of people who can sign in: invite, withdraw an invitation, remove somebody."""

from __future__ import annotations

from datetime import UTC
from typing import Any, NamedTuple

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.email.account_messages import invitation_message
from dashboards.translations import LANGUAGES
from dashboards.web.language import current_language
from dashboards.web.outgoing_mail import OutgoingMail
from dashboards.web.sign_in.limit import SignInLimit, keys_of_requests
from dashboards.web.sign_in.permission import require
from dashboards.web.site.forms import describe_problem
from dashboards.web.views.sign_in import answer_too_many, describe_wait
from tracker.accounts import invitations
from tracker.accounts.permissions import Action
from tracker.accounts.users import list_users, remove_user
from tracker.db.invalid import Invalid
from tracker.db.models import User
from tracker.service.context import Context

# What a user's number in a form has at most; more is none that the database assigned.
_MOST_DIGITS = 15


class Invited(NamedTuple):
    """A new invitation, shown once: its link, whether it was sent by email, and why not."""

    email: str
    link: str
    is_sent: bool
    problem: str | None


def create_blueprint(context: Context, limit: SignInLimit, mail: OutgoingMail) -> Blueprint:
    blueprint = Blueprint("people", __name__)

    @blueprint.get("/people")
    def show() -> str:
        require(Action.MANAGE_PEOPLE)
        return _page(context, mail)

    @blueprint.post("/people")
    def invite() -> Response:
        require(Action.MANAGE_PEOPLE)
        email, now = request.form.get("email", ""), context.now()
        if wait := limit.begin(keys_of_requests("invitations", str(current_user.id))):
            return answer_too_many(_page(context, mail, problem=describe_wait(wait), email=email), wait)
        try:
            plain, token = invitations.invite(context.app_db, email, now=now)
        except Invalid as problem:
            return make_response(_page(context, mail, problem=describe_problem(problem), email=email), 422)
        link = context.settings.public_url + url_for("invitation.show", token=token)
        return make_response(_page(context, mail, invited=_send(context, mail, plain, link)))

    @blueprint.post("/people/withdraw")
    def withdraw() -> Response:
        require(Action.MANAGE_PEOPLE)
        if invitations.withdraw(context.app_db, request.form.get("email", "")):
            flash(_("The invitation is withdrawn; its link no longer works."))
        return redirect(url_for("people.show"))

    @blueprint.post("/people/remove")
    def remove() -> Response:
        """Removes a user. Nobody can remove themselves, so that one user remains."""
        require(Action.MANAGE_PEOPLE)
        try:
            if removed := _remove(context, request.form.get("user", "")):
                flash(_("The account %(email)s is removed.", email=removed.email))
        except Invalid as problem:
            return make_response(_page(context, mail, problem=describe_problem(problem)), 422)
        return redirect(url_for("people.show"))

    return blueprint


def _remove(context: Context, number: str) -> User | None:
    """The user that was removed; None for no number of another one. Raises Invalid."""
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS) or int(number) == current_user.id:
        return None
    return remove_user(context.app_db, int(number))


def _send(context: Context, mail: OutgoingMail, email: str, link: str) -> Invited:
    """Sends the invitation where that was asked for and there is a mail server."""
    if not mail.is_set_up or "with_email" not in request.form:
        return Invited(email, link, is_sent=False, problem=None)
    language = request.form.get("language", "")
    message = invitation_message(
        language if language in LANGUAGES else current_language(),
        sender=mail.sender,
        recipient=email,
        invited_by=current_user.name,
        url=link,
        now=context.now(),
    )
    problem = mail.send(message)
    return Invited(email, link, is_sent=problem is None, problem=problem)


def _page(
    context: Context, mail: OutgoingMail, *, problem: str | None = None, email: str = "", invited: Invited | None = None
) -> str:
    page: dict[str, Any] = {
        "people": list_users(context.app_db),
        "invitations": invitations.list_invitations(context.app_db, now=context.now()),
        "days": invitations.LASTS.days,
        "sends_email": mail.is_set_up,
        "is_local": not context.settings.base_url,
        "utc": UTC,
    }
    return render_template("people.html", problem=problem, email=email, invited=invited, **page)
