"""`webleads enrich`: enriches hits line by line and prints the events; stores nothing."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
import msgspec

from tracker.cli.options import data_option, settings_of
from tracker.enrichment.drops import Drop, DropReason
from tracker.ingest.gc_tuning import collect_less_often

_CHUNK_BYTES = 1024 * 1024


@click.command()
@data_option
@click.option(
    "--geo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Folder of the geo databases (default: the data folder's `geo`).",
)
def enrich(data: Path | None, geo: Path | None) -> None:
    """Read hits (one JSON object a line) from standard input, write events or drop reasons in the same order."""
    collect_less_often()
    settings = settings_of(data)
    kept = None if geo else settings.geo_kept_folder
    workbench = _Workbench(
        geo or settings.geo_folder, kept, settings.network_list_file, settings.too_old_hours * 3_600_000
    )
    encode = msgspec.json.Encoder().encode
    source, target = sys.stdin.buffer, sys.stdout.buffer
    for lines in _as_they_come(source):
        target.writelines(encode(found) + b"\n" for found in workbench.enrich(lines))
        target.flush()


def _as_they_come(source: Any) -> Iterator[list[bytes]]:
    """Yields the lines that have arrived, without waiting for more, so that a pipe gets its answers at once."""
    begun = b""
    while chunk := source.read1(_CHUNK_BYTES):
        *lines, begun = (begun + chunk).split(b"\n")
        if lines:
            yield lines
    if begun:
        yield [begun]


class _Workbench:
    """The pipeline without journal, store and sites: every domain is a site, and salts last as long as the command."""

    def __init__(self, geo_folder: Path, kept: Path | None, network_list: Path, too_old_ms: float) -> None:
        from tracker.enrichment.geo.databases import Databases
        from tracker.enrichment.network.operator_list import NetworkList
        from tracker.enrichment.pipeline import Enricher
        from tracker.ingest.visits.assign import Visits
        from tracker.ingest.visits.visitor_ids import Identity
        from tracker.reference.geo.verified_copies import VerifiedCopies

        databases = Databases(VerifiedCopies(geo_folder, kept, keeps=False))
        self._enricher = Enricher(databases, too_old_ms=too_old_ms, network_list=NetworkList(network_list))
        self._identity = Identity(_salt_of_the_run)
        self._visits = Visits(lambda *_: (), stored_until_us=0)

    def enrich(self, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        """Returns one answer for each line, in their order: the event's columns, or why the hit is not counted."""
        from dashboards.presentation.evidence import describe_stored
        from dashboards.translations import DEFAULT_LANGUAGE
        from tracker.enrichment.event import wire_form
        from tracker.ingest.visits.assign import Arrival

        outcome = [self._one(line) for line in lines]
        arrivals = [found for found in outcome if isinstance(found, Arrival)]
        verdicts = iter(self._visits.assign(arrivals))
        for found in outcome:
            drop = next(verdicts) if isinstance(found, Arrival) else found
            if isinstance(found, Arrival) and drop is None:
                columns = wire_form(found.event)
                columns["company_evidence"] = describe_stored(DEFAULT_LANGUAGE, columns["company_evidence"]) or None
                yield columns
            else:
                assert isinstance(drop, Drop)
                yield {"drop_reason": drop.reason, "detail": drop.detail}

    def _one(self, line: bytes) -> Any:
        from tracker.enrichment.site_rules import SiteRules
        from tracker.hit import decode_hit
        from tracker.ingest.site_rules import claimed_domain

        try:
            hit = decode_hit(line)
        except msgspec.MsgspecError as problem:
            return Drop(DropReason.INVALID_HIT, str(problem))
        domain = claimed_domain(hit)
        rules = _rules(domain) if domain else SiteRules("")
        try:
            event = self._enricher.enrich(hit, rules)
        except Exception as problem:  # noqa: BLE001 - as in ingest: a hit that no step foresaw must not keep the others back
            return Drop(DropReason.INVALID_HIT, type(problem).__name__)
        return event if isinstance(event, Drop) else self._identity.arrival(event, hit, rules.time_zone)


@lru_cache(maxsize=4096)
def _rules(domain: str) -> Any:
    from tracker.enrichment.site_rules import SiteRules
    from tracker.enrichment.text.urls import is_development_host

    hosts = frozenset({domain, f"www.{domain}"})
    return SiteRules(domain, hosts=hosts, counts_development=is_development_host(domain))


@lru_cache(maxsize=4096)
def _salt_of_the_run(_day: date) -> bytes:
    return secrets.token_bytes(16)
