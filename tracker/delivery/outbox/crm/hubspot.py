"""HubSpot: companies by the CRM API v3, with the token of a private app (scopes crm.objects.companies.read and .write).

Source: https://developers.hubspot.com/docs/api-reference/crm-companies-v3/guide and .../search/guide. `domain` is the primary
identifier of a company there, but no unique property that `batch/upsert` takes, so that a company is searched first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.delivery.outbox.crm.calls import Api
from tracker.delivery.outbox.crm.records import Records

_COMPANIES = "/crm/v3/objects/companies"


def headers(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


def upsert(api: Api, records: Records, fields: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Adds the company with a domain or brings it up to date. Returns what was done. Raises CallFailed."""
    domain = values["domain"]
    properties = {fields[name]: value for name, value in values.items()}
    # A name that people gave there stays.
    changed = {"properties": _without_name(fields, properties)}
    number, is_new = records.upsert(
        domain,
        search=lambda: _found(api, fields["domain"], domain),
        update=lambda number: api.call("PATCH", f"{_COMPANIES}/{number}", changed),
        add=lambda: str(api.call("POST", _COMPANIES, {"properties": properties})["id"]),
    )
    return f"company {number} is added for {domain}" if is_new else f"company {number} of {domain} is up to date"


def _found(api: Api, field: str, domain: str) -> str | None:
    same = {"propertyName": field, "operator": "EQ", "value": domain}
    asked = {"filterGroups": [{"filters": [same]}], "properties": [field], "limit": 1}
    found = api.call("POST", f"{_COMPANIES}/search", asked).get("results") or []
    return str(found[0]["id"]) if found else None


def _without_name(fields: Mapping[str, str], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != fields.get("name")}
