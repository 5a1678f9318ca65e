"""What a company's page says beside its score and visits: how each fact is known, what was read over time, who reads alike."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dashboards.presentation.companies.course_rows import page_rows, source_rows
from dashboards.presentation.companies.known_facts import known_facts, other_ways, who_said_so
from dashboards.presentation.lead_rows import LeadRow
from dashboards.web.language import current_language
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.loading import work_of
from tracker.leads.companies.ids import ids_among
from tracker.leads.companies.known import known_companies
from tracker.leads.one_company.courses import pages_over_time, sources_over_time
from tracker.leads.one_company.facts import identifications, places
from tracker.leads.one_company.looked_at import most_alike
from tracker.service.context import Context

_ALIKE = 5


def sections(
    context: Context,
    selection: Selection,
    lead: LeadRow,
    *,
    confirmed: Collection[str],
    only_sure: bool,
) -> dict[str, Any]:
    """The template variables of these sections."""
    store, scope, language = context.event_store, selection.scope_of_companies, current_language()
    ways = identifications(store, scope, lead.company, only_sure=only_sure)
    found = places(store, scope, lead.company, only_sure=only_sure)
    return {
        "known_facts": known_facts(language, lead, ways, found),
        "other_ways": other_ways(language, ways, selection.zone),
        "who_said_so": who_said_so(language, ways, selection.zone),
        "pages_read": page_rows(language, pages_over_time(store, scope, lead.company, only_sure=only_sure)),
        "came_from": source_rows(language, sources_over_time(store, scope, lead.company, only_sure=only_sure)),
        "alike": _alike(context, selection, lead.company, confirmed),
    }


def _alike(
    context: Context,
    selection: Selection,
    company: str,
    confirmed: Collection[str],
) -> list[tuple[str, str, str]]:
    """Companies of the list that read what the company reads, as name, id and the pages that both read."""
    store, work = context.event_store, work_of(context, selection.site)
    left_out = work.hidden | work.not_leads
    scope = selection.scope_of_companies
    found = most_alike(store, scope, company, confirmed)
    listed = [one for one in found if one.company not in left_out][:_ALIKE]
    known = known_companies(store, scope, confirmed=confirmed, names={one.company for one in listed})
    ids = ids_among(store, scope, known, confirmed=confirmed)
    return [(one.company, ids[one.company], ", ".join(one.pages[:3])) for one in listed if one.company in ids]
