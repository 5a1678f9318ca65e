"""The operations that commands ask for. Each takes and returns JSON, so it can run in another process.

While `webleads serve` runs, it owns the event store. A command then sends the operation's name and arguments to it over
loopback, with the key from the data folder. Otherwise the command runs the same operation itself.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from functools import cache, partial
from inspect import signature
from typing import Any, Literal, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd
from flask import Blueprint, Response, jsonify, request

from dashboards.email.report import render_report
from dashboards.email.site_report import site_report
from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.lead_files import LeadFile
from dashboards.presentation.workflow import WorkWords
from dashboards.translations import DEFAULT_LANGUAGE
from tracker.accounts.permissions import OPERATOR, Action, may
from tracker.accounts.users import list_users
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.models import Site
from tracker.delivery.mail_settings import mailer_of
from tracker.delivery.mailer import MailError
from tracker.delivery.sending import Asked, send_report
from tracker.ingest.quarantine import Quarantine
from tracker.leads.corrections.corrected_store import stored
from tracker.leads.export import leads_as_json
from tracker.leads.files.crm_templates import TEMPLATES
from tracker.leads.over_time.standing import Standing
from tracker.leads.ranking import scored_day
from tracker.leads.report import leads
from tracker.leads.rules import rules_of
from tracker.leads.segments.asked import KnownCompanies
from tracker.leads.segments.work_columns import fit_first
from tracker.leads.workflow.agreements import agreements
from tracker.leads.workflow.views import View, all_views
from tracker.reference.geo.attribution import attributions
from tracker.reports.report import UNIT, period_of
from tracker.reports.timetable import last_complete
from tracker.service.context import Context
from tracker.service.doctor import compared_days, diagnose
from tracker.sites.names import remove_site
from tracker.sites.sites import find_site
from tracker.stats import traffic
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.periods import Period, parse_period
from tracker.stats.query.run import run_query
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.scope import Scope
from tracker.store.errors import StoreUnavailable
from tracker.store.patience import Interrupted
from tracker.store.protocol import EventStore

ForgetSite = Callable[[str], None]
Kind = Literal["weekly", "monthly"]

_CHECKPOINT_TRIES = 100
_CHECKPOINT_PAUSE_SECONDS = 0.05


class OperationError(ValueError):
    """The operation cannot be done as asked; the message is a sentence for the user."""


class NotAllowed(OperationError):
    """The user may not do this."""


def list_leads(
    context: Context,
    *,
    site: str,
    period: str,
    view: str | None = None,
    standing: str | None = None,
    sort: Literal["score", "fit"] | None = None,
) -> dict[str, Any]:
    """Returns the leads of a site in a period, or those of a view and standing: {"site", "period", "scored_on", "leads": [...]}.

    They are sorted as the view is, by score without one; "fit" means fit first.
    """
    found = _site(context, site, Action.EXPORT_REPORTS)
    chosen = _period(context, found, period)
    frame = _leads(context, found, chosen, view=view, standing=standing, sort=sort)
    return {
        "site": found.domain,
        "period": _span(chosen),
        "scored_on": scored_day(chosen, context.now()).isoformat(),
        "leads": leads_as_json(frame, partial(describe_stored, DEFAULT_LANGUAGE)),
    }


def lead_file(
    context: Context,
    *,
    site: str,
    period: str,
    view: str | None = None,
    standing: str | None = None,
    sort: Literal["score", "fit"] | None = None,
    form: Literal["csv", "xlsx", "json"],
    language: Literal["fr", "en"] | None,
    template: str | None,
) -> dict[str, Any]:
    """Returns the leads as a file, as their page offers it: {"content": base64}. Without a language it has codes."""
    found = _site(context, site, Action.EXPORT_REPORTS)
    if template is not None and template not in TEMPLATES:
        raise OperationError(f"there is no import template {template!r}; use one of {', '.join(TEMPLATES)}")
    chosen = _period(context, found, period)
    frame = _leads(context, found, chosen, view=view, standing=standing, sort=sort)
    pages = f"{context.settings.public_url}/{found.domain}/leads"
    words = language or (found.language if template else None)
    said = WorkWords.of(
        words or DEFAULT_LANGUAGE, agreements(context.app_db, found.id).statuses, list_users(context.app_db)
    )
    file = LeadFile(words, chosen.time_zone, pages, template, said)
    return {"content": b64encode(file.content(frame, form)).decode()}


def _leads(
    context: Context, site: Site, period: Period, *, view: str | None, standing: str | None, sort: str | None
) -> pd.DataFrame:
    """The leads with what is set for them, in the order that is asked for."""
    known = _known(context, site)
    chosen = _view(context, site, known, view)
    filters = chosen.filters if chosen else ()
    if standing is not None:
        filters = (*filters, Comparison(Dimension.COMPANY_STANDING, "is", (Standing(standing).value,)))
    scope = Scope(site.stored_as, period, known.of_list(filters, period))
    frame = leads(
        context.event_store,
        scope,
        now=context.now(),
        confirmed=known.counted_as_listed(filters, scope),
        rules=rules_of(site),
    )
    described = known.described(known.without_others(frame))
    return fit_first(described) if (sort or (chosen.sort if chosen else "score")) == "fit" else described


def _known(context: Context, site: Site) -> KnownCompanies:
    return KnownCompanies(context.app_db, context.event_store, site, context.now())


def _view(context: Context, site: Site, known: KnownCompanies, key: str | None) -> View | None:
    """The view with a key. Raises OperationError if there is none."""
    view = known.view(key)
    if view is None and key is not None:
        names = ", ".join(one.key for one in all_views(context.app_db, site.id))
        raise OperationError(f"{site.name} has no view {key!r}; use one of {names}")
    return view


def query(context: Context, *, site: str, query: dict[str, Any]) -> dict[str, Any]:
    """Runs a Stats API v2 query and returns its JSON answer."""
    found = _site(context, site, Action.VIEW_REPORTS)
    return run_query(context.event_store, found, query, now=context.now(), resolve=_known(context, found).of_traffic)


def segment_tallies(context: Context, *, segments: list[str]) -> dict[str, Any]:
    """Returns what was stored of journal segments so far, by name: bytes, pageviews, hits not counted by reason."""
    _require(Action.VIEW_STATUS)
    positions = context.event_store.positions()
    return {name: positions[name]._asdict() for name in segments if name in positions}


def report(
    context: Context,
    *,
    site: str,
    kind: Kind = "weekly",
    label: str | None = None,
    form: Literal["text", "html", "json"],
    language: Literal["fr", "en"] | None = None,
    view: str | None = None,
) -> dict[str, Any]:
    """Returns a week's or month's report as `text`, `html` or `json`: {"content": text}; its leads are those of a view."""
    found = _site(context, site, Action.VIEW_REPORTS)
    _view(context, found, _known(context, found), view)
    made = site_report(context, found, kind, _label(context, found, kind, label), view)
    content = render_report(
        made,
        site=found,
        form=form,
        base_url=context.settings.public_url,
        credits_due=attributions(context.settings),
        language=language,
    )
    return {"content": content}


def send(
    context: Context,
    *,
    site: str,
    kind: Kind = "weekly",
    label: str | None = None,
    recipients: list[str],
    again: bool = False,
) -> dict[str, Any]:
    """Sends a week's or month's report to the given recipients, else to the site's. Returns {"deliveries": [...]}.

    With `again`, also to recipients whose email was interrupted while it was sent.
    """
    found = _site(context, site, Action.SEND_REPORT)
    to = recipients or [one.email for one in found.recipients if one.rhythm == kind and one.paused_at is None]
    mailer, asked = mailer_of(context.settings), Asked(again=again)
    try:
        outcomes = send_report(
            context, found, kind, _label(context, found, kind, label), to, mailer=mailer, asked=asked
        )
    except MailError as problem:
        raise OperationError(str(problem)) from problem
    return {"deliveries": [asdict(outcome) for outcome in outcomes]}


def diagnosis(context: Context) -> dict[str, Any]:
    """Returns what is wrong with the installation: {"findings": [{"level", "words"}]}."""
    _require(Action.VIEW_STATUS)
    return {"findings": [{"level": one.level, "words": one.words} for one in diagnose(context)]}


def remove(context: Context, forget_site: ForgetSite | None = None, *, site: str) -> dict[str, Any]:
    """Removes a site with its settings, recipients and events, also those in quarantine. Returns {"site": its name}.

    `forget_site` deletes the site's events; without it the store does, which is safe only while nothing ingests.
    The events are deleted first: if the removal is interrupted, the site is still listed and can be removed again.
    They are deleted once more at the end, for events that arrived meanwhile.
    """
    found = _site(context, site, Action.REMOVE_SITE)
    forget = forget_site or context.event_store.forget_site
    try:
        forget(found.stored_as)
        remove_site(context.app_db, found.domain)
        forget(found.stored_as)
    except StoreUnavailable as problem:
        raise OperationError(str(problem)) from problem
    names = {found.domain, found.stored_as, *found.former_domains.split()}
    Quarantine(context.settings.journal_folder).forget_site(names)
    return {"site": found.name}


def replay_quarantine(context: Context) -> dict[str, Any]:
    """Puts the lines of the quarantine back into the journal. Returns {"lines": how many}."""
    _require(Action.REPLAY_QUARANTINE)
    quarantine = Quarantine(context.settings.journal_folder)
    quarantine.settle(context.event_store.offsets)
    try:
        return {"lines": quarantine.replay(checkpoint=partial(_checkpoint, context.event_store))}
    except StoreUnavailable as problem:
        raise OperationError(f"nothing was put back, try again in a moment: {problem}") from problem


def _checkpoint(store: EventStore) -> None:
    """Makes a checkpoint; waits for the batch that is being written. Raises StoreUnavailable."""
    for _ in range(_CHECKPOINT_TRIES):
        try:
            store.checkpoint()
        except StoreUnavailable:
            time.sleep(_CHECKPOINT_PAUSE_SECONDS)
        else:
            return
    store.checkpoint()


def forget_rollups(
    context: Context, *, site: str, since: date | None = None, until: date | None = None
) -> dict[str, Any]:
    """Takes the seals from all days of a site, or from some; the last one is `until`. Their figures come from the events then."""
    found = _site(context, site, Action.CHANGE_SETTINGS)
    context.event_store.unseal(found.stored_as, *_range(since, until))
    return {"site": found.domain}


def compare_rollups(context: Context, *, since: date | None = None, until: date | None = None) -> dict[str, Any]:
    """Compares what is kept of all sites' days, or of some, with their events: {"findings": [{"level", "words"}]}."""
    _require(Action.VIEW_STATUS)
    found = [{"level": one.level, "words": one.words} for one in compared_days(context, *_range(since, until))]
    return {"findings": found}


def _range(since: date | None, until: date | None) -> tuple[date, date]:
    """The first day and the one after the last."""
    return since or date.min, date.max if until is None or until == date.max else until + timedelta(days=1)


def seal_days(context: Context, *, site: str, limit: int) -> dict[str, Any]:
    """Seals some of a site's days that are not sealed, the newest first: {"sealed", "left"}."""
    found = _site(context, site, Action.CHANGE_SETTINGS)
    keeper, zone = Keeper(stored(context.event_store)), ZoneInfo(found.time_zone)
    today = context.now().astimezone(zone).date()
    sealed = 0
    while sealed < limit and (some := keeper.seal_some(found.stored_as, zone, today=today, most=limit - sealed)):
        sealed += len(some)
    left = len(keeper.left(found.stored_as, zone, today=today))
    while not left and keeper.make_month(found.stored_as, zone, today=today) is not None:
        pass
    return {"sealed": sealed, "left": left}


OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "leads": list_leads,
    "lead_file": lead_file,
    "query": query,
    "segment_tallies": segment_tallies,
    "report": report,
    "diagnose": diagnosis,
    "send_report": send,
    "remove_site": remove,
    "replay_quarantine": replay_quarantine,
    "forget_rollups": forget_rollups,
    "compare_rollups": compare_rollups,
    "seal_days": seal_days,
}


def run(
    context: Context, name: str, arguments: dict[str, Any], *, forget_site: ForgetSite | None = None
) -> dict[str, Any]:
    """Runs an operation by name and returns its JSON. Raises OperationError, NotAllowed."""
    operation = OPERATIONS.get(name)
    if operation is None:
        raise OperationError(f"there is no operation {name!r}; the command and the service are of different versions")
    try:
        checked = msgspec.structs.asdict(msgspec.convert(arguments, _arguments_of(operation)))
        return remove(context, forget_site, **checked) if operation is remove else operation(context, **checked)
    except OperationError:
        raise
    except (ValueError, msgspec.MsgspecError) as problem:
        raise OperationError(str(problem)) from problem


@cache
def _arguments_of(operation: Callable[..., dict[str, Any]]) -> type[msgspec.Struct]:
    """Returns a type that checks an operation's arguments: another version's command may send other ones."""
    hints = get_type_hints(operation)
    fields = [
        (name, hints[name]) if parameter.default is parameter.empty else (name, hints[name], parameter.default)
        for name, parameter in signature(operation).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    return msgspec.defstruct(operation.__name__, fields, kw_only=True, forbid_unknown_fields=True)


def create_blueprint(context: Context, key: str, forget_site: ForgetSite | None = None) -> Blueprint:
    """Returns the service's endpoint for operations. It answers only requests with the data folder's key."""
    blueprint = Blueprint("operations", __name__, url_prefix="/operations")

    @blueprint.post("/<name>")
    def answer(name: str) -> tuple[Response, int]:
        if not hmac.compare_digest(request.headers.get("X-Webleads-Key", "").encode(), key.encode()):
            return jsonify(error="this URL is for the service's own commands"), 403
        try:
            return jsonify(run(context, name, _json(request.get_data()), forget_site=forget_site)), 200
        except NotAllowed as problem:
            return jsonify(error=str(problem)), 403
        except OperationError as problem:
            return jsonify(error=str(problem)), 400
        except (AppDatabaseUnavailable, Interrupted) as problem:
            return jsonify(error=str(problem)), 503

    return blueprint


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise OperationError(f"the arguments are not JSON: {problem}") from problem


def _require(action: Action, site: Site | None = None) -> None:
    """Checks that the operator may do the action. Whoever runs an operation is the operator: it takes the data folder's key."""
    if not may(OPERATOR, action, site):
        raise NotAllowed(f"you may not {action.value}")


def _site(context: Context, domain: str, action: Action) -> Site:
    """Returns the site of a domain if the operator may do the action on it."""
    found = find_site(context.app_db, domain)
    if found is None:
        raise OperationError(f"there is no site {domain!r}; add it with `webleads site add {domain}`")
    _require(action, found)
    return found


def _label(context: Context, site: Site, kind: str, label: str | None) -> str:
    """Returns the requested week or month, else the last complete one. One that is not over has no report."""
    last = last_complete(kind, site.time_zone, context.now())
    zone = ZoneInfo(site.time_zone)
    if label is not None and period_of(kind, label, zone).start > period_of(kind, last, zone).start:
        raise OperationError(f"{label} is not over yet; the last complete {UNIT[kind]} is {last}")
    return label or last


def _period(context: Context, site: Site, text: str) -> Period:
    zone = ZoneInfo(site.time_zone)
    first_day = traffic.first_day(context.event_store, site.stored_as, zone)
    return parse_period(text, today=context.now().astimezone(zone).date(), time_zone=zone, first_day=first_day)


def _span(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "name": period.name}
