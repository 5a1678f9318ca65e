"""Diagnoses an installation: each finding is a sentence that says what is wrong and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from tracker import journal
from tracker.accounts.users import count_users
from tracker.data_folder import file_modes
from tracker.data_folder.secret_key import replaced_keys
from tracker.db import recovery as app_recovery
from tracker.db.copies import folder_of, list_copies
from tracker.db.models import Delivery
from tracker.delivery import sent_log
from tracker.delivery.published_key import published_key
from tracker.enrichment.geo.databases import is_fast
from tracker.enrichment.network.operator_list import NetworkList
from tracker.ingest import quarantine
from tracker.reference.dns.lookup import Lookup, Unanswered
from tracker.reference.geo.verified_copies import open_databases
from tracker.reference.registers.registers import REGISTERS, file_of, registers_of
from tracker.reference.registers.schedule import kept_fresh, last_updates
from tracker.service.context import Context
from tracker.service.finding import Finding
from tracker.sites.sites import list_sites
from tracker.stats import traffic
from tracker.stats.goals import goals_of
from tracker.stats.hosts import unknown_sites
from tracker.stats.messages import message
from tracker.stats.rollups.checking import compare_with_events
from tracker.store.engines import repairs
from tracker.store.repairs import describe

# An IP address reserved for documentation has no name. Any answer, "no such name" too, shows that the resolver works.
_ANY_IP = "192.0.2.1"
_LOW_DISK_BYTES = 1_000_000_000
_OLD_COPY = timedelta(days=2)
_OLD_DATABASE = timedelta(days=60)
_OLD_REGISTER = timedelta(days=90)


def diagnose(context: Context) -> Iterator[Finding]:
    """Checks everything that commonly goes wrong. Returns the findings in the order of the checks."""
    yield from _folder(context)
    yield from _rights(context)
    yield from _journal(context)
    yield from _quarantine(context)
    yield from _repairs(context)
    yield from _app_database(context)
    yield from _geo(context)
    yield from _registers(context)
    yield from _reverse_dns(context)
    yield from _sites(context)
    yield from _mail(context)
    yield from published_key(context)


def compared_days(context: Context, first: date, end: date) -> Iterator[Finding]:
    """Compares the figures that are kept of days from `first` to before `end` with their events, site by site."""
    for site in list_sites(context.app_db):
        compared = compare_with_events(context.event_store, site.stored_as, first, end, goals=goals_of(site))
        days = f"{compared.days:,} {'day' if compared.days == 1 else 'days'}"
        if not compared.different:
            yield Finding("good", f"{site.name}: {days} compared, the figures kept of each are those of its events")
            continue
        wrong = sorted(compared.different)
        named = ", ".join(str(day) for day in wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
        yield Finding(
            "problem",
            f"{site.name}: of {days} compared, the figures kept of {named} are not those of their events: `webleads rollups"
            f" rebuild --site {site.domain} --since {wrong[0]} --until {wrong[-1]}`",
        )


def _folder(context: Context) -> Iterator[Finding]:
    free = shutil.disk_usage(context.settings.data).free
    values = {"folder": context.settings.data.resolve(), "free": f"{free / 1e9:.1f}"}
    if free < _LOW_DISK_BYTES:
        words = message("data folder %(folder)s: %(free)s GB free; events are refused when it is full, so make room")
        yield Finding("problem", words, values)
    else:
        yield Finding("good", message("data folder %(folder)s: %(free)s GB free"), values)
    if not context.settings.base_url:
        words = message("WEBLEADS_BASE_URL is not set: the snippet and the emails say %(url)s")
        yield Finding("hint", words, {"url": context.settings.public_url})


def _rights(context: Context) -> Iterator[Finding]:
    """Checks file permissions: the folder contains IP addresses, password hashes and the key that signs cookies."""
    folder = context.settings.data
    if exposed := file_modes.open_to_others(folder):
        words = message("other users of this server can read %(files)s: `chmod -R go= %(folder)s`")
        yield Finding("problem", words, {"files": _named(exposed), "folder": folder.resolve()})
    if strange := file_modes.foreign(folder):
        words = message(
            "another user owns %(files)s: stop the service and `chown -R` the folder to the user that runs it"
        )
        yield Finding("problem", words, {"files": _named(strange)})
    for key in replaced_keys(folder):
        words = message(
            "secret.key was too weak to sign cookies and was replaced: everybody signs in again; delete %(file)s"
            " when you do not need it any more"
        )
        yield Finding("hint", words, {"file": key.name})


def _named(paths: Sequence[Path]) -> str:
    more = f" (+{len(paths) - 3})" if len(paths) > 3 else ""
    return ", ".join(path.name for path in paths[:3]) + more


def _journal(context: Context) -> Iterator[Finding]:
    reason = journal.writable(context.settings.journal_folder)
    if reason:
        words = message("the journal cannot be written (%(reason)s): events are refused with 503 until it can")
        yield Finding("problem", words, {"reason": reason})
    positions = context.event_store.positions()
    waiting = sum(
        max(0, segment.size - (positions[segment.name].offset_bytes if segment.name in positions else 0))
        for segment in journal.list_segments(context.settings.journal_folder)
    )
    if waiting > 50_000_000:
        words = message("%(size)s MB of events wait to be stored: is `webleads serve` or `ingest` running?")
        yield Finding("problem", words, {"size": f"{waiting / 1e6:.0f}"})
    else:
        yield Finding("good", message("journal: %(size)s kB wait to be stored"), {"size": f"{waiting / 1e3:.0f}"})


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
            words = message(
                "the app database is not an SQLite file: the service keeps no copies of it, back it up yourself"
            )
            yield Finding("hint", words)
        return
    for restore in app_recovery.restores(file, context.now()):
        yield Finding("hint", app_recovery.describe(restore))
    kept = list_copies(file)
    if not kept:
        words = message("there is no copy of the app database yet: the service makes the first as soon as it runs")
        yield Finding("hint", words)
    elif kept[0].at < context.now() - _OLD_COPY:
        words = message(
            "the newest copy of the app database is of %(day)s: a running service makes one a day; its log says why not,"
            " most often because the folder %(folder)s cannot be written"
        )
        yield Finding("problem", words, {"day": f"{kept[0].at:%Y-%m-%d}", "folder": folder_of(file)})
    else:
        words = message("app database: last copied %(time)s UTC (copies in %(folder)s: %(copies)s)")
        values = {"time": f"{kept[0].at:%Y-%m-%d %H:%M}", "folder": folder_of(file), "copies": len(kept)}
        yield Finding("good", words, values)


def _geo(context: Context) -> Iterator[Finding]:
    databases = open_databases(context.settings, warn=False)
    folder = context.settings.geo_folder
    for problem in databases.problems:
        yield Finding("problem", problem)
    for one in databases.opened:
        age = context.now() - datetime.fromtimestamp(one.built_at, UTC)
        values = {"use": one.use, "file": one.path.name, "kind": one.database_type, "days": age.days}
        if age > _OLD_DATABASE:
            words = message(
                "%(use)s: %(file)s (%(kind)s), age in days: %(days)s; companies and places change, fetch a newer one with"
                " `webleads geo update`"
            )
            yield Finding("hint", words, values)
        else:
            yield Finding("good", message("%(use)s: %(file)s (%(kind)s), age in days: %(days)s"), values)
    for problem in NetworkList(context.settings.network_list_file).problems:
        yield Finding("problem", problem)
    if not databases.knows_places:
        words = message("no place database: run `webleads geo update`, or put a City .mmdb in %(folder)s")
        yield Finding("hint", words, {"folder": folder})
    if not databases.knows_networks:
        words = message(
            "no network database, so no company is identified: run `webleads geo update`, or put an ASN .mmdb in"
            " %(folder)s"
        )
        yield Finding("problem", words, {"folder": folder})
    if context.settings.geo_update == "off" and databases.opened:
        yield Finding("hint", message("WEBLEADS_GEO_UPDATE is off: nobody but you keeps the geo databases fresh"))
    if not is_fast():
        words = message("the C extension of maxminddb is missing, so each new IP address takes thirty times as long")
        yield Finding("hint", words)


def _registers(context: Context) -> Iterator[Finding]:
    editions = registers_of(context.settings).editions()
    for one in editions:
        age = (context.now().date() - date.fromisoformat(one.as_of)).days if one.as_of else 0
        values = {"register": one.register, "companies": f"{one.entries:,}", "day": one.as_of or "?", "days": age}
        if age > _OLD_REGISTER.days:
            words = message(
                "company register %(register)s: %(companies)s companies as of %(day)s, age in days: %(days)s; fetch a newer one"
                " with `webleads registers update %(register)s`"
            )
            yield Finding("hint", words, values)
        else:
            words = message("company register %(register)s: %(companies)s companies as of %(day)s")
            yield Finding("good", words, values)
    for register in REGISTERS:
        is_there = file_of(context.settings.registers_folder, register.name).exists()
        if is_there and register.name not in {one.register for one in editions}:
            words = message("company register %(register)s cannot be read: import it again")
            yield Finding("problem", words, {"register": register.name})
    yield from _register_updates(context)
    if not editions:
        yield Finding("hint", message("no company register: activity, size and seat of companies are not shown"))


def _register_updates(context: Context) -> Iterator[Finding]:
    """What became of the last update that the service made by itself."""
    last = last_updates(context.settings.registers_folder)
    for name in kept_fresh(context.settings.registers_update):
        one = last.get(name)
        if one is None:
            yield Finding("good", message("company register %(register)s: will be fetched soon"), {"register": name})
        elif one.is_good:
            words = message("company register %(register)s: last fetched on %(day)s, once a month by itself")
            yield Finding("good", words, {"register": name, "day": one.at.date().isoformat()})
        else:
            words = message(
                "company register %(register)s could not be fetched on %(day)s: %(said)s; it is tried again in a day"
            )
            yield Finding("problem", words, {"register": name, "day": one.at.date().isoformat(), "said": one.said})


def _reverse_dns(context: Context) -> Iterator[Finding]:
    settings = context.settings
    if not settings.reverse_dns:
        words = message(
            "WEBLEADS_REVERSE_DNS is off: companies that use an internet provider’s line are rarely identified;"
            " set it to yes to look up their names (your resolver then sees visitors’ IP addresses)"
        )
        yield Finding("hint", words)
        return
    try:
        lookup = Lookup(settings.name_server)
        lookup.confirmed_name(_ANY_IP)
    except Unanswered as problem:
        words = message("reverse DNS: %(problem)s; no name is learned until it does")
        yield Finding("problem", words, {"problem": problem})
    else:
        yield Finding("good", message("reverse DNS: %(server)s answers"), {"server": lookup.server})


def _sites(context: Context) -> Iterator[Finding]:
    sites = list_sites(context.app_db)
    if not sites:
        words = message("there is no site: every event is excluded as unknown_site; `webleads site add example.fr`")
        yield Finding("problem", words)
    if not count_users(context.app_db):
        words = message("nobody can sign in yet: open the link that `webleads serve` prints, or `webleads user add`")
        yield Finding("hint", words)
    for site in sites:
        last = traffic.last_event_at(context.event_store, site.stored_as)
        if last is None:
            yield Finding("hint", message("%(site)s: no event yet; is the snippet in its pages?"), {"site": site.name})
        else:
            values = {"site": site.name, "time": f"{last:%Y-%m-%d %H:%M}"}
            yield Finding("good", message("%(site)s: last event %(time)s UTC"), values)
    yield from _unknown_sites(context)


def _unknown_sites(context: Context) -> Iterator[Finding]:
    """Reports hits for unknown sites: a misspelt `data-domain` shows on no site's page."""
    found = unknown_sites(context.event_store, since=context.now().date() - timedelta(days=6))
    if not found:
        return
    # Anybody can send any name, so it is shown as a literal: without control characters for the terminal.
    named = ", ".join(f"{one.name!a} ({one.hits}{f' ← {one.host!a}' if one.host else ''})" for one in found[:3])
    words = message(
        "%(hits)s events of the last 7 days name a site that is not here: %(names)s (events ← host of the page); if one is"
        " yours, `webleads site add` it, or correct data-domain in its pages"
    )
    yield Finding("hint", words, {"hits": sum(one.hits for one in found), "names": named})


def _mail(context: Context) -> Iterator[Finding]:
    settings = context.settings
    wanted = any(site.recipients for site in list_sites(context.app_db))
    if not settings.smtp_url or not settings.mail_from:
        missing = "WEBLEADS_SMTP_URL" if not settings.smtp_url else "WEBLEADS_MAIL_FROM"
        words = message("%(setting)s is not set: no weekly email is sent")
        yield Finding("problem" if wanted else "hint", words, {"setting": missing})
    with context.app_db.transaction() as session:
        failed = session.scalars(select(Delivery).where(Delivery.status.in_(["failed", "refused"]))).all()
    for delivery in failed:
        values = {"period": delivery.period, "email": delivery.recipient, "error": delivery.error}
        yield Finding("problem", message("report %(period)s to %(email)s failed: %(error)s"), values)
    for delivery in sent_log.list_unsure(context.app_db, now=context.now()):
        words = message(
            "report %(period)s to %(email)s was cut off while it was sent, and perhaps arrived; it is not sent again by"
            " itself: the status page sends it again with one click"
        )
        yield Finding("hint", words, {"period": delivery.period, "email": delivery.recipient})
