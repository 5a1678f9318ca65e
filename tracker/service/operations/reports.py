"""A site's figures for whoever asks: queries, the weekly and monthly reports, and their sending."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dashboards.email.report import render_report
from dashboards.email.site_report import site_report
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.delivery.mail_settings import mailer_of
from tracker.delivery.mailer import MailError
from tracker.delivery.sending import Asked, send_report
from tracker.reference.attributions import attributions
from tracker.reports.report import UNIT, period_of
from tracker.reports.timetable import last_complete
from tracker.service.context import Context
from tracker.service.operations.asking import OperationError, known_companies, site_of, view_of
from tracker.stats.query.run import run_query

Kind = Literal["weekly", "monthly"]


def query(context: Context, *, site: str, query: dict[str, Any]) -> dict[str, Any]:
    """Runs a Stats API v2 query and returns its JSON answer."""
    found = site_of(context, site, Action.VIEW_REPORTS)
    return run_query(
        context.event_store, found, query, now=context.now(), resolve=known_companies(context, found).of_traffic
    )


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
    found = site_of(context, site, Action.VIEW_REPORTS)
    view_of(context, found, known_companies(context, found), view)
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
    found = site_of(context, site, Action.SEND_REPORT)
    to = recipients or [one.email for one in found.recipients if one.rhythm == kind and one.paused_at is None]
    mailer, asked = mailer_of(context.settings), Asked(again=again)
    try:
        outcomes = send_report(
            context, found, kind, _label(context, found, kind, label), to, mailer=mailer, asked=asked
        )
    except MailError as problem:
        raise OperationError(str(problem)) from problem
    return {"deliveries": [asdict(outcome) for outcome in outcomes]}


def _label(context: Context, site: Site, kind: str, label: str | None) -> str:
    """Returns the requested week or month, else the last complete one. One that is not over has no report."""
    last = last_complete(kind, site.time_zone, context.now())
    zone = ZoneInfo(site.time_zone)
    if label is not None and period_of(kind, label, zone).start > period_of(kind, last, zone).start:
        raise OperationError(f"{label} is not over yet; the last complete {UNIT[kind]} is {last}")
    return label or last
