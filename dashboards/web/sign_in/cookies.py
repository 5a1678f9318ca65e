"""The cookies that outlive a login: how each is set, and removed. None is sent by another site's request or read by a script."""

from __future__ import annotations

from flask import current_app
from werkzeug.wrappers import Response


def set_cookie(answer: Response, name: str, value: str, *, lasts_seconds: int) -> None:
    """Keeps a value in the browser; where the service is reached by https alone, the cookie is too."""
    answer.set_cookie(
        name,
        value,
        max_age=lasts_seconds,
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def remove_cookie(answer: Response, name: str) -> None:
    answer.delete_cookie(name, path="/")
