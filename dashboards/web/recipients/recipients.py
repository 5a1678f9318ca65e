"""A site's recipients, as the publisher sees them: who is added and removed, who gets what when, what keeps it from them, a preview and a test."""

from __future__ import annotations

import re
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    Response as FlaskResponse,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.email.account_messages import confirmation_message
from dashboards.email.audience import confirmation_url
from dashboards.email.letter import Letter, write_letter
from dashboards.email.report import render_report
from dashboards.email.site_report import site_report
from dashboards.translations import LANGUAGES
from dashboards.web.language import current_language
from dashboards.web.outgoing_mail import OutgoingMail
from dashboards.web.recipients.mailing import Mailing
from dashboards.web.recipients.notices import notices_url
from dashboards.web.recipients.words import hour_names, rhythm_names, state_in_words, weekday_names
from dashboards.web.sign_in.limit import SignInLimit, keys_of_requests
from dashboards.web.sign_in.permission import require
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.models import ReportRecipient, Site
from tracker.leads.workflow.views import all_views
from tracker.recipients.choices import MONTHLY, WEEKLY, choose, read_choices
from tracker.recipients.subscriptions import State, resume, state_of
from tracker.reference.attributions import attributions
from tracker.reports.timetable import last_complete
from tracker.service.context import Context
from tracker.sites.recipients import add_recipients, remove_recipient

# The preview is the email's own page, which has its styles in it; nothing in it runs and nothing is fetched.
_PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
)


def create_blueprint(context: Context, limit: SignInLimit, mail: OutgoingMail, mailing: Mailing) -> Blueprint:
    blueprint = Blueprint("recipients", __name__, url_prefix="/<domain:site>/recipients")

    @blueprint.get("")
    def show(site: str) -> str:
        return _page(context, mail, mailing, selection_or_404(context, site, Action.VIEW_SETTINGS))

    @blueprint.post("")
    def add(site: str) -> Response:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        typed = request.form.get("emails", "")
        try:
            add_recipients(context.app_db, selection.site.id, re.split(r"[\s,;]+", typed), now=context.now())
        except Invalid as problem:
            page = _page(context, mail, mailing, selection, describe_problem(problem), typed)
            return make_response(page, 422)
        return _back(selection.site)

    @blueprint.post("/remove")
    def remove(site: str) -> Response:
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        one = _one(found)
        remove_recipient(context.app_db, found.id, one.id)
        flash(_("%(email)s gets no more reports.", email=one.email))
        return _back(found)

    @blueprint.post("/choices")
    def change(site: str) -> Response:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        one, views = _one(selection.site), {view.key for view in all_views(context.app_db, selection.site.id)}
        try:
            choices = read_choices(request.form.to_dict(), languages=LANGUAGES, views=views, now=one)
        except Invalid as problem:
            return make_response(_page(context, mail, mailing, selection, describe_problem(problem)), 422)
        choose(context.app_db, one.id, choices, now=context.now())
        flash(_("The settings are saved. They apply from now on."))
        return _back(selection.site)

    @blueprint.post("/resume")
    def end_pause(site: str) -> Response:
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        one = _one(found)
        resume(context.app_db, one.id)
        flash(_("%(email)s gets reports again.", email=one.email))
        return _back(found)

    @blueprint.post("/confirmation")
    def ask_again(site: str) -> Response:
        """Sends the request to confirm once more."""
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        one = _one(found)
        if state_of(one) == State.UNCONFIRMED and not _too_many(limit):
            _tell(mail.send(_confirmation(context, mail, found, one)), one.email)
        return _back(found)

    _add_trying_out(blueprint, context, limit, mailing)
    return blueprint


def _add_trying_out(blueprint: Blueprint, context: Context, limit: SignInLimit, mailing: Mailing) -> None:
    """The routes that show, test and sign the report, and change nothing of the recipients."""

    @blueprint.route("/preview", methods=["GET", "POST"])
    def preview(site: str) -> Response:
        found = site_or_404(context, site, Action.VIEW_REPORTS)
        kind, language, view_key = _asked(found)
        report = site_report(context, found, kind, _label(context, found, kind), view_key)
        page = render_report(
            report,
            site=found,
            form="html",
            base_url=context.settings.public_url,
            credits_due=attributions(context.settings),
            language=language,
        )
        return FlaskResponse(page, headers={"Content-Security-Policy": _PREVIEW_POLICY})

    @blueprint.post("/dkim")
    def make_dkim_key(site: str) -> Response:
        """Makes the key with which all emails of the service are signed."""
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        require(Action.VIEW_STATUS)
        if problem := mailing.make_dkim_key():
            flash(_("The key was not made: %(problem)s", problem=problem), "error")
        else:
            flash(_("Emails are signed from now on. Publish the record below in the DNS."))
        return _back(found)

    @blueprint.post("/test")
    def test(site: str) -> Response:
        """Sends the report to whoever asks, and says what the mail server answered."""
        found = site_or_404(context, site, Action.SEND_REPORT)
        if not _too_many(limit):
            _tell(mailing.send_copy(_letter(context, found), current_user.email).problem, current_user.email)
        return _back(found)


def _letter(context: Context, site: Site) -> Letter:
    kind, language, view_key = _asked(site)
    report = site_report(context, site, kind, _label(context, site, kind), view_key)
    return write_letter(
        report,
        site=site,
        language=language,
        base_url=context.settings.public_url,
        credits_due=attributions(context.settings),
        with_links=False,
    )


def _asked(site: Site) -> tuple[str, str, str | None]:
    """Rhythm, language and view of the preview or test that a form asks for."""
    values = request.values
    kind, language = values.get("rhythm", WEEKLY), values.get("language") or site.language
    if kind not in (WEEKLY, MONTHLY) or language not in LANGUAGES:
        abort(400)
    return kind, language, values.get("view") or None


def _label(context: Context, site: Site, kind: str) -> str:
    return last_complete(kind, site.time_zone, context.now())


def _confirmation(context: Context, mail: OutgoingMail, site: Site, one: ReportRecipient) -> Any:
    return confirmation_message(
        one.language or site.language,
        sender=mail.sender,
        recipient=one.email,
        site_name=site.name,
        url=confirmation_url(one, base_url=context.settings.public_url, folder=context.settings.data),
        now=context.now(),
    )


def _tell(problem: str | None, email: str) -> None:
    if problem:
        flash(_("The email to %(email)s was not sent: %(problem)s", email=email, problem=problem), "error")
    else:
        flash(_("The mail server took the email to %(email)s.", email=email))


def _too_many(limit: SignInLimit) -> bool:
    if limit.begin(keys_of_requests("test messages", str(current_user.id))):
        flash(_("Too many test messages. Wait a minute, then try again."))
        return True
    return False


def _one(site: Site) -> ReportRecipient:
    """The recipient of the site whom the form is about, or 404."""
    number = request.form.get("recipient", "")
    found = next((one for one in site.recipients if str(one.id) == number), None)
    if found is None:
        abort(404)
    return found


def _back(site: Site) -> Response:
    return redirect(url_for("recipients.show", site=site.domain))


def _page(
    context: Context,
    mail: OutgoingMail,
    mailing: Mailing,
    selection: Selection,
    problem: str | None = None,
    typed: str = "",
) -> str:
    language, site = current_language(), selection.site
    listed = [(one, state_of(one).value, state_in_words(language, one)) for one in site.recipients]
    return render_template(
        "recipients.html",
        recipients=listed,
        views=all_views(context.app_db, site.id),
        rhythms=rhythm_names(language),
        weekdays=weekday_names(language),
        hours=hour_names(language),
        sends_email=mail.is_set_up,
        notices_url=notices_url(context),
        dkim=mailing.dkim_record(),
        problem=problem,
        typed=typed,
        **head(context, selection),
    )
