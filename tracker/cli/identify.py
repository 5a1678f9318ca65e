"""`webleads identify`: who is behind an address, and how that is known, for a terminal or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import asdict

from tracker.cli.options import CommandError, data_option, settings_of

if TYPE_CHECKING:
    from tracker.leads.identify import Answer, Identified


@click.command()
@click.argument("subject", metavar="IP|HOST|EMAIL")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--geo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Folder of the geo databases (default: the data folder's `geo`).",
)
@data_option
def identify(subject: str, form: str, geo: Path | None, data: Path | None) -> None:
    """Say who is behind an address, a host or an email address, and how that is known; nothing is stored."""
    from tracker.enrichment.geo.databases import Databases
    from tracker.leads.identify import NotUnderstood, sources_of
    from tracker.leads.identify import identify as look_at
    from tracker.reference.geo.verified_copies import VerifiedCopies

    settings = settings_of(data)
    kept = None if geo else settings.geo_kept_folder
    databases = Databases(VerifiedCopies(geo or settings.geo_folder, kept, keeps=False), warn=False)
    try:
        answer = look_at(subject, sources_of(settings, databases))
    except NotUnderstood as problem:
        raise CommandError(str(problem)) from problem
    if form == "json":
        click.echo(json.dumps(as_json(answer), ensure_ascii=False, indent=2))
        return
    for line in _lines(answer):
        click.echo(line)


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as JSON: {asked, kind, notes, missing, found: [{address, place, network, name, steps, company, why}]}."""
    return {
        "asked": answer.asked,
        "kind": answer.kind,
        "notes": list(answer.notes),
        "missing": list(answer.missing),
        "found": [_found_as_json(one) for one in answer.found],
    }


def _found_as_json(one: Identified) -> dict[str, Any]:
    known = {name: value for name, value in asdict(one.record).items() if value}
    return {
        "address": one.address or None,
        "place": asdict(one.place),
        "network": asdict(one.network) | {"databases": known},
        "name": {"host": one.name.host, "claims": list(one.name.claims), "problem": one.name.problem},
        "steps": [
            {"method": step.method, "company": step.company and step.company._asdict(), "reason": step.reason}
            for step in one.steps
        ],
        "company": one.company and one.company._asdict(),
        "is_lead": one.company is not None,
        "why": one.why,
    }


def _lines(answer: Answer) -> Iterator[str]:
    yield from answer.notes
    for one in answer.found:
        if answer.notes or len(answer.found) > 1:
            yield ""
        yield click.style(one.address or answer.asked, bold=True)
        yield from _about(one)
    if answer.missing:
        yield ""
        yield from (click.style(f"missing: {words}", fg="yellow") for words in answer.missing)


def _about(one: Identified) -> Iterator[str]:
    if one.address:
        place = ", ".join(part for part in (one.place.city, one.place.region, one.place.country) if part)
        zone = f" ({one.place.time_zone})" if one.place.time_zone else ""
        yield _line("place", f"{place}{zone}" if place else "not known")
        number = f"AS{one.network.asn} " if one.network.asn else ""
        yield _line("network", f"{number}{one.network.organisation or ''}".strip() or "not known")
        yield _line("kind", f"{one.network.kind}: {one.network.evidence}")
        yield _line("name", _name(one))
    yield ""
    for step in one.steps:
        if step.company is None:
            yield _line(step.method, f"– {step.reason}")
            continue
        found = step.company
        domain = f" ({found.domain})" if found.domain else ""
        words = f"{found.name}{domain}, confidence {found.confidence:.2f}: {step.reason}"
        yield _line(step.method, click.style(words, fg="green"))
    yield ""
    yield _line("verdict", click.style(one.why, bold=True))


def _name(one: Identified) -> str:
    if one.name.host:
        return f"{one.name.host}, which points back to the address"
    if one.name.claims:
        return f"{', '.join(one.name.claims)} by its own claim, but that does not point back: not believed"
    return one.name.problem or "none"


def _line(label: str, words: str) -> str:
    return f"  {label:<16} {words}"
