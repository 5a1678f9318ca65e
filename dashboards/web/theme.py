"""Whether the pages are light or dark: as the system is, or as somebody chose in this browser.

The choice is kept in a cookie of its own, which says nothing of who it is and stays after the sign-out.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards.web.local_url import local_url
from dashboards.web.sign_in.cookies import remove_cookie, set_cookie

COOKIE = "webleads_theme"
SYSTEM = "system"
THEMES = (SYSTEM, "light", "dark")
_LASTS_SECONDS = 365 * 24 * 3600


def current_theme() -> str:
    """What was chosen in this browser; `system` where nothing was."""
    chosen = request.cookies.get(COOKIE, SYSTEM)
    return chosen if chosen in THEMES else SYSTEM


def theme_names() -> list[tuple[str, str]]:
    """Each theme with its name in the page's language."""
    return [(SYSTEM, _("System theme")), ("light", _("Light")), ("dark", _("Dark"))]


def create_blueprint() -> Blueprint:
    blueprint = Blueprint("theme", __name__)

    @blueprint.post("/theme")
    def choose() -> Response:
        chosen = request.form.get("theme", "")
        if chosen not in THEMES:
            abort(404)
        answer = redirect(local_url(request.form.get("next")))
        if chosen == SYSTEM:
            remove_cookie(answer, COOKIE)
        else:
            set_cookie(answer, COOKIE, chosen, lasts_seconds=_LASTS_SECONDS)
        return answer

    return blueprint
