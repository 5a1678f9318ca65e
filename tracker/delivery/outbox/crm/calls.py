"""Calls of a CRM's REST API: JSON there and back, over the same guarded requests as webhooks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracker.delivery.outbox.posting import Answer, send
from tracker.settings.values import Network

# A wrong token, field or value stays wrong until somebody changes the rule.
_FOR_GOOD = {400, 401, 402, 403, 404, 405, 409, 413, 415, 422}


class CallFailed(Exception):
    """A call was not answered with a success."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


@dataclass(frozen=True)
class Api:
    """The API at a URL; `headers` have the token."""

    url: str
    headers: Mapping[str, str]
    allowed: Sequence[Network]

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Returns the JSON of the answer. Raises CallFailed."""
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json", **self.headers}
        answer = send(self.url + path, sent, headers, allowed=self.allowed, method=method)
        if not answer.is_good:
            is_for_good = answer.is_for_good or answer.status in _FOR_GOOD
            raise CallFailed(
                replace(answer, text=f"{method} {path.partition('?')[0]}: {answer.text}", is_for_good=is_for_good)
            )
        try:
            return json.loads(answer.text)
        except ValueError as problem:
            raise CallFailed(Answer(None, f"{method} {path.partition('?')[0]}: the answer is not JSON")) from problem
