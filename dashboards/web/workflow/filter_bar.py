"""The selects above the list of leads: each is one filter of the address bar, so that any two can be combined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.presentation import labels
from dashboards.presentation.companies.fit import BANDS, fit_band
from dashboards.presentation.companies.register_facts import SIZE_BANDS
from dashboards.presentation.workflow import WorkWords, work_value
from dashboards.translations import translate
from dashboards.web.panels import word_dimension
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.loading import companies_of
from tracker.db.models import Site
from tracker.leads.listing.first_rows import countries
from tracker.leads.workflow import lists, states
from tracker.leads.workflow.vocabulary import KIND_NAMES
from tracker.service.context import Context
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Filter
from tracker.stats.filters.address_bar import as_clicked, clicked, write_filter

# The form of filters (dashboards.web.filters) finds the others.
_MOST_OF_REGISTERS = 40


@dataclass(frozen=True)
class FilterSelect:
    """One select: its label, its options as (filter, words), and the filter that is chosen now."""

    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class FilterBar:
    """The selects, and the texts of the other filters, which the form keeps."""

    selects: Sequence[FilterSelect]
    others: Sequence[str]


def filter_bar(context: Context, selection: Selection, said: WorkWords) -> FilterBar:
    """Returns the selects for a selection. One without options is left out."""
    values = values_of_work(context, selection, said)
    simple = {one: text for one in selection.filters if (text := _simple(one, values)) is not None}
    chosen = {by.dimension: text for one, text in simple.items() if (by := as_clicked(one)) is not None}
    return FilterBar(
        [
            FilterSelect(translate(said.language, dimension.definition.label), options, chosen.get(dimension, ""))
            for dimension, options in _options(values).items()
            if options
        ],
        [write_filter(one) for one in selection.filters if one not in simple],
    )


def values_of_work(
    context: Context, selection: Selection, said: WorkWords
) -> dict[Dimension, Sequence[tuple[str, str]]]:
    """What can be chosen of each dimension: its values with their words."""
    site, language = selection.site, said.language
    owners = [(email, name) for email, name in said.emails.items()]
    return {
        Dimension.COMPANY_STATUS: [(one.code, said.status(one.code)) for one in said.statuses],
        Dimension.COMPANY_KIND: [(kind.value, said.kind(kind)) for kind in KIND_NAMES],
        Dimension.COMPANY_OWNER: [*owners, ("", translate(language, "Nobody"))],
        Dimension.COMPANY_TAG: [(tag, tag) for tag in states.known_tags(context.app_db, site.id)],
        Dimension.COMPANY_LIST: [(one.name, one.name) for one in lists.all_lists(context.app_db, site.id)],
        Dimension.COMPANY_REMINDER: [(code, work_value(language, code)) for code in ("due", "later")],
        Dimension.COMPANY_HIDDEN: [("yes", work_value(language, "yes"))],
        Dimension.COMPANY_FIT: _bands(context, selection, language),
        **of_registers(context, site, language),
        Dimension.COUNTRY: sorted(
            ((code, labels.country(language, code)) for code in _countries(context, selection)),
            key=lambda one: one[1],
        ),
        Dimension.NETWORK_KIND: [
            (code, labels.network_kind(language, code)) for code in ("business", "education", "government", "nonprofit")
        ],
    }


def _countries(context: Context, selection: Selection) -> list[str]:
    return [code for code in countries(context.event_store, selection.scope) if code]


def of_registers(context: Context, site: Site, language: str) -> dict[Dimension, list[tuple[str, str]]]:
    """What can be chosen of what registers say: the values that most companies of the site have, with their words."""
    facts = companies_of(context, site).facts
    found = {}
    for dimension in _OF_REGISTERS:
        values = Counter(facts.own(dimension).values()).most_common(_MOST_OF_REGISTERS)
        pairs = [(value, word_dimension(language, dimension, value)) for value, _ in values]
        found[dimension] = sorted(pairs, key=lambda one: one[1])
    sizes = dict(found[Dimension.COMPANY_SIZE])
    found[Dimension.COMPANY_SIZE] = [(value, sizes[value]) for value in SIZE_BANDS if value in sizes]
    return found


_OF_REGISTERS = (
    Dimension.COMPANY_SECTOR,
    Dimension.COMPANY_ACTIVITY,
    Dimension.COMPANY_SIZE,
    Dimension.COMPANY_TOWN,
    Dimension.COMPANY_REGION,
    Dimension.COMPANY_STATE,
)


def _bands(context: Context, selection: Selection, language: str) -> list[tuple[str, str]]:
    """The bands of fit, where the site has rules."""
    has_fit = companies_of(context, selection.site).fits.rules
    return [(code, fit_band(language, code)) for code in BANDS] if has_fit else []


def _options(values: dict[Dimension, Sequence[tuple[str, str]]]) -> dict[Dimension, list[tuple[str, str]]]:
    return {
        dimension: [(write_filter(clicked(dimension, "is", (value,))), words) for value, words in choices]
        for dimension, choices in values.items()
    }


def _simple(one: Filter, values: dict[Dimension, Sequence[tuple[str, str]]]) -> str | None:
    """The text of a filter that a select can show: that a dimension is one of its values."""
    compared = as_clicked(one)
    if compared is None:
        return None
    known = {value for value, _ in values.get(compared.dimension, ())}
    if compared.operator != "is" or len(compared.values) != 1 or compared.values[0] not in known:
        return None
    return write_filter(one)
