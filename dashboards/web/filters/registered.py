"""The values of what public registers say of companies, with the visitors that each has: those of the most visitors first."""

from __future__ import annotations

from dashboards.web.panels import word_dimension
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.loading import companies_of
from tracker.service.context import Context
from tracker.stats.companies.visitors import visitors_by_value
from tracker.stats.dimensions import Dimension
from tracker.stats.scope import Scope


def registered_values(
    context: Context, selection: Selection, scope: Scope, dimension: Dimension, language: str
) -> list[tuple[str, str, int]]:
    """Returns each value that a company of the site has: the value, its words, and its visitors in the scope."""
    values = companies_of(context, selection.site).facts.own(dimension)
    visitors = visitors_by_value(context.event_store, scope, values)
    found = [(value, word_dimension(language, dimension, value), visitors[value]) for value in set(values.values())]
    return sorted(found, key=lambda one: (-one[2], one[1]))
