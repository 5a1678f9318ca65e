"""The output of `webleads identify`: the result of each step, as lines for a terminal or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from msgspec.structs import asdict

from dashboards.presentation.evidence import describe, describe_reasons, describe_stored
from dashboards.translations import DEFAULT_LANGUAGE
from tracker.enrichment.company.evidence import Evidence, read_stored
from tracker.enrichment.company.identified import Company
from tracker.leads.identify import Identification, IdentifiedIp


def as_json(answer: Identification) -> dict[str, Any]:
    """The answer as JSON: {asked, kind, notes, missing, found: [{address, place, network, name, steps, company, why}]}."""
    return {
        "asked": answer.subject,
        "kind": answer.kind,
        "notes": [_describe(note) for note in answer.notes],
        "missing": [_describe(problem) for problem in answer.missing],
        "found": [_found_as_json(one) for one in answer.found],
    }


def _found_as_json(one: IdentifiedIp) -> dict[str, Any]:
    known = {name: value for name, value in asdict(one.record).items() if value}
    return {
        "address": one.ip or None,
        "place": asdict(one.place),
        "network": asdict(one.network) | _evidence_as_json(read_stored(one.network.evidence)) | {"databases": known},
        "name": {
            "host": one.name.host,
            "claims": list(one.name.claims),
            "problem": one.name.problem and _describe(one.name.problem),
        },
        "steps": [
            {
                "method": step.method,
                "company": _company_as_json(step.company),
                "reason": _describe(step.reason),
                "reason_code": step.reason.code,
                "reason_values": step.reason.values,
            }
            for step in one.steps
        ],
        "company": _company_as_json(one.company),
        "is_lead": one.is_lead,
        "why": _why(one),
    }


def _company_as_json(company: Company | None) -> dict[str, Any] | None:
    return company and company._asdict() | _evidence_as_json(read_stored(company.evidence))


def _evidence_as_json(found: Evidence) -> dict[str, Any]:
    return {"evidence": _describe(found), "evidence_code": found.code, "evidence_values": found.values}


def _why(one: IdentifiedIp) -> str:
    reasons = describe_reasons(DEFAULT_LANGUAGE, one)
    if one.company is None:
        return f"no company identified: {reasons}"
    counts = (
        "would count as a lead" if one.is_lead else "may be a company, and would not count as a lead until confirmed"
    )
    return f"{one.company.name} {counts}: {reasons}"


def _describe(found: Evidence) -> str:
    return describe(DEFAULT_LANGUAGE, found)


def as_lines(answer: Identification) -> Iterator[str]:
    """Returns the result as lines for a terminal."""
    yield from map(_describe, answer.notes)
    for one in answer.found:
        if answer.notes or len(answer.found) > 1:
            yield ""
        yield click.style(one.ip or answer.subject, bold=True)
        yield from _about(one)
    if answer.missing:
        yield ""
        yield from (click.style(f"missing: {_describe(problem)}", fg="yellow") for problem in answer.missing)


def _about(one: IdentifiedIp) -> Iterator[str]:
    if one.ip:
        place = ", ".join(part for part in (one.place.city, one.place.region, one.place.country) if part)
        zone = f" ({one.place.time_zone})" if one.place.time_zone else ""
        yield _line("place", f"{place}{zone}" if place else "not known")
        number = f"AS{one.network.asn} " if one.network.asn else ""
        yield _line("network", f"{number}{one.network.organisation or ''}".strip() or "not known")
        yield _line("kind", f"{one.network.kind}: {describe_stored(DEFAULT_LANGUAGE, one.network.evidence)}")
        yield _line("name", _name(one))
    yield ""
    for step in one.steps:
        if step.company is None:
            yield _line(step.method, f"– {_describe(step.reason)}")
            continue
        found = step.company
        domain = f" ({found.domain})" if found.domain else ""
        words = f"{found.name}{domain}, confidence {found.confidence:.2f}: {_describe(step.reason)}"
        yield _line(step.method, click.style(words, fg="green"))
    yield ""
    yield _line("verdict", click.style(_why(one), bold=True))


def _name(one: IdentifiedIp) -> str:
    if one.name.host:
        return f"{one.name.host}, which points back to the address"
    if one.name.claims:
        return f"{', '.join(one.name.claims)} by its own claim, but that does not point back: not believed"
    return _describe(one.name.problem) if one.name.problem else "none"


def _line(label: str, words: str) -> str:
    return f"  {label:<16} {words}"
