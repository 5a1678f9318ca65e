"""Stand-ins of HubSpot's and Pipedrive's APIs: what their published references say of the calls that are used.

Nobody has tried the real services here: the stand-ins hold the form of requests and answers, not what the services do beyond.

Sources: https://developers.hubspot.com/docs/api-reference/crm-companies-v3/guide and
https://developers.pipedrive.com/docs/api/v1/Organizations.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.webhook_server import Hooks, Received

HUBSPOT_TOKEN, PIPEDRIVE_TOKEN = "pat-eu1-x", "0123abcd"
DOMAIN_KEY = "d" * 40


class StandIn:
    """Companies by their number; `answer` is the server's."""

    def __init__(self, hooks: Hooks) -> None:
        self.companies: dict[int, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.finds = True  # a search finds what was added only some moments later
        self._hooks = hooks
        hooks.answer = self.answer

    def answer(self, one: Received) -> tuple[int, dict[str, str]]:
        parts = urlsplit(one.path)
        self.calls.append(f"{one.method} {parts.path}")
        body = json.loads(one.body) if one.body else {}
        status, said = self.answered(one, parts.path, parse_qs(parts.query), body)
        self._hooks.body = json.dumps(said).encode()
        return status, {"Content-Type": "application/json"}

    def answered(
        self, one: Received, path: str, query: dict[str, list[str]], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        raise NotImplementedError


class HubSpot(StandIn):
    PROPERTIES = frozenset({"name", "domain", "numberofemployees", "city", "webleads_score", "website"})

    def answered(
        self, one: Received, path: str, query: dict[str, list[str]], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        if one.headers.get("authorization") != f"Bearer {HUBSPOT_TOKEN}":
            return 401, {"status": "error", "category": "INVALID_AUTHENTICATION", "message": "Authentication credentials not found."}  # fmt: skip
        if (one.method, path) == ("POST", "/crm/v3/objects/companies/search"):
            ((same,),) = [group["filters"] for group in body["filterGroups"]]
            assert same["operator"] == "EQ"
            found = [self._shown(number) for number, held in self.companies.items() if self.finds and held.get(same["propertyName"]) == same["value"]]  # fmt: skip
            return 200, {"total": len(found), "results": found[: body["limit"]]}
        unknown = body["properties"].keys() - self.PROPERTIES
        if unknown:
            return 400, {"status": "error", "category": "VALIDATION_ERROR", "message": f"Property {sorted(unknown)} does not exist"}  # fmt: skip
        if (one.method, path) == ("POST", "/crm/v3/objects/companies"):
            number = 1000 + len(self.companies)
            self.companies[number] = dict(body["properties"])
            return 201, self._shown(number)
        assert one.method == "PATCH"
        number = int(path.rpartition("/")[2])
        if number not in self.companies:
            return 404, {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "resource not found"}
        self.companies[number] |= body["properties"]
        return 200, self._shown(number)

    def _shown(self, number: int) -> dict[str, Any]:
        return {"id": str(number), "properties": self.companies[number], "archived": False}


class Pipedrive(StandIn):
    def answered(
        self, one: Received, path: str, query: dict[str, list[str]], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        if one.headers.get("x-api-token") != PIPEDRIVE_TOKEN:
            return 401, {"success": False, "error": "unauthorized access", "errorCode": 401}
        if (one.method, path) == ("GET", "/api/v2/organizations/search"):
            assert (query["fields"], query["exact_match"]) == (["custom_fields"], ["true"])
            (term,) = query["term"]
            found = [
                number
                for number, held in self.companies.items()
                if self.finds and term in held["custom_fields"].values()
            ]
            items = [{"result_score": 0.5, "item": {"id": number, "type": "organization"}} for number in found]
            return 200, {"success": True, "data": {"items": items}, "additional_data": {"next_cursor": None}}
        if (one.method, path) == ("POST", "/api/v2/organizations"):
            number = 1 + len(self.companies)
            self.companies[number] = {"custom_fields": {}} | body
            return 200, {"success": True, "data": {"id": number, **self.companies[number]}}
        number = int(path.rpartition("/")[2])
        if number not in self.companies:
            return 404, {"success": False, "error": "Organization not found", "errorCode": 404}
        if one.method == "PATCH":
            assert body.keys() == {"custom_fields"}
            self.companies[number]["custom_fields"] |= body["custom_fields"]
        return 200, {"success": True, "data": {"id": number, **self.companies[number]}}
