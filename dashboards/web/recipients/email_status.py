"""What the status page says of emails: those in doubt, to be sent again by one click, and the recipients who are paused."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards.translations import translate
from dashboards.web.language import current_language
from dashboards.web.recipients.mailing import InDoubt, Mailing
from dashboards.web.recipients.words import report_in_words, state_in_words
from dashboards.web.sign_in.permission import allowed, require
from tracker.accounts.permissions import Action
from tracker.recipients.subscriptions import list_paused, resume
from tracker.service.context import Context


def email_status(context: Context, mailing: Mailing) -> dict[str, Any]:
    """Returns the template variables: emails in doubt and paused recipients, of the sites that the user may see."""
    language = current_language()
    doubts = [one for one in mailing.in_doubt() if allowed(Action.SEND_REPORT, one.site)]
    paused = [one for one in list_paused(context.app_db) if allowed(Action.VIEW_SETTINGS, one.site)]
    return {
        "in_doubt": [(one, report_in_words(language, one.kind, one.label)) for one in doubts],
        "paused": [(one, state_in_words(language, one)) for one in paused],
    }


def create_blueprint(context: Context, mailing: Mailing) -> Blueprint:
    blueprint = Blueprint("email_status", __name__, url_prefix="/status")

    @blueprint.post("/emails")
    def send_again() -> Response:
        """Sends an email in doubt once more; of two clicks, one does."""
        require(Action.VIEW_STATUS)
        one = _doubt(mailing, request.form.get("email", ""))
        require(Action.SEND_REPORT, one.site)
        if problem := mailing.send_again(one).problem:
            flash(_("The email to %(email)s was not sent: %(problem)s", email=one.recipient, problem=problem), "error")
        else:
            flash(_("The mail server took the email to %(email)s.", email=one.recipient))
        return redirect(url_for("status.show"))

    @blueprint.post("/recipients")
    def end_pause() -> Response:
        require(Action.VIEW_STATUS)
        number = request.form.get("recipient", "")
        one = next((one for one in list_paused(context.app_db) if str(one.id) == number), None)
        if one is None:
            abort(404)
        require(Action.CHANGE_SETTINGS, one.site)
        resume(context.app_db, one.id)
        flash(translate(current_language(), "%(email)s gets reports again.", email=one.email))
        return redirect(url_for("status.show"))

    return blueprint


def _doubt(mailing: Mailing, number: str) -> InDoubt:
    found = next((one for one in mailing.in_doubt() if str(one.number) == number), None)
    if found is None:
        abort(404)
    return found
