"""The cookie of a device on which somebody signed in. On it, other people's failures do not make that account wait.

The cookie permits nothing: it only decides which failures count. It is signed, and stores each account as a hash that
is different on each device.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from dashboards.web.sign_in.cookies import set_cookie

COOKIE = "webleads_device"
# The longest time that browsers keep a cookie.
_LASTS_SECONDS = 400 * 24 * 3600
_MOST_ACCOUNTS = 8


class _Known(NamedTuple):
    device: str
    accounts: Sequence[str]


def device_of(email: str) -> str | None:
    """Returns the id of the requesting device if this email signed in on it before; else None."""
    known = _read()
    return known.device if known is not None and _account(known.device, email) in known.accounts else None


def remember(email: str, answer: Response) -> Response:
    """Sets the cookie that marks the device as one of this email's."""
    known = _read() or _Known(secrets.token_urlsafe(12), ())
    account = _account(known.device, email)
    others = [one for one in known.accounts if one != account]
    text = _serializer().dumps([known.device, [account, *others][:_MOST_ACCOUNTS]])
    set_cookie(answer, COOKIE, text, lasts_seconds=_LASTS_SECONDS)
    return answer


def _read() -> _Known | None:
    try:
        device, accounts = _serializer().loads(request.cookies.get(COOKIE, ""), max_age=_LASTS_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return _Known(device, accounts)


def _serializer() -> URLSafeTimedSerializer:
    key = current_app.secret_key
    assert key is not None
    return URLSafeTimedSerializer(key, salt="webleads known device")


def _account(device: str, email: str) -> str:
    return sha256(f"{device} {email.strip().lower()}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
