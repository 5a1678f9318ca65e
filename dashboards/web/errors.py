"""Error pages: they say what happened, what it means and what to do."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    BadHost,
    BadRequest,
    Forbidden,
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
)
from werkzeug.wrappers import Response

from dashboards.web import waiting
from dashboards.web.sign_in import login
from tracker.db.errors import AppDatabaseUnavailable
from tracker.store.patience import Interrupted, Superseded

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 2

# Its answers are JSON, those that refuse too (tracker.api.asking).
_API = "/api/"
# Paths for programs, which read JSON or the status.
_NOT_FOR_PEOPLE = ("/operations/", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class ErrorPage:
    """One error page."""

    status: int
    title: str
    meaning: str
    remedy: str


def register(app: Flask) -> None:
    def not_found(error: HTTPException) -> Response | HTTPException:
        return _page(
            error,
            ErrorPage(
                404,
                _("There is no such page"),
                _("The URL may be mistyped, or the site was removed."),
                _("Your data is untouched."),
            ),
        )

    def forbidden(error: HTTPException) -> Response | HTTPException:
        return _page(
            error,
            ErrorPage(
                403,
                _("Access denied"),
                _("Your account cannot open this page."),
                _("Sign in with another account, or ask for access."),
            ),
        )

    def not_understood(error: HTTPException) -> Response | HTTPException:
        return _page(
            error,
            ErrorPage(
                400,
                _("This URL was not understood"),
                _("It asks for a period, a filter or a value that does not exist."),
                _("Go back and choose again."),
            ),
        )

    def only_forms(error: HTTPException) -> Response | HTTPException:
        return _page(
            error,
            ErrorPage(
                405,
                _("There is no page at this URL"),
                _("It only takes what a form sends, and was opened as a page."),
                _("Nothing was changed. Go back, or begin at the start."),
            ),
        )

    def too_large(error: HTTPException) -> Response | HTTPException:
        return _page(
            error,
            ErrorPage(
                413,
                _("The form holds too much"),
                _("What was sent is larger than any form of these pages needs."),
                _("Nothing was changed. Go back and send less."),
            ),
        )

    def stale_form(error: HTTPException) -> Response | HTTPException:
        return _page(
            error,
            ErrorPage(
                400,
                _("This form has expired"),
                _("Nothing was changed: the form was opened before you signed in, or cookies are off."),
                _("Go back, reload the page and send it again."),
            ),
        )

    def broken(error: HTTPException) -> Response | HTTPException:
        return _page(
            error,
            ErrorPage(
                500,
                _("Internal error"),
                _("Events are still being recorded: they do not pass through this page."),
                _("Try again in a moment. The service’s log says what happened."),
            ),
        )

    def away(error: AppDatabaseUnavailable) -> Response | HTTPException:
        """The app database's file, disk or server; what it was is in the log."""
        login.as_nobody()
        return _page(
            ServiceUnavailable(str(error), retry_after=30),
            ErrorPage(
                503,
                _("This cannot be saved or read now"),
                _(
                    "The service’s database is not available, most often because the disk is full. Nothing was changed, and events are still being recorded as long as there is room."
                ),
                _(
                    "Try again in a minute. If the problem persists, tell whoever runs the service: its log and “webleads doctor” say what to do."
                ),
            ),
        )

    app.register_error_handler(AppDatabaseUnavailable, away)
    app.register_error_handler(Interrupted, _interrupted)
    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(Forbidden, forbidden)
    app.register_error_handler(BadRequest, not_understood)
    app.register_error_handler(MethodNotAllowed, only_forms)
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(InternalServerError, broken)


def _interrupted(error: Interrupted) -> Response | HTTPException:
    """The figures took too long, or nobody waits for them any more."""
    waiting.let_go()
    if isinstance(error, Superseded):
        return _again(error)
    return _page(
        ServiceUnavailable(str(error), retry_after=10),
        ErrorPage(
            503,
            _("These figures took too long"),
            _("They were stopped. Nothing was changed."),
            _("Load the page again. If it stays so, choose a shorter period or fewer filters."),
        ),
    )


def _again(error: Superseded) -> Response | HTTPException:
    """In another tab of the same person this page is still wanted: it asks again by itself."""
    answer = _page(
        ServiceUnavailable(str(error), retry_after=_AGAIN_SECONDS),
        ErrorPage(
            503,
            _("This page loads again in a moment"),
            _("You opened it with another period or filter meanwhile, which came first."),
            _("If it does not load by itself, load it again."),
        ),
    )
    if isinstance(answer, Response):
        answer.headers["Refresh"] = str(_AGAIN_SECONDS)
    return answer


def _for_programs(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed):
        message = f"This URL does not take {request.method}; it takes {', '.join(sorted(error.valid_methods or ()))}."
    elif isinstance(error, NotFound):
        message = "There is nothing at this URL; docs/api.md has those that the API answers."
    else:
        message = str(error.description)
    answer = jsonify(error=error.name.lower().replace(" ", "_"), message=message)
    answer.status_code = error.code or 500
    answer.headers.extend([(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")])
    return answer


def _page(error: HTTPException, problem: ErrorPage) -> Response | HTTPException:
    if request.path.startswith(_API):
        return _for_programs(error)
    if request.path.startswith(_NOT_FOR_PEOPLE) or isinstance(request.routing_exception, BadHost):
        return error  # without a host a page cannot say where its style sheet and its links lead
    answer = Response(render_template("error.html", problem=problem), problem.status, mimetype="text/html")
    if isinstance(error, ServiceUnavailable) and error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
