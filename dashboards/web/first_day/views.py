"""What the checklist's buttons do: fetch the geo databases, send a test message, tick a task off, dismiss it all."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from dashboards.email.account_messages import check_message
from dashboards.translations import catalogue
from dashboards.web.first_day.checklist import FirstDay
from dashboards.web.language import current_language
from dashboards.web.local_url import local_url
from dashboards.web.sign_in.limit import SignInLimit, keys_of_requests
from dashboards.web.sign_in.permission import require
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.phrase import Phrase
from tracker.reference.geo.on_demand import Fetching
from tracker.service.checklist import TICKED_BY_HAND, Task, dismiss, tick
from tracker.sites.sites import find_site


def create_blueprint(first_day: FirstDay, limit: SignInLimit) -> Blueprint:
    blueprint = Blueprint("first_day", __name__, url_prefix="/status")
    blueprint.add_app_template_filter(lambda fetching: _words(first_day, fetching), "geo_words")

    @blueprint.post("/geo")
    def fetch_geo() -> BaseResponse:
        require(Action.VIEW_STATUS)
        first_day.fetch.start()
        return _back()

    @blueprint.get("/geo")
    def geo_progress() -> Response:
        """{"running", "done", "words"}: how far the fetch is, in words."""
        require(Action.VIEW_STATUS)
        known, fetching = first_day.geo_now()
        answer = jsonify(running=fetching.is_running, done=known.networks, words=_words(first_day, fetching))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @blueprint.post("/test-mail")
    def test_mail() -> BaseResponse:
        """Sends a test message to whoever asks, and waits for the mail server's answer."""
        require(Action.VIEW_STATUS)
        if limit.begin(keys_of_requests("test messages", str(current_user.id))):
            flash(_("Too many test messages. Wait a minute, then try again."))
            return _back()
        context, mail = first_day.context, first_day.mail
        message = check_message(
            current_language(),
            sender=mail.sender,
            recipient=current_user.email,
            url=context.settings.public_url,
            now=context.now(),
        )
        if problem := mail.send(message):
            flash(_("The test message was not sent: %(problem)s", problem=problem))
        else:
            tick(context, Task.MAIL, None)
            flash(
                _(
                    "The mail server took the test message for %(email)s. Look into your mailbox.",
                    email=current_user.email,
                )
            )
        return _back()

    @blueprint.post("/checklist")
    def check_off() -> BaseResponse:
        """Ticks off the `task` of the form, of its `site` where it names one; `dismissed` puts all of it away."""
        require(Action.VIEW_STATUS)
        task, site = request.form.get("task", ""), _site(first_day)
        if task == "dismissed":
            dismiss(first_day.context)
        elif task in TICKED_BY_HAND:
            tick(first_day.context, Task(task), site)
        else:
            abort(400)
        return _back()

    return blueprint


def _site(first_day: FirstDay) -> Site | None:
    """The site that the form names, if it names one that the one who asks may change."""
    name = request.form.get("site")
    found = find_site(first_day.context.app_db, name) if name else None
    if found is not None:
        require(Action.CHANGE_SETTINGS, found)
    elif name:
        abort(404)
    return found


def _back() -> BaseResponse:
    return redirect(local_url(request.form.get("next"), "/status"))


def _words(first_day: FirstDay, state: Fetching) -> str:
    """How far it is, in a sentence; empty when nothing was asked for."""
    return _progress(state) if state.is_running else _outcome(state, first_day.context.settings.geo_folder)


def _progress(state: Fetching) -> str:
    size = f"{state.received / 1e6:.0f}"
    if not state.name:
        return str(_("Asking the database provider…"))
    if not state.announced:
        return str(_("Fetching %(name)s: %(size)s MB", name=state.name, size=size))
    percent = min(100 * state.received // state.announced, 100)
    return str(_("Fetching %(name)s: %(size)s MB, %(percent)s%%", name=state.name, size=size, percent=percent))


def _worded(reason: str) -> str:
    """A reason in the page's language, where it is a sentence of this program."""
    return reason.in_words_of(catalogue(current_language()).gettext) if isinstance(reason, Phrase) else reason


def _outcome(state: Fetching, folder: Path) -> str:
    failed = [one for one in state.outcomes if one.state == "failed"]
    if state.problem or failed:
        reason = (
            _worded(state.problem)
            if state.problem
            else _("%(name)s: %(reason)s", name=failed[0].name, reason=_worded(failed[0].words))
        )
        what = _("The database could not be fetched: %(reason)s.", reason=reason.removesuffix("."))
        remedy = _("Try again, or put the file (.mmdb) into the folder %(folder)s yourself.", folder=folder)
        return f"{what} {remedy}"
    done = _("The databases are here. Visits from now on are told by company and place.")
    return str(done) if state.outcomes else ""
