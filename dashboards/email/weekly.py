"""The weekly report as a message: what the templates show, and the parts of the email around them.

The text, the HTML and the subject are made from one view, so they never say different things.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from functools import partial
from hashlib import sha256
from typing import Any

import pandas as pd

from dashboards.email.audience import Audience
from dashboards.email.chart import HEIGHT, WIDTH, week_chart
from dashboards.email.rendering import inline, template
from dashboards.presentation import dates, labels, numbers
from dashboards.presentation.companies.identified import how_much_is_named, what_names_more
from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.figures import word_value
from dashboards.presentation.lead_rows import reasons_in_words, why_in_words
from dashboards.presentation.score_reasons import standing_in_words
from dashboards.translations import DEFAULT_LANGUAGE, translate, translate_plural
from tracker.db.models import Site
from tracker.enrichment.text import WORD_JOINER, clean_text, without_links
from tracker.reference.geo.attribution import LicenceCredit
from tracker.reports.weekly import WeeklyReport
from tracker.stats.metrics import OF_EMAILS

_LEADS_SHOWN = 8
_ROWS_SHOWN = 5
_LONGEST_TEXT = 120
_CHART_ID = "week"


@dataclass(frozen=True)
class EmailFigure:
    """A total with its change; `tone` is `up`, `down` or `flat`."""

    label: str
    value: str
    change: str
    tone: str


@dataclass(frozen=True)
class LeadLine:
    """A company of the week: its score's class is `hot`, `warm` or `cool`."""

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


@dataclass(frozen=True)
class View:
    """All that the templates show, in words of one language."""

    language: str
    site: str
    dates: str
    week: str
    sentence: str
    figures: list[EmailFigure]
    chart_alt: str
    days: list[str]
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


def render_weekly(
    report: WeeklyReport,
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
    view = weekly_view(report, site=site, audience=audience, base_url=base_url, credits_due=credits_due)
    if form == "text":
        return _text(view)
    from base64 import b64encode

    image = "data:image/png;base64," + b64encode(_chart(report)).decode()
    return _html(view, image)


def weekly_message(
    report: WeeklyReport,
    *,
    site: Site,
    sender: str,
    recipient: str,
    base_url: str,
    now: datetime,
    credits_due: Sequence[LicenceCredit] = (),
    audience: Audience | None = None,
) -> EmailMessage:
    """The email to one recipient: text, and HTML with the chart attached.

    The Message-ID is the same for the same report and recipient, so that a server can tell a copy from another.
    """
    audience = audience or Audience(site.language)
    view = weekly_view(report, site=site, audience=audience, base_url=base_url, credits_due=credits_due)
    sentence = view.sentence.replace(WORD_JOINER, "")
    name, address = getaddresses([sender])[0]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _one_line(f"{sentence} ({view.site}, {view.dates})")
    message["From"] = Address(name, addr_spec=address)
    message["To"] = recipient
    message["Date"] = format_datetime(now)
    digest = sha256(f"{site.domain}\0{report.week}\0{recipient}".encode()).hexdigest()[:24]
    message["Message-ID"] = f"<weekly.{report.week}.{digest}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    _add_list_headers(message, report, site, audience)
    message.set_content(_text(view), cte="quoted-printable")
    message.add_alternative(_html(view, f"cid:{_CHART_ID}@webleads"), subtype="html", cte="quoted-printable")
    message["Content-Language"] = view.language  # after the content, which would take it for its own
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(  # type: ignore[union-attr]
        _chart(report), "image", "png", cid=f"<{_CHART_ID}@webleads>", disposition="inline", filename="week.png"
    )
    return message


def _add_list_headers(message: EmailMessage, report: WeeklyReport, site: Site, audience: Audience) -> None:
    """What tells mail programs which list it is of, and how to leave it.

    Sources: RFC 2369 and RFC 8058 (List-Unsubscribe, by one click), RFC 2919 (List-Id), Gmail's Feedback Loop (Feedback-ID).
    """
    host = site.domain.partition(":")[0]
    message["List-Id"] = f"<reports.{host}>"
    message["Feedback-ID"] = f"weekly-{report.week}:{host}:report:webleads"
    if audience.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{audience.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _from_outside(text: str, most: int = _LONGEST_TEXT) -> str:
    """Words that somebody else wrote, as an email may show them: cut, cleaned, and no link of a mail program's making."""
    return without_links(clean_text(text, most))


def _one_line(text: str) -> str:
    """Without what would end a header's line; a company's name comes from outside."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)


def weekly_view(
    report: WeeklyReport,
    *,
    site: Site,
    audience: Audience,
    base_url: str,
    credits_due: Sequence[LicenceCredit] = (),
) -> View:
    """What the templates show; `credits_due` are the lines that the licences of geo databases ask for."""
    language = audience.language
    leads = [
        _lead(language, lead, site, base_url, report.week)
        for lead in report.leads.head(_LEADS_SHOWN).to_dict("records")
    ]
    more = max(0, len(report.leads) - len(leads))
    week_url = f"{base_url}/{site.domain}?period={report.week}"
    return View(
        language=language,
        site=site.name,
        dates=dates.span(language, report.period.start, report.period.end),
        week=translate(language, "week %(number)s", number=str(int(report.week[-2:]))),
        sentence=_sentence(language, report),
        figures=_figures(language, report),
        chart_alt=_chart_alt(language, report),
        days=[dates.day(language, day.date())[:3] for day in pd.to_datetime(report.days["start"])],
        leads=leads,
        scores_of=translate(language, "Scores as of %(day)s.", day=dates.full_day(language, report.scored_on)),
        more_leads=translate_plural(language, "and %(num)s more company", "and %(num)s more companies", more)
        if more
        else "",
        named=how_much_is_named(language, report.identified) if report.identified.visits else "",
        names_more=what_names_more(language, report.missing),
        pages=_rows(language, report.pages, "pageviews"),
        sources=_rows(language, report.sources, "visits", empty=labels.channel(language, "Direct")),
        dashboard_url=week_url,
        preferences_url=audience.preferences_url,
        unsubscribe_url=audience.unsubscribe_url,
        words=_words(language, week_url, audience),
        credits_due=credits_due,
    )


def _words(language: str, dashboard_url: str, audience: Audience) -> dict[str, str]:
    def say(text: str) -> str:
        return translate(language, text)

    return {
        "title": say("Your readers of the week"),
        "leads": say("Companies of the week"),
        "no_leads": say("No company identified this week. Readers at home and on phones use internet providers, which are never shown as leads."),
        "pages": say("Most-read articles"),
        "sources": say("Where readers came from"),
        "nothing": say("Nothing this week."),
        "button": say("Open the dashboard"),
        "button_line": translate(language, "Open the dashboard: %(url)s", url=dashboard_url),
        "before": say("vs previous week"),
        "visitors_a_day": say("Visitors per day; the lines show the previous week."),
        "why": say("You receive this email because your email address is in this site’s settings."),
        "unsubscribe": say("Unsubscribe"),
        "unsubscribe_line": translate(language, "Unsubscribe: %(url)s", url=audience.unsubscribe_url),
        "preferences": say("Choose language, day and content"),
        "preferences_line": translate(language, "Choose language, day and content: %(url)s", url=audience.preferences_url),
    }  # fmt: skip


def _sentence(language: str, report: WeeklyReport) -> str:
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
    if not visitors:
        return translate(language, "No visitor this week")
    return translate_plural(
        language,
        "%(count)s visitor this week",
        "%(count)s visitors this week",
        visitors,
        count=numbers.count(language, visitors, compact=False),
    )


def _total(frame: pd.DataFrame, metric: str) -> float:
    value = frame.iloc[0][metric] if len(frame) else 0
    return 0.0 if pd.isna(value) else float(value)


def _figures(language: str, report: WeeklyReport) -> list[EmailFigure]:
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


def _chart(report: WeeklyReport) -> bytes:
    return week_chart(_daily(report.days), _daily(report.days_before))


def _daily(days: pd.DataFrame) -> list[int]:
    return [int(value) for value in days["visitors"]]


def _chart_alt(language: str, report: WeeklyReport) -> str:
    """The chart's figures in words, for those who do not see it."""
    days = [dates.day(language, day.date()) for day in pd.to_datetime(report.days["start"])]
    return ", ".join(
        f"{day} {numbers.count(language, value)}" for day, value in zip(days, _daily(report.days), strict=True)
    )


def _lead(language: str, lead: dict[Any, Any], site: Site, base_url: str, week: str) -> LeadLine:
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
        standing=standing_in_words(language, lead["standing"], lead["standing_values"]),
        why=_from_outside(why, 2 * _LONGEST_TEXT),
        pages=_list_pages(language, lead["pages"]),
        url=f"{base_url}/{site.domain}/leads/{quote(lead['company_id'], safe='')}?period={week}",
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


def _html(view: View, image: str) -> str:
    page = template("weekly.html.j2").render(view=view, image=image, image_width=WIDTH // 2, image_height=HEIGHT // 2)
    return inline(page)


def _text(view: View) -> str:
    text = template("weekly.txt.j2").render(view=view)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
