"""Who is signed in: the login cookie names a session in the app database. Others are sent to the sign-in page.

The cookie is signed and contains the session's token. A copy of it is useless once the session has ended.
"""

from __future__ import annotations

from functools import partial

from flask import Flask, after_this_request, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from dashboards.web.sign_in import known_device
from tracker.accounts.sessions import Device, end_session, find_session, open_session
from tracker.db.models import User, UserSession
from tracker.enrichment.agent import parse_agent
from tracker.service.context import Context

_KEPT_AS = "_user_id"  # where flask_login keeps the result of get_id
_LONGEST_AGENT = 1000
_LONGEST_TOKEN = 200


class SignedIn(UserMixin):  # type: ignore[misc]  # flask_login has no types
    """The signed-in user, and the id of their session."""

    def __init__(self, user: User, token: str, session_id: int | None = None) -> None:
        self.id = user.id
        self.email = user.email
        self.name = user.name or user.email
        self.own_name = user.name or ""
        self.language = user.language
        self.uses_keys = user.uses_keys
        self.session_id = session_id
        self._token = token

    def get_id(self) -> str:
        return self._token


def register(app: Flask, context: Context) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # it ties a login to the IP address, which changes on a phone

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> SignedIn | None:
        if len(token) > _LONGEST_TOKEN:
            return None
        found: UserSession | None = find_session(context.app_db, token, now=context.now())
        return SignedIn(found.user, token, found.id) if found is not None else None


def sign_in(context: Context, user: User) -> None:
    """Signs a user in, in a new session without data of the one before, and remembers the device."""
    language = session.get("language")
    _end_session(context)
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    token = open_session(context.app_db, user.id, _device(), now=context.now())
    login_user(SignedIn(user, token))
    after_this_request(partial(known_device.remember, user.email))


def sign_out(context: Context) -> None:
    _end_session(context)
    logout_user()
    session.clear()


def as_nobody() -> None:
    """Treats the rest of a request as signed out. Its error page must not ask the app database again."""
    if not hasattr(g, "_login_user"):
        g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where flask_login keeps it; it has no name for this


def require_sign_in() -> Response | None:
    """Redirects to the sign-in page. Runs before each request of a page that is not public."""
    if current_user.is_authenticated:
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sign_in.show", next=None if target == "/" else target))


def _end_session(context: Context) -> None:
    if token := session.get(_KEPT_AS):
        end_session(context.app_db, str(token))


def _device() -> Device:
    """Returns the requesting browser and system, by the names that reports use."""
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower().startswith("sec-ch-ua")}
    agent = parse_agent(request.headers.get("User-Agent", "")[:_LONGEST_AGENT], headers)
    return Device(agent.browser, agent.os)
