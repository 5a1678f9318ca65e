"""Who asks the HTTP API, how often they may, and how a refusal is said: for the modules of its resources.

An answer is JSON; one that refuses has `error`, a word for programs, and `message`, a sentence that says the remedy.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, jsonify, request

from tracker.accounts.api_tokens import actor_of
from tracker.accounts.permissions import Action, may
from tracker.collector.client_ip import ClientIp
from tracker.collector.limits import RateLimit
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.service.context import Context
from tracker.sites.sites import find_site

REQUESTS_PER_SECOND = 10
_LONGEST_BODY = 16 * 1024
Answer = tuple[Response, int] | tuple[Response, int, dict[str, str]]


class Refused(Exception):
    """A request that is not answered: its status, word, sentence and headers."""

    def __init__(self, status: int, error: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.error, self.headers = status, error, headers


@dataclass(frozen=True)
class Door:
    """What each request passes: the rate limit of its IP address, then its token's right to the action."""

    context: Context
    client: ClientIp
    limit: RateLimit

    def site(self, domain: str, action: Action) -> Site:
        """Returns the site of a request that may do the action. A token of another site learns not whether there is one."""
        if not self.limit.allows(self.client.of(request.environ)):
            raise Refused(429, "too_many_requests", "Too many requests; try again in a second.", **{"Retry-After": "1"})
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        actor = (
            actor_of(self.context.app_db, token.strip(), now=self.context.now()) if scheme.lower() == "bearer" else None
        )
        if actor is None:
            message = "Send a token of the site in the header `Authorization: Bearer TOKEN`; the page *API tokens* in its settings and `webleads api-token add` make one."
            raise Refused(401, "unauthorized", message, **{"WWW-Authenticate": "Bearer"})
        found = find_site(self.context.app_db, domain)
        if found is None or not may(actor, Action.VIEW_REPORTS, found):
            raise Refused(404, "not_found", "The token is of no site with this domain; ask about the token's own site.")
        if not may(actor, action, found):
            raise Refused(
                403,
                "forbidden",
                "The token may only read; make one that may also change, on the page *API tokens* or with `webleads api-token add --changes`.",
            )
        return found


def door(context: Context, *, monotonic: Callable[[], float] = time.monotonic) -> Door:
    """The door of a service's API."""
    client = ClientIp(context.settings.trusted_proxies, context.settings.client_ip_header)
    return Door(context, client, RateLimit(REQUESTS_PER_SECOND, monotonic=monotonic))


def answering(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """A view whose refusals are answers."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Answer:
        try:
            return view(*args, **kwargs)
        except Refused as problem:
            return jsonify(error=problem.error, message=str(problem)), problem.status, problem.headers
        except Invalid as problem:
            return jsonify(error=problem.field or "invalid", message=str(problem)), 422

    return answer


def fields_of_body(*names: str) -> dict[str, str]:
    """The body's JSON object as texts by these names; a missing one is empty. Other values than texts and numbers are refused."""
    sent = request.get_data()
    if len(sent) > _LONGEST_BODY:
        raise Refused(413, "too_large", f"The body is longer than {_LONGEST_BODY} bytes; send less.")
    try:
        body = json.loads(sent.decode("utf-8"))
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "invalid_json", "The body is not a JSON object in UTF-8; send one.")
    if unknown := [str(name)[:40] for name in body if name not in names]:
        raise Refused(422, "unknown_field", f"The field “{unknown[0]}” is unknown; send {', '.join(names)}.")
    return {name: _text(name, body.get(name)) for name in names}


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return str(value)
    raise Refused(422, name, f"The field “{name}” is neither a text nor a whole number; send one of these.")
