"""The leads of a site, as JSON and as a file."""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from typing import Any, Literal

import pandas as pd

from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.lead_files import LeadFile
from dashboards.presentation.workflow import WorkWords
from dashboards.translations import DEFAULT_LANGUAGE
from tracker.accounts.permissions import Action
from tracker.accounts.users import list_users
from tracker.db.models import Site
from tracker.leads.export import leads_as_json
from tracker.leads.files.crm_templates import TEMPLATES
from tracker.leads.over_time.standing import Standing
from tracker.leads.ranking import scored_day
from tracker.leads.report import leads
from tracker.leads.score_rules import rules_of
from tracker.leads.segments.work_columns import fit_first
from tracker.leads.workflow.agreements import agreements
from tracker.service.context import Context
from tracker.service.operations.asking import OperationError, known_companies, period_of_site, site_of, span, view_of
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.periods import Period
from tracker.stats.scope import Scope


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
    found = site_of(context, site, Action.EXPORT_REPORTS)
    chosen = period_of_site(context, found, period)
    frame = _leads(context, found, chosen, view=view, standing=standing, sort=sort)
    return {
        "site": found.domain,
        "period": span(chosen),
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
    found = site_of(context, site, Action.EXPORT_REPORTS)
    if template is not None and template not in TEMPLATES:
        raise OperationError(f"there is no import template {template!r}; use one of {', '.join(TEMPLATES)}")
    chosen = period_of_site(context, found, period)
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
    known = known_companies(context, site)
    chosen = view_of(context, site, known, view)
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
