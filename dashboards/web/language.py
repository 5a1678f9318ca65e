"""Which language a page is in: the user's choice, else the visitor's of this login, else the browser's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Blueprint, Flask, abort, g, has_app_context, redirect, request, session
from flask_babel import Babel, force_locale, get_locale
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.wrappers import Response

from dashboards.translations import DEFAULT_LANGUAGE, FOLDER, LANGUAGES, catalogue
from dashboards.web.local_url import local_url
from tracker.accounts.users import set_language
from tracker.service.context import Context

_CHOICE = "language"


def current_language() -> str:
    """The code of the language that this page is in; the default where there is no request."""
    if not has_app_context():
        return DEFAULT_LANGUAGE
    # A page asks for it hundreds of times.
    known = g.get("page_language")
    if known is None:
        locale = get_locale()
        known = g.page_language = DEFAULT_LANGUAGE if locale is None else locale.language
    return cast("str", known)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """What is said meanwhile is in that language."""
    before = current_language()
    with force_locale(language):
        g.page_language = language
        try:
            yield
        finally:
            g.page_language = before


def chosen_language() -> str | None:
    """The language that was chosen on a page of this login or visit, if one was."""
    chosen = session.get(_CHOICE)
    return str(chosen) if chosen in LANGUAGES else None


def register(app: Flask) -> None:
    Babel(app, locale_selector=_select, default_translation_directories=str(FOLDER))
    # A template's words are looked up without asking Flask-Babel which catalogue is the page's, each of hundreds of times.
    app.jinja_env.globals |= {"_": _words, "gettext": _words, "ngettext": _plural_words}


@pass_eval_context
def _words(page: EvalContext, text: str, /, **values: Any) -> str:
    return _filled(page, catalogue(current_language()).gettext(text), values)


@pass_eval_context
def _plural_words(page: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    return _filled(page, catalogue(current_language()).ngettext(one, many, num), {"num": num, **values})


def _filled(page: EvalContext, text: str, values: dict[str, Any]) -> str:
    """A translation with its placeholders filled, as Jinja's extension does it: a literal "%" is written twice."""
    written = Markup(text) if page.autoescape else text  # noqa: S704 - our own words, with values escaped
    return written % values if "%" in text else written


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
