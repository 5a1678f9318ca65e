"""The public pages behind the links in a recipient's emails: unsubscribe, choose, confirm.

The signed link is the right to them: no sign-in, no cookie and no CSRF token. Only a POST changes anything, since
programs that check links follow each of them.

Source: RFC 8058 (one-click unsubscribe).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from dashboards.translations import LANGUAGES
from dashboards.web.language import chosen_language, current_language, in_language
from dashboards.web.recipients.words import hour_names, rhythm_names, schedule_in_words, weekday_names
from dashboards.web.site.forms import describe_problem
from tracker.db.invalid import Invalid
from tracker.db.models import ReportRecipient
from tracker.leads.workflow.views import all_views
from tracker.recipients import subscriptions
from tracker.recipients.choices import choose, read_choices
from tracker.recipients.links import Purpose, find_recipient
from tracker.service.context import Context


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("recipient", __name__, url_prefix="/email")

    @blueprint.get("/<token>")
    def show(token: str) -> Response:
        return _page(context, _found(context, token), token)

    @blueprint.post("/<token>")
    def change(token: str) -> Response:
        found = _found(context, token)
        views = {one.key for one in all_views(context.app_db, found.site_id)}
        try:
            choices = read_choices(request.form.to_dict(), languages=LANGUAGES, views=views, now=found)
        except Invalid as problem:
            return _page(context, found, token, problem=problem)
        choose(context.app_db, found.id, choices, now=context.now())
        return _page(context, _found(context, token), token, done="saved")

    @blueprint.get("/<token>/unsubscribe")
    def ask_to_unsubscribe(token: str) -> Response:
        return _short_page(_found(context, token), "unsubscribe", token)

    @blueprint.post("/<token>/unsubscribe")
    def unsubscribe(token: str) -> Response:
        """What a mail program's button sends, and the page's own."""
        found = _found(context, token)
        subscriptions.unsubscribe(context.app_db, found.id, now=context.now())
        return _short_page(found, "unsubscribed", token)

    @blueprint.get("/<token>/confirm")
    def ask_to_confirm(token: str) -> Response:
        found = _found(context, token, Purpose.CONFIRM)
        return _short_page(found, "confirm" if found.confirmed_at is None else "confirmed", token)

    @blueprint.post("/<token>/confirm")
    def confirm(token: str) -> Response:
        found = _found(context, token, Purpose.CONFIRM)
        subscriptions.confirm(context.app_db, found.id, now=context.now())
        return _short_page(found, "confirmed", token)

    return blueprint


def _found(context: Context, token: str, purpose: Purpose = Purpose.CHOOSE) -> ReportRecipient:
    """Returns whose link it is; ends the request with 410 where it is nobody's."""
    found = find_recipient(context.app_db, context.settings.data, token, purpose)
    if found is None:
        abort(make_response(render_template("link_over.html", what="email"), 410))
    return found


def _page(
    context: Context, recipient: ReportRecipient, token: str, *, problem: Invalid | None = None, done: str = ""
) -> Response:
    with in_language(_language(recipient)):
        language = current_language()
        values: dict[str, Any] = {
            "views": all_views(context.app_db, recipient.site_id),
            "rhythms": rhythm_names(language),
            "weekdays": weekday_names(language),
            "hours": hour_names(language),
            "schedule": schedule_in_words(language, recipient),
            "problem": describe_problem(problem) if problem else None,
            "done": done,
        }
        page = render_template("recipient.html", recipient=recipient, site=recipient.site, token=token, **values)
    return make_response(page, 422 if problem else 200)


def _short_page(recipient: ReportRecipient, what: str, token: str) -> Response:
    with in_language(_language(recipient)):
        schedule = schedule_in_words(current_language(), recipient)
        values = {"recipient": recipient, "site": recipient.site, "token": token}
        page = render_template("recipient_step.html", what=what, schedule=schedule, **values)
    return make_response(page)


def _language(recipient: ReportRecipient) -> str:
    """The one chosen at the foot of the page, else that of the recipient's emails."""
    return chosen_language() or recipient.language or recipient.site.language
