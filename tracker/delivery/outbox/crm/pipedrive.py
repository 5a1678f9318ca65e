"""Pipedrive: organizations by the API v2, with a user's API token.

Source: https://developers.pipedrive.com/docs/api/v1/Organizations (v2: searchOrganization, getOrganization, addOrganization,
updateOrganization). An organization has no domain of its own there, so that a custom field holds it; its key is 40
hexadecimal digits. A search looks at all custom fields, so that what it finds is looked at before it is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tracker.delivery.outbox.crm.calls import Api
from tracker.delivery.outbox.crm.records import Records

_ORGANIZATIONS = "/api/v2/organizations"
# What is no custom field.
_BUILT_IN = {"name"}
_MOST_FOUND = 10


def headers(token: str) -> Mapping[str, str]:
    return {"x-api-token": token}


def upsert(api: Api, records: Records, fields: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Adds the organization with a domain or brings it up to date. Returns what was done. Raises CallFailed."""
    domain = values["domain"]
    sent = {fields[name]: value for name, value in values.items()}
    custom = {name: value for name, value in sent.items() if name not in _BUILT_IN}
    body = {name: value for name, value in sent.items() if name in _BUILT_IN} | {"custom_fields": custom}
    number, is_new = records.upsert(
        domain,
        search=lambda: _found(api, fields["domain"], domain),
        # A name that people gave there stays.
        update=lambda number: api.call("PATCH", f"{_ORGANIZATIONS}/{number}", {"custom_fields": custom}),
        add=lambda: str(api.call("POST", _ORGANIZATIONS, body)["data"]["id"]),
    )
    said = f"is added for {domain}" if is_new else f"of {domain} is up to date"
    return f"organization {number} {said}"


def _found(api: Api, field: str, domain: str) -> str | None:
    asked = urlencode({"term": domain, "fields": "custom_fields", "exact_match": "true", "limit": _MOST_FOUND})
    found = (api.call("GET", f"{_ORGANIZATIONS}/search?{asked}").get("data") or {}).get("items") or []
    for one in found:
        number = int(one["item"]["id"])
        held = api.call("GET", f"{_ORGANIZATIONS}/{number}").get("data") or {}
        if str((held.get("custom_fields") or {}).get(field) or "").casefold() == domain.casefold():
            return str(number)
    return None
