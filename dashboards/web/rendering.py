"""The functions for templates: numbers and times in the page's language, URLs of assets and of pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g
from jinja2 import pass_context
from jinja2.runtime import Context as Template
from markupsafe import Markup, escape

from dashboards.presentation import dates, labels, numbers
from dashboards.translations import LANGUAGES, translate
from dashboards.web.assets import asset
from dashboards.web.filters.words import Chip, filter_chip
from dashboards.web.language import current_language
from dashboards.web.local_url import page_shown, url_shown
from dashboards.web.service_status import ServiceStatus
from dashboards.web.site import links
from dashboards.web.site.forms import invalid_field, mark
from dashboards.web.theme import current_theme, theme_names
from tracker.enrichment.text import visible_text
from tracker.reference.attributions import attributions
from tracker.service.context import Context
from tracker.stats.filters import Filter


def register(app: Flask, context: Context, service_status: Callable[[], ServiceStatus]) -> None:
    """Adds the filters and globals, and `language` and `now` to every template."""

    def when(moment: datetime, zone: ZoneInfo) -> Markup:
        """A time relative to now, with the exact time on hover."""
        language = current_language()
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            moment.isoformat(timespec="seconds"),
            dates.absolute(language, moment, zone),
            dates.ago(language, moment, context.now(), zone),
        )

    def clock(moment: datetime, zone: ZoneInfo) -> Markup:
        """The hour of a moment, the exact day and hour on hover."""
        exact = dates.absolute(current_language(), moment, zone)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            moment.isoformat(timespec="seconds"), exact, dates.clock(moment, zone)
        )

    app.jinja_env.finalize = shown
    for name, words in (_FILTERS | {"filter_words": _word_filter}).items():
        app.add_template_filter(_of_each_page(words), name)
    app.add_template_filter(with_code, "with_code")
    app.add_template_global(when, "when")
    app.add_template_global(clock, "clock")
    app.add_template_global(lambda day: dates.full_day(current_language(), day), "full_day")
    app.add_template_global(lambda day: dates.heading(current_language(), day), "day_heading")
    app.add_template_global(lambda day: dates.day(current_language(), day, weekday=False), "short_day")
    app.add_template_global(asset, "asset")
    app.add_template_global(mark, "mark")
    app.add_template_global(invalid_field, "invalid_field")
    links.register(app)
    app.add_template_global(page_shown, "page_shown")
    app.add_template_global(_language_names, "language_names")
    app.add_template_global(current_theme, "current_theme")
    app.add_template_global(theme_names, "theme_names")
    app.add_template_global(lambda: attributions(context.settings), "attributions")
    app.add_template_global(lambda: service_status().needs_attention, "needs_attention")
    app.context_processor(lambda: {"language": current_language(), "here": url_shown()})


# The filters that word something in the page's language.
_FILTERS: dict[str, Callable[..., Any]] = {
    "count": lambda number, **how: numbers.count(current_language(), number, **how),
    "percent": lambda number: numbers.percent(current_language(), number),
    "translated": lambda text: translate(current_language(), text),
}


def _of_each_page(words: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that each page works out: Jinja keeps what filters make of constants in the language of the first page."""

    @pass_context
    def work_out(_: Template, value: Any, **how: Any) -> Any:
        return words(value, **how)

    return work_out


def shown(value: Any) -> Any:
    """Prepares a template's value: text, which may come from outside, also within markup, loses what cannot be seen."""
    if not isinstance(value, str):
        return value
    seen = visible_text(value)
    if seen is value or not isinstance(value, Markup):
        return seen
    return Markup(seen)  # noqa: S704 - it was markup, with values escaped, before


def with_code(text: str) -> Markup:
    """Returns a text as markup, in which text between backticks is code, as in the command line's sentences."""
    parts = visible_text(text).split("`")
    code = [Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)]
    return Markup("").join(code)


def _word_filter(one: Filter) -> Chip:
    """Returns a filter for its chip; the site's goals are called by their names."""
    return filter_chip(current_language(), one, g.get("goal_names"))


def _language_names() -> list[tuple[str, str]]:
    return [(code, labels.language_name(code, code).capitalize()) for code in LANGUAGES]
