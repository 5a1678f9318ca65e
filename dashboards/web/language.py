"""Which language a page is in: the user's choice, else the visitor's of this login, else the browser's."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, redirect, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.translations import DEFAULT_LANGUAGE, FOLDER, LANGUAGES
from dashboards.web.local_url import local_url
from tracker.accounts.users import set_language
from tracker.service.context import Context

_CHOICE = "language"


def current_language() -> str:
    """The code of the language that this page is in; the default where there is no request."""
    locale = get_locale()
    return locale.language if locale is not None else DEFAULT_LANGUAGE


def chosen_language() -> str | None:
    """The language that was chosen on a page of this login or visit, if one was."""
    chosen = session.get(_CHOICE)
    return str(chosen) if chosen in LANGUAGES else None


def register(app: Flask) -> None:
    Babel(app, locale_selector=_select, default_translation_directories=str(FOLDER))


def _select() -> str:
    chosen = getattr(current_user, "language", None) or session.get(_CHOICE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("language", __name__)

    @blueprint.post("/language")
    def choose() -> Response:
        code = request.form.get("language", "")
        if code not in LANGUAGES:
            abort(404)
        session[_CHOICE] = code
        if current_user.is_authenticated:
            set_language(context.app_db, current_user.id, code)
        return redirect(local_url(request.form.get("next")))

    return blueprint
