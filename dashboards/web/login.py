"""Who is signed in. Owns the login cookie's user and the way to the sign-in page."""

from __future__ import annotations

from flask import Flask, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from dashboards.web.context import DashboardContext
from tracker.db.models import User
from tracker.db.users import count_users, find_user


class SignedIn(UserMixin):  # type: ignore[misc]  # flask_login has no types
    """A user as the pages know them. The login ends when the password changes: its hash is part of the id."""

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.email = user.email
        self.language = user.language
        self._password_mark = user.password_hash[-16:]

    def get_id(self) -> str:
        return f"{self.id}:{self._password_mark}"


def register(app: Flask, context: DashboardContext) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # it ties a login to the address, which changes on a phone

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(user_id: str) -> SignedIn | None:
        number, _, _ = user_id.partition(":")
        user = find_user(context.db, int(number)) if number.isdigit() else None
        if user is None or SignedIn(user).get_id() != user_id:
            return None
        return SignedIn(user)

    app.extensions["webleads_has_users"] = lambda: count_users(context.db) > 0


def sign_in(user: User) -> None:
    """Signs in for thirty days, in a session that keeps nothing of the one before."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    login_user(SignedIn(user))


def sign_out() -> None:
    logout_user()
    session.clear()


def require_sign_in() -> Response | None:
    """Before each request of a page that is not public."""
    if current_user.is_authenticated:
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sign_in.show", next=None if target == "/" else target))
