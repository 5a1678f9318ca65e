"""The report of a week or month as a message: what the templates show, and the parts of the email around them.

The text, the HTML and the subject are made from one view, so they never say different things.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pandas as pd

from dashboards.email.audience import Audience
from dashboards.email.chart import Chart, chart_of
from dashboards.email.goal_lines import GoalLine, goal_lines
from dashboards.email.news_words import from_outside, sentence, subject
from dashboards.email.rendering import inline, template
from dashboards.presentation import dates, labels, numbers
from dashboards.presentation.advice.words import Said, needed, said
from dashboards.presentation.companies.fit import fit_in_words
from dashboards.presentation.companies.identified import how_much_is_named, what_names_more
from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.figures import word_value
from dashboards.presentation.lead_rows import facts_of, fit_of, reasons_in_words, why_in_words
from dashboards.presentation.score_reasons import standing_in_words
from dashboards.translations import DEFAULT_LANGUAGE, message, translate, translate_plural
from tracker.db.models import Site
from tracker.enrichment.text import WORD_JOINER
from tracker.reference.geo.attribution import LicenceCredit
from tracker.reports.news import of_preheader, of_sentence, of_subject, worth_acting_on
from tracker.reports.report import WEEKLY, Report
from tracker.stats.metrics import OF_EMAILS

_LEADS_SHOWN = 7
_ROWS_SHOWN = 5
_ADVICE_SHOWN = 2
_LONGEST_REASON = 240

_OF_WEEKS = MappingProxyType(
    {
        "title": message("Your readers of the week"),
        "leads": message("Companies of the week"),
        "no_leads": message(
            "No company identified this week. Readers at home and on phones use internet providers, which are never shown as leads."
        ),
        "no_calls": message("No company read enough this week to deserve a call."),
        "nothing": message("Nothing this week."),
        "before": message("vs previous week"),
        "visitors_a_day": message("Visitors per day, and in grey those of the previous week."),
    }
)
_OF_MONTHS = MappingProxyType(
    {
        "title": message("Your readers of the month"),
        "leads": message("Companies of the month"),
        "no_leads": message(
            "No company identified this month. Readers at home and on phones use internet providers, which are never shown as leads."
        ),
        "no_calls": message("No company read enough this month to deserve a call."),
        "nothing": message("Nothing this month."),
        "before": message("vs previous month"),
        "visitors_a_day": message("Visitors per day."),
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
    facts: str
    score: int
    heat: str
    standing: str
    why: str
    pages: str
    last_visit: str
    url: str


@dataclass(frozen=True)
class EmailRow:
    label: str
    value: str
    share: int  # percent of the widest row


@dataclass(frozen=True)
class View:
    """All that the templates show, in words of one language."""

    language: str
    site: str
    dates: str
    number: str
    subject: str
    preheader: str
    sentence: str
    figures: list[EmailFigure]
    chart: Chart
    leads: list[LeadLine]
    scores_of: str
    order: str
    more_leads: str
    named: str
    names_more: str
    pages_title: str
    pages: list[EmailRow]
    sources_title: str
    sources: list[EmailRow]
    goals: list[GoalLine]
    advice: list[Said]
    advice_needs: list[str]
    advice_url: str
    dashboard_url: str
    leads_url: str
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
    """The report as `text`, `html` (a page of its own) or `json`; in the site's language, or another."""
    if form == "json":
        return (
            json.dumps(report.as_json(partial(describe_stored, DEFAULT_LANGUAGE)), ensure_ascii=False, indent=2) + "\n"
        )
    audience = Audience(language or site.language)
    view = report_view(report, site=site, audience=audience, base_url=base_url, credits_due=credits_due)
    return report_text(view) if form == "text" else report_html(view)


def report_view(
    report: Report,
    *,
    site: Site,
    audience: Audience,
    base_url: str,
    credits_due: Sequence[LicenceCredit] = (),
) -> View:
    """What the templates show; `credits_due` are the lines that the licences of geo databases ask for."""
    language, news = audience.language, report.news
    shown = worth_acting_on(report.leads).head(_LEADS_SHOWN)
    second = of_preheader(news, report.turn)
    dashboard_url = f"{base_url}/{site.domain}?period={report.label}"
    pages_title, pages = _brought_or_read(language, report.brought.pages, report.pages, "pageviews")
    sources_title, sources = _brought_or_read(language, report.brought.sources, report.sources, "visits")
    return View(
        language=language,
        site=site.name,
        dates=dates.span(language, report.period.start, report.period.end),
        number=_number(language, report),
        subject=subject(language, report.kind, of_subject(news), site).replace(WORD_JOINER, ""),
        preheader=sentence(language, report.kind, second) if second else "",
        sentence=sentence(language, report.kind, *of_sentence(news, report.turn)),
        figures=_figures(language, report),
        chart=chart_of(language, report.days, report.days_before),
        leads=[_lead(language, lead, site, base_url, report.label) for lead in shown.to_dict("records")],
        scores_of=translate(language, "Scores as of %(day)s.", day=dates.full_day(language, report.scored_on)),
        order=_order(language, shown),
        more_leads=_more(language, report.kind, len(report.leads), len(shown)),
        named=how_much_is_named(language, report.identified) if report.identified.visits else "",
        names_more=what_names_more(language, report.missing),
        pages_title=pages_title,
        pages=pages,
        sources_title=sources_title,
        sources=sources,
        goals=goal_lines(language, report, f"{base_url}/{site.domain}/leads"),
        advice=_advice(language, report),
        advice_needs=needed(language, report.advice.needs[:1]) if report.advice else [],
        advice_url=f"{base_url}/{site.domain}/advice",
        dashboard_url=dashboard_url,
        leads_url=f"{base_url}/{site.domain}/leads?period={report.label}",
        preferences_url=audience.preferences_url,
        unsubscribe_url=audience.unsubscribe_url,
        words=_words(language, report.kind, dashboard_url, audience),
        credits_due=credits_due,
    )


def _advice(language: str, report: Report) -> list[Said]:
    """Some of the advice, in each report others where there are more."""
    found = report.advice.findings if report.advice else []
    first = report.turn * _ADVICE_SHOWN % len(found) if found else 0
    return [said(language, one, from_outside) for one in [*found[first:], *found[:first]][:_ADVICE_SHOWN]]


def _order(language: str, shown: pd.DataFrame) -> str:
    """By what the companies of an email are ordered; empty where it is by score alone, as anybody expects."""
    if shown["score"].is_monotonic_decreasing:
        return ""
    return translate(language, "First those that are new, back or rising, then the others; each by score.")


def _more(language: str, kind: str, companies: int, shown: int) -> str:
    """The words of the link to all companies of the period; empty where all of them stand in the email."""
    if companies <= shown:
        return ""
    if shown:
        more = companies - shown
        return translate_plural(language, "See %(num)s more company", "See %(num)s more companies", more)
    if kind == WEEKLY:
        return translate_plural(
            language, "See the %(num)s company of the week", "See the %(num)s companies of the week", companies
        )
    return translate_plural(
        language, "See the %(num)s company of the month", "See the %(num)s companies of the month", companies
    )


def _words(language: str, kind: str, dashboard_url: str, audience: Audience) -> dict[str, str]:
    def say(text: str) -> str:
        return translate(language, text)

    return {
        **{name: say(text) for name, text in (_OF_WEEKS if kind == WEEKLY else _OF_MONTHS).items()},
        "traffic": say("Visits to the site"),
        "see_visits": say("See its visits"),
        "goals": say("Goals"),
        "advice": say("Advice"),
        "see_advice": say("See all advice"),
        "button": say("Open the dashboard"),
        "button_line": translate(language, "Open the dashboard: %(url)s", url=dashboard_url),
        "why": say("You receive this email because your email address is in this site’s settings."),
        "unsubscribe": say("Unsubscribe"),
        "unsubscribe_line": translate(language, "Unsubscribe: %(url)s", url=audience.unsubscribe_url),
        "preferences": say("Choose language, day and content"),
        "preferences_line": translate(language, "Choose language, day and content: %(url)s", url=audience.preferences_url),
    }  # fmt: skip


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


def _number(language: str, report: Report) -> str:
    """What a week or month is called."""
    if report.kind == WEEKLY:
        return translate(language, "week %(number)s", number=str(int(report.label[-2:])))
    return dates.month(language, report.period.start)


def _lead(language: str, lead: dict[Any, Any], site: Site, base_url: str, period: str) -> LeadLine:
    score = int(lead["score"])
    place = [
        part for part in (lead["city"], labels.country(language, lead["country"]) if lead["country"] else None) if part
    ]
    why, facts = why_in_words(reasons_in_words(language, lead)), facts_of(language, lead)
    return LeadLine(
        company=from_outside(lead["company"]),
        place=", ".join(place),
        facts=from_outside(facts.line) if facts else "",
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
        why=from_outside(why, _LONGEST_REASON),
        pages=_list_pages(language, lead["pages"]),
        last_visit=translate(
            language, "last visit: %(day)s", day=dates.day(language, _local_day(lead["last_seen"], site))
        ),
        url=f"{base_url}/{site.domain}/leads/{quote(lead['company_id'], safe='')}?period={period}",
    )


def _list_pages(language: str, pages: Sequence[str]) -> str:
    quote = "«\u202f%s\u202f»" if language == "fr" else "“%s”"
    listed = ", ".join(quote % from_outside(page) for page in pages[:3])
    return translate(language, "Pages read: %(pages)s", pages=listed) if listed else ""


def _local_day(moment: datetime, site: Site) -> date:
    return moment.astimezone(ZoneInfo(site.time_zone)).date()


def _brought_or_read(
    language: str, brought: pd.DataFrame, read: pd.DataFrame, metric: str
) -> tuple[str, list[EmailRow]]:
    """The title and the rows of articles or sources: by the companies that they brought, else by their traffic."""
    of_pages = metric == "pageviews"
    if len(brought):
        title = message("Articles that brought companies") if of_pages else message("Sources that brought companies")
        return translate(language, title), _rows(language, brought, "companies")
    title = message("Most-read articles") if of_pages else message("Where readers came from")
    return translate(language, title), _rows(language, read, metric)


def _rows(language: str, frame: pd.DataFrame, metric: str) -> list[EmailRow]:
    shown = frame.head(_ROWS_SHOWN)
    widest = max((float(value) for value in shown[metric]), default=0.0) or 1.0
    direct = labels.channel(language, "Direct")
    return [
        EmailRow(
            label=from_outside(str(row.get("title") or row["value"] or direct)),
            value=_amount(language, metric, row[metric]),
            share=max(2, round(100 * float(row[metric]) / widest)),
        )
        for row in shown.to_dict("records")
    ]


def _amount(language: str, metric: str, number: float) -> str:
    if metric == "companies":
        return translate_plural(language, "%(num)s company", "%(num)s companies", int(number))
    return numbers.count(language, float(number))


def report_html(view: View) -> str:
    return inline(template("report.html.j2").render(view=view))


def report_text(view: View) -> str:
    text = template("report.txt.j2").render(view=view)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
