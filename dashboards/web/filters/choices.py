"""What a condition of the form can be about, and the values that the site's own data offers for it, with their counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboards.presentation import numbers
from dashboards.translations import message, translate
from dashboards.web.filters.goals import goal_name
from dashboards.web.filters.registered import registered_values
from dashboards.web.filters.tree import GOAL
from dashboards.web.language import current_language
from dashboards.web.panels import codes_that_read, word_dimension
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.filter_bar import values_of_work
from dashboards.web.workflow.shown import words
from tracker.db.models import Site
from tracker.enrichment.source.channels import without_accents
from tracker.leads.registers.kept import OF_REGISTERS
from tracker.service.context import Context
from tracker.stats.details import Asked, details
from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.goals import goals_of

# So many values are offered at once; more are found by typing.
_OFFERED = 8
_MOST_CODES = 300

_SECTIONS: tuple[tuple[str, tuple[Dimension, ...]], ...] = (
    (
        message("Pages and actions"),
        (
            Dimension.PAGE,
            Dimension.TITLE,
            Dimension.ENTRY_PAGE,
            Dimension.EXIT_PAGE,
            Dimension.EVENT,
            Dimension.FORM,
            Dimension.LINK,
            Dimension.HOSTNAME,
            Dimension.SITE_SEARCH,
        ),
    ),
    (
        message("Sources"),
        (
            Dimension.SOURCE,
            Dimension.CHANNEL,
            Dimension.SOCIAL_KIND,
            Dimension.REFERRER,
            Dimension.MEDIUM,
            Dimension.UTM_SOURCE,
            Dimension.UTM_MEDIUM,
            Dimension.CAMPAIGN,
            Dimension.CONTENT,
            Dimension.TERM,
        ),
    ),
    (message("Places"), (Dimension.COUNTRY, Dimension.REGION, Dimension.CITY, Dimension.LANGUAGE)),
    (
        message("Devices"),
        (
            Dimension.DEVICE,
            Dimension.BROWSER,
            Dimension.BROWSER_VERSION,
            Dimension.OS,
            Dimension.OS_VERSION,
            Dimension.SCREEN,
        ),
    ),
    (
        message("Companies"),
        (
            Dimension.COMPANY,
            Dimension.COMPANY_DOMAIN,
            Dimension.ORGANISATION,
            Dimension.NETWORK_KIND,
            Dimension.IDENTIFICATION,
            Dimension.COMPANY_STANDING,
            Dimension.COMPANY_FIT,
        ),
    ),
    (
        message("Work with companies"),
        (
            Dimension.COMPANY_STATUS,
            Dimension.COMPANY_KIND,
            Dimension.COMPANY_OWNER,
            Dimension.COMPANY_TAG,
            Dimension.COMPANY_LIST,
            Dimension.COMPANY_REMINDER,
            Dimension.COMPANY_HIDDEN,
        ),
    ),
)


@dataclass(frozen=True)
class Offered:
    """A value that can be ticked: what a filter takes, what it is called, and how many visitors have it."""

    value: str
    label: str
    count: str


def dimensions_offered(language: str, site: Site) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a condition can be about, in sections: (section, [(name, label)])."""
    listed = {one for _, dimensions in _SECTIONS for one in dimensions}
    sections = [(name, list(dimensions)) for name, dimensions in _SECTIONS]
    for one in Dimension:
        if one not in listed and one not in (Dimension.GOAL, Dimension.PROPERTY):
            sections[-1 if one.is_of_company else 0][1].append(one)
    found = [
        (translate(language, name), [(one.value, translate(language, one.definition.label)) for one in dimensions])
        for name, dimensions in sections
    ]
    if goals_of(site):
        found[0][1].insert(0, (GOAL, translate(language, "Goal")))
    return found


def offered(context: Context, selection: Selection, dimension: str, typed: str = "") -> list[Offered]:
    """The values to choose from, the most frequent of the period first; those that `typed` finds, where there is some."""
    language = current_language()
    if dimension == GOAL:
        names = [(goal.key, goal_name(language, goal)) for goal in goals_of(selection.site)]
        return _found(names, typed)
    chosen = BY_NAME[dimension]
    scope = replace(selection.scope, filters=())
    if chosen in OF_REGISTERS:
        return _of_registers(registered_values(context, selection, scope, chosen, language), typed)
    if chosen.is_of_company:
        return _found(values_of_work(context, selection, words(context, selection.site)).get(chosen, ()), typed)
    if not chosen.can_group:
        return []
    codes = codes_that_read(language, chosen, typed) if typed else ()
    asked = Asked(("visitors",), search=typed, codes=codes, limit=_OFFERED + 1)
    rows = details(context.event_store, scope, chosen, asked).rows
    return [
        Offered(value, word_dimension(language, chosen, value), numbers.count(language, visitors))
        for value, visitors in zip(rows["value"], rows["visitors"], strict=True)
        if value
    ][:_OFFERED]


def meant(context: Context, selection: Selection, dimension: str, typed: str) -> str:
    """The value that somebody means who typed a text: that which is called so, or else the text."""
    if dimension == GOAL or BY_NAME[dimension].is_of_company or BY_NAME[dimension].definition.vocabulary:
        same = (one.value for one in offered(context, selection, dimension, typed) if _key(one.label) == _key(typed))
        return next(same, typed)
    return typed


def word_value(context: Context, site: Site, dimension: str, value: str) -> str:
    """What a chosen value is called."""
    language = current_language()
    if dimension == GOAL:
        return next((goal_name(language, goal) for goal in goals_of(site) if goal.key == value), value)
    if dimension == Dimension.COMPANY_STATUS:
        said = words(context, site)
        return next((said.status(one.code) for one in said.statuses if one.code == value), value)
    return word_dimension(language, BY_NAME[dimension], value)


def _found(names: Sequence[tuple[str, str]], typed: str) -> list[Offered]:
    text = _key(typed)
    return [Offered(value, label, "") for value, label in names if value and text in _key(label)][:_MOST_CODES]


def _of_registers(found: Sequence[tuple[str, str, int]], typed: str) -> list[Offered]:
    text, language = _key(typed), current_language()
    named = [one for one in found if text in _key(one[1])]
    return [Offered(value, label, numbers.count(language, visitors)) for value, label, visitors in named][:_OFFERED]


def _key(text: str) -> str:
    """How a text is compared: many type a town without its accents."""
    return without_accents(text).casefold()
