"""Diagnoses an installation: each finding is a sentence that says what is wrong and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from tracker import journal
from tracker.accounts.users import count_users
from tracker.data_folder import file_modes
from tracker.data_folder.secret_key import replaced_keys
from tracker.db import recovery as app_recovery
from tracker.db.copies import folder_of, list_copies
from tracker.db.models import Delivery
from tracker.delivery import sent_log
from tracker.enrichment.geo.databases import is_fast
from tracker.enrichment.network.operator_list import NetworkList
from tracker.ingest import quarantine
from tracker.reference.dns.lookup import Lookup, Unanswered
from tracker.reference.geo.verified_copies import open_databases
from tracker.service.context import Context
from tracker.sites.sites import list_sites
from tracker.stats import traffic
from tracker.stats.hosts import unknown_sites
from tracker.store.engines import repairs
from tracker.store.repairs import describe

# An IP address reserved for documentation has no name. Any answer, "no such name" too, shows that the resolver works.
_ANY_IP = "192.0.2.1"
_LOW_DISK_BYTES = 1_000_000_000
_OLD_COPY = timedelta(days=2)
_OLD_DATABASE = timedelta(days=60)


class Finding(NamedTuple):
    """One line of the diagnosis. `level` is `good`, `hint` (works, but could be better) or `problem`."""

    level: str
    words: str


def diagnose(context: Context) -> Iterator[Finding]:
    """Checks everything that commonly goes wrong. Returns the findings in the order of the checks."""
    yield from _folder(context)
    yield from _rights(context)
    yield from _journal(context)
    yield from _quarantine(context)
    yield from _repairs(context)
    yield from _app_database(context)
    yield from _geo(context)
    yield from _reverse_dns(context)
    yield from _sites(context)
    yield from _mail(context)


def _folder(context: Context) -> Iterator[Finding]:
    free = shutil.disk_usage(context.settings.data).free
    level = "problem" if free < _LOW_DISK_BYTES else "good"
    remedy = "; hits are refused when it is full, so make room" if level == "problem" else ""
    yield Finding(level, f"data folder {context.settings.data.resolve()}: {free / 1e9:.1f} GB free{remedy}")
    if not context.settings.base_url:
        yield Finding(
            "hint", f"WEBLEADS_BASE_URL is not set: the snippet and the emails say {context.settings.public_url}"
        )


def _rights(context: Context) -> Iterator[Finding]:
    """Checks file permissions: the folder contains IP addresses, password hashes and the key that signs cookies."""
    folder = context.settings.data
    if exposed := file_modes.open_to_others(folder):
        words = f"{_named(exposed)} can be read by other users of this machine: `chmod -R go= {folder.resolve()}`"
        yield Finding("problem", words)
    if strange := file_modes.foreign(folder):
        owner = "the service's user"
        words = f"{_named(strange)} belong to another user: `chown -R` the folder to {owner}, with the service stopped"
        yield Finding("problem", words)
    for key in replaced_keys(folder):
        words = (
            f"secret.key was too weak to sign cookies and was replaced: everybody signs in again; delete {key.name}"
            " when you do not need it any more"
        )
        yield Finding("hint", words)


def _named(paths: Sequence[Path]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(path.name for path in paths[:3]) + more


def _journal(context: Context) -> Iterator[Finding]:
    reason = journal.writable(context.settings.journal_folder)
    if reason:
        yield Finding("problem", f"the journal cannot be written ({reason}): hits are refused with 503 until it can")
    positions = context.event_store.positions()
    waiting = sum(
        max(0, segment.size - (positions[segment.name].offset_bytes if segment.name in positions else 0))
        for segment in journal.list_segments(context.settings.journal_folder)
    )
    if waiting > 50_000_000:
        yield Finding(
            "problem", f"{waiting / 1e6:.0f} MB of hits wait to be stored: is `webleads serve` or `ingest` running?"
        )
    else:
        yield Finding("good", f"journal: {waiting:,} bytes wait to be stored")


def _quarantine(context: Context) -> Iterator[Finding]:
    words = quarantine.describe(quarantine.Quarantine(context.settings.journal_folder).summary())
    if words:
        yield Finding("hint", words)


def _repairs(context: Context) -> Iterator[Finding]:
    for repair in repairs(context.settings.event_store):
        yield Finding("hint" if repair.part == "log" else "problem", describe(repair))


def _app_database(context: Context) -> Iterator[Finding]:
    file = context.app_db.file
    if file is None:
        if context.settings.database_url:
            yield Finding(
                "hint", "the app database is not an SQLite file: the service keeps no copies of it, back it up yourself"
            )
        return
    for restore in app_recovery.restores(file, context.now()):
        yield Finding("hint", app_recovery.describe(restore))
    kept = list_copies(file)
    if not kept:
        yield Finding(
            "hint", "there is no copy of the app database yet: the service makes the first as soon as it runs"
        )
    elif kept[0].at < context.now() - _OLD_COPY:
        words = (
            f"the newest copy of the app database is of {kept[0].at:%Y-%m-%d}: a running service makes one a day; its log"
            f" says why not, most often that {folder_of(file)} cannot be written"
        )
        yield Finding("problem", words)
    else:
        words = f"app database: copied {kept[0].at:%Y-%m-%d %H:%M} UTC, {'1 copy' if len(kept) == 1 else f'{len(kept)} copies'} in {folder_of(file)}"
        yield Finding("good", words)


def _geo(context: Context) -> Iterator[Finding]:
    databases = open_databases(context.settings, warn=False)
    folder = context.settings.geo_folder
    for problem in databases.problems:
        yield Finding("problem", problem)
    for one in databases.opened:
        age = context.now() - datetime.fromtimestamp(one.built_at, UTC)
        old = age > _OLD_DATABASE
        remedy = "; companies and places change, fetch a newer one with `webleads geo update`" if old else ""
        words = f"{one.use}: {one.path.name} ({one.database_type}), {age.days} {'day' if age.days == 1 else 'days'} old{remedy}"
        yield Finding("hint" if old else "good", words)
    for problem in NetworkList(context.settings.network_list_file).problems:
        yield Finding("problem", problem)
    if not databases.knows_places:
        yield Finding("hint", f"no place database: run `webleads geo update`, or put a City .mmdb in {folder}")
    if not databases.knows_networks:
        yield Finding(
            "problem",
            "no network database, so no company is recognised: run `webleads geo update`, or put an ASN .mmdb in"
            f" {folder}",
        )
    if context.settings.geo_update == "off" and databases.opened:
        yield Finding("hint", "WEBLEADS_GEO_UPDATE is off: nobody but you keeps the geo databases fresh")
    if not is_fast():
        yield Finding("hint", "maxminddb's C extension is missing, so each new IP address takes thirty times as long")


def _reverse_dns(context: Context) -> Iterator[Finding]:
    settings = context.settings
    if not settings.reverse_dns:
        words = (
            "WEBLEADS_REVERSE_DNS is off: companies that use an internet provider's line are rarely identified;"
            " set it to yes to look up their names (your resolver then sees visitors' IP addresses)"
        )
        yield Finding("hint", words)
        return
    try:
        lookup = Lookup(settings.name_server)
        lookup.confirmed_name(_ANY_IP)
    except Unanswered as problem:
        yield Finding("problem", f"reverse DNS: {problem}; no name is learned until it does")
    else:
        yield Finding("good", f"reverse DNS: {lookup.server} answers")


def _sites(context: Context) -> Iterator[Finding]:
    sites = list_sites(context.app_db)
    if not sites:
        yield Finding(
            "problem", "there is no site: every hit is dropped as unknown_site; `webleads site add example.fr`"
        )
    if not count_users(context.app_db):
        yield Finding(
            "hint", "nobody can sign in yet: open the link that `webleads serve` prints, or `webleads user add`"
        )
    for site in sites:
        last = traffic.last_event_at(context.event_store, site.stored_as)
        if last is None:
            yield Finding("hint", f"{site.name}: no hit yet; is the snippet in its pages?")
        else:
            yield Finding("good", f"{site.name}: last event {last:%Y-%m-%d %H:%M} UTC")
    yield from _unknown_sites(context)


def _unknown_sites(context: Context) -> Iterator[Finding]:
    """Reports hits for unknown sites: a misspelt `data-domain` shows on no site's page."""
    found = unknown_sites(context.event_store, since=context.now().date() - timedelta(days=6))
    if not found:
        return
    # Anybody can send any name, so it is shown as a literal: without control characters for the terminal.
    named = ", ".join(
        f"{one.name!a} ({one.hits:,}{f', from pages of {one.host!a}' if one.host else ''})" for one in found[:3]
    )
    yield Finding(
        "hint",
        f"hits of the last 7 days for a site that is not here: {sum(one.hits for one in found):,}, that is {named}; if one"
        " is yours, `webleads site add` it, or correct data-domain in its pages",
    )


def _mail(context: Context) -> Iterator[Finding]:
    settings = context.settings
    wanted = any(site.recipients for site in list_sites(context.app_db))
    if not settings.smtp_url or not settings.mail_from:
        missing = "WEBLEADS_SMTP_URL" if not settings.smtp_url else "WEBLEADS_MAIL_FROM"
        words = f"{missing} is not set: no weekly email is sent"
        yield Finding("problem" if wanted else "hint", words)
    with context.app_db.transaction() as session:
        unsure = session.scalars(select(Delivery).where(Delivery.status.in_(["failed", "sending"]))).all()
    for delivery in unsure:
        if delivery.status == "failed":
            yield Finding("problem", f"report {delivery.period} to {delivery.recipient} failed: {delivery.error}")
        elif delivery.claimed_at < context.now() - sent_log.STALE_CLAIM:
            yield Finding(
                "hint",
                f"report {delivery.period} to {delivery.recipient} was cut off while it was sent, and perhaps arrived; it is"
                " not sent again by itself: `webleads report weekly --site …"
                f" --week {delivery.period} --send --again --to {delivery.recipient}`",
            )
