"""The report of a week or month as a message: what the templates show, and the parts of the email around them.

The text, the HTML and the subject are made from one view, so they never say different things.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from dashboards.email.audience import Audience
from dashboards.email.chart import HEIGHT, WIDTH, day_chart
from dashboards.email.rendering import inline, template
from dashboards.presentation import dates, labels, numbers
from dashboards.presentation.companies.fit import fit_in_words
from dashboards.presentation.companies.identified import how_much_is_named, what_names_more
from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.figures import word_value
from dashboards.presentation.lead_rows import fit_of, reasons_in_words, why_in_words
from dashboards.presentation.score_reasons import standing_in_words
from dashboards.translations import DEFAULT_LANGUAGE, message, translate, translate_plural
from tracker.db.models import Site
from tracker.enrichment.text import clean_text, without_links
from tracker.reference.geo.attribution import LicenceCredit
from tracker.reports.report import WEEKLY, Report
from tracker.stats.metrics import OF_EMAILS

_LEADS_SHOWN = 8
_ROWS_SHOWN = 5
_LONGEST_TEXT = 120

_OF_WEEKS = MappingProxyType(
    {
        "title": message("Your readers of the week"),
        "leads": message("Companies of the week"),
        "no_leads": message(
            "No company identified this week. Readers at home and on phones use internet providers, which are never shown as leads."
        ),
        "nothing": message("Nothing this week."),
        "before": message("vs previous week"),
        "visitors_a_day": message("Visitors per day; the lines show the previous week."),
    }
)
_OF_MONTHS = MappingProxyType(
    {
        "title": message("Your readers of the month"),
        "leads": message("Companies of the month"),
        "no_leads": message(
            "No company identified this month. Readers at home and on phones use internet providers, which are never shown as leads."
        ),
        "nothing": message("Nothing this month."),
        "before": message("vs previous month"),
        "visitors_a_day": message("Visitors per day; the lines show the previous month."),
    }
)


@dataclass(frozen=True)
class EmailFigure:
    """A total with its change; `tone` is `up`, `down` or `flat`."""

    label: str
    value: str
    change: str
    tone: str


@dataclass(frozen=True)
class LeadLine:
    """A company of the report: its score's class is `hot`, `warm` or `cool`."""

    company: str
    place: str
    score: int
    heat: str
    standing: str
    why: str
    pages: str
    url: str


@dataclass(frozen=True)
class EmailRow:
    label: str
    value: str
    share: int  # percent of the widest row


class DayLabel(NamedTuple):
    """A label under the chart, with its share of the width in percent."""

    text: str
    width: int


@dataclass(frozen=True)
class View:
    """All that the templates show, in words of one language."""

    language: str
    site: str
    dates: str
    number: str
    sentence: str
    figures: list[EmailFigure]
    chart_alt: str
    days: list[DayLabel]
    leads: list[LeadLine]
    scores_of: str
    more_leads: str
    named: str
    names_more: str
    pages: list[EmailRow]
    sources: list[EmailRow]
    dashboard_url: str
    preferences_url: str
    unsubscribe_url: str
    words: dict[str, str]
    credits_due: Sequence[LicenceCredit]


def render_report(
    report: Report,
    *,
    site: Site,
    form: str,
    base_url: str,
    credits_due: Sequence[LicenceCredit] = (),
    language: str | None = None,
) -> str:
    """The report as `text`, `html` (a page of its own, with its image inside) or `json`; in the site's language, or another."""
    if form == "json":
        return (
            json.dumps(report.as_json(partial(describe_stored, DEFAULT_LANGUAGE)), ensure_ascii=False, indent=2) + "\n"
        )
    audience = Audience(language or site.language)
    view = report_view(report, site=site, audience=audience, base_url=base_url, credits_due=credits_due)
    if form == "text":
        return report_text(view)
    from base64 import b64encode

    image = "data:image/png;base64," + b64encode(report_chart(report)).decode()
    return report_html(view, image)


def _from_outside(text: str, most: int = _LONGEST_TEXT) -> str:
    """Words that somebody else wrote, as an email may show them: cut, cleaned, and no link of a mail program's making."""
    return without_links(clean_text(text, most))


def report_view(
    report: Report,
    *,
    site: Site,
    audience: Audience,
    base_url: str,
    credits_due: Sequence[LicenceCredit] = (),
) -> View:
    """What the templates show; `credits_due` are the lines that the licences of geo databases ask for."""
    language = audience.language
    leads = [
        _lead(language, lead, site, base_url, report.label)
        for lead in report.leads.head(_LEADS_SHOWN).to_dict("records")
    ]
    more = max(0, len(report.leads) - len(leads))
    dashboard_url = f"{base_url}/{site.domain}?period={report.label}"
    return View(
        language=language,
        site=site.name,
        dates=dates.span(language, report.period.start, report.period.end),
        number=_number(language, report),
        sentence=_sentence(language, report),
        figures=_figures(language, report),
        chart_alt=_chart_alt(language, report),
        days=_day_labels(language, report),
        leads=leads,
        scores_of=translate(language, "Scores as of %(day)s.", day=dates.full_day(language, report.scored_on)),
        more_leads=translate_plural(language, "and %(num)s more company", "and %(num)s more companies", more)
        if more
        else "",
        named=how_much_is_named(language, report.identified) if report.identified.visits else "",
        names_more=what_names_more(language, report.missing),
        pages=_rows(language, report.pages, "pageviews"),
        sources=_rows(language, report.sources, "visits", empty=labels.channel(language, "Direct")),
        dashboard_url=dashboard_url,
        preferences_url=audience.preferences_url,
        unsubscribe_url=audience.unsubscribe_url,
        words=_words(language, report.kind, dashboard_url, audience),
        credits_due=credits_due,
    )


def _words(language: str, kind: str, dashboard_url: str, audience: Audience) -> dict[str, str]:
    def say(text: str) -> str:
        return translate(language, text)

    return {
        **{name: say(text) for name, text in (_OF_WEEKS if kind == WEEKLY else _OF_MONTHS).items()},
        "pages": say("Most-read articles"),
        "sources": say("Where readers came from"),
        "button": say("Open the dashboard"),
        "button_line": translate(language, "Open the dashboard: %(url)s", url=dashboard_url),
        "why": say("You receive this email because your email address is in this site’s settings."),
        "unsubscribe": say("Unsubscribe"),
        "unsubscribe_line": translate(language, "Unsubscribe: %(url)s", url=audience.unsubscribe_url),
        "preferences": say("Choose language, day and content"),
        "preferences_line": translate(language, "Choose language, day and content: %(url)s", url=audience.preferences_url),
    }  # fmt: skip


def _sentence(language: str, report: Report) -> str:
    """The week in one sentence: the companies if there are any to call, else the readers."""
    hot = report.leads[report.leads["score"] >= 40] if len(report.leads) else report.leads
    if len(hot) == 1:
        return translate(language, "%(company)s deserves a call", company=_from_outside(hot.iloc[0]["company"]))
    if len(hot) > 1:
        others = len(hot) - 1
        return translate_plural(
            language,
            "%(company)s and %(num)s other company deserve a call",
            "%(company)s and %(num)s other companies deserve a call",
            others,
            company=_from_outside(hot.iloc[0]["company"]),
        )
    visitors = int(_total(report.totals, "visitors"))
    count = numbers.count(language, visitors, compact=False)
    if report.kind == WEEKLY:
        if not visitors:
            return translate(language, "No visitor this week")
        return translate_plural(
            language, "%(count)s visitor this week", "%(count)s visitors this week", visitors, count=count
        )
    if not visitors:
        return translate(language, "No visitor this month")
    return translate_plural(
        language, "%(count)s visitor this month", "%(count)s visitors this month", visitors, count=count
    )


def _total(frame: pd.DataFrame, metric: str) -> float:
    value = frame.iloc[0][metric] if len(frame) else 0
    return 0.0 if pd.isna(value) else float(value)


def _figures(language: str, report: Report) -> list[EmailFigure]:
    made = []
    for metric in OF_EMAILS:
        label = translate(language, metric.label)
        now, before = _total(report.totals, metric.name), _total(report.previous, metric.name)
        change = numbers.change(now, before)
        value = word_value(language, metric.name, now)
        if change is None:
            made.append(EmailFigure(label, value, "", "flat"))
            continue
        way = round(change, 2)
        better = -way if metric.less_is_better else way
        tone = "up" if better > 0 else "down" if better < 0 else "flat"
        arrow = "↑\u202f" if way > 0 else "↓\u202f" if way < 0 else ""
        made.append(EmailFigure(label, value, arrow + numbers.signed_percent(language, change), tone))
    return made


def report_chart(report: Report) -> bytes:
    return day_chart(_daily(report.days), _daily(report.days_before))


def _daily(days: pd.DataFrame) -> list[int]:
    return [int(value) for value in days["visitors"]]


def _chart_alt(language: str, report: Report) -> str:
    """The chart's figures in words, for those who do not see it."""
    days = [dates.day(language, day.date()) for day in pd.to_datetime(report.days["start"])]
    return ", ".join(
        f"{day} {numbers.count(language, value)}" for day, value in zip(days, _daily(report.days), strict=True)
    )


def _day_labels(language: str, report: Report) -> list[DayLabel]:
    """Under each day of a week, its name; under a month, the number of each seventh day."""
    days = [day.date() for day in pd.to_datetime(report.days["start"])]
    if report.kind == WEEKLY:
        return [DayLabel(dates.day(language, day)[:3], 14) for day in days]
    return [
        DayLabel(str(day.day), round(100 * min(7, len(days) - index) / len(days)))
        for index, day in enumerate(days)
        if index % 7 == 0
    ]


def _number(language: str, report: Report) -> str:
    """What a week or month is called."""
    if report.kind == WEEKLY:
        return translate(language, "week %(number)s", number=str(int(report.label[-2:])))
    return dates.month(language, report.period.start)


def _lead(language: str, lead: dict[Any, Any], site: Site, base_url: str, period: str) -> LeadLine:
    from urllib.parse import quote

    score = int(lead["score"])
    place = [
        part for part in (lead["city"], labels.country(language, lead["country"]) if lead["country"] else None) if part
    ]
    why = why_in_words(reasons_in_words(language, lead))
    return LeadLine(
        company=_from_outside(lead["company"]),
        place=", ".join(place),
        score=score,
        heat="hot" if score >= 70 else "warm" if score >= 40 else "cool",
        standing=" · ".join(
            filter(
                None,
                (
                    standing_in_words(language, lead["standing"], lead["standing_values"]),
                    fit_in_words(language, fit_of(lead)),
                ),
            )
        ),
        why=_from_outside(why, 2 * _LONGEST_TEXT),
        pages=_list_pages(language, lead["pages"]),
        url=f"{base_url}/{site.domain}/leads/{quote(lead['company_id'], safe='')}?period={period}",
    )


def _list_pages(language: str, pages: Sequence[str]) -> str:
    quote = "«\u202f%s\u202f»" if language == "fr" else "“%s”"
    listed = ", ".join(quote % _from_outside(page) for page in pages[:3])
    return translate(language, "Articles read: %(articles)s", articles=listed) if listed else ""


def _rows(language: str, frame: pd.DataFrame, metric: str, *, empty: str = "–") -> list[EmailRow]:
    shown = frame.head(_ROWS_SHOWN)
    widest = max((float(value) for value in shown[metric]), default=0.0) or 1.0
    return [
        EmailRow(
            label=_from_outside(str(row.get("title") or row["value"] or empty)),
            value=numbers.count(language, float(row[metric])),
            share=max(2, round(100 * float(row[metric]) / widest)),
        )
        for row in shown.to_dict("records")
    ]


def report_html(view: View, image: str) -> str:
    page = template("report.html.j2").render(view=view, image=image, image_width=WIDTH // 2, image_height=HEIGHT // 2)
    return inline(page)


def report_text(view: View) -> str:
    text = template("report.txt.j2").render(view=view)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
