"""The weekly email: its parts, its words, and nothing in it that fetches, runs or lies."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from typing import Any

import pandas as pd
import pytest

from dashboards.email.audience import Audience
from dashboards.email.letter import write_letter
from dashboards.email.news_words import subject
from dashboards.presentation.advice.words import said
from tests.reports.advice.made_visits import store_thirteen_weeks
from tests.stats.conftest import SITE, Blog, blog, site, store  # noqa: F401 - fixtures
from tracker.db.models import Site
from tracker.reports.goals_reached import GoalReached
from tracker.reports.news import News
from tracker.reports.report import Report, report_on
from tracker.stats.goals import Goal, Kind, condition_of
from tracker.stats.goals.figures import GoalFigures

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
BASE = "https://stats.exemple.fr"
HOSTILE = '<script>alert("1")</script><img src=https://evil.example/x.png onerror=alert(1)>'
COMPANY = {
    "company_method": "own_list", "company_evidence": "192.0.2.0/28 stands in the list", "company_confidence": 1.0,
    "network_kind": "business", "country": "FR", "city": "Nantes",
}  # fmt: skip


@pytest.fixture
def report(blog: Blog, site: Site) -> Report:  # noqa: F811
    blog.visit("2026-11-03T10:00:00+01:00", (0, "/a"), visitor=90)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), (60, "/a", 60_000), visitor=1, source="LinkedIn")
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/contact"), visitor=2, title=HOSTILE, source=HOSTILE)
    for day in (9, 10, 12):
        blog.visit(
            f"2026-11-{day:02}T11:00:00+01:00",
            (0, "/tarifs"),
            (40, "/contact"),
            (100, "/contact", 60_000),
            visitor=3,
            company=f"Hélianthe & <b>fils</b> {HOSTILE}",
            source=HOSTILE if day == 12 else None,
            **COMPANY,
        )
    return report_on(blog.store, site, "weekly", "2026-W46", now=NOW)


def message_of(report: Report, site: Site) -> EmailMessage:  # noqa: F811
    return addressed(report, site, "anna@exemple.fr", None)


def addressed(
    report: Report,
    site: Site,  # noqa: F811
    recipient: str,
    audience: Audience | None,
) -> EmailMessage:
    language = audience.language if audience else site.language
    letter = write_letter(report, site=site, language=language, base_url=BASE, with_links=audience is not None)
    made = letter.to(recipient, audience, sender="Wébleads <stats@exemple.fr>", now=NOW)
    found: Any = message_from_bytes(made.as_bytes(), policy=default)
    return found


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_it_has_text_and_html_and_no_image_that_could_be_missing(report: Report, site: Site) -> None:  # noqa: F811
    message = message_of(report, site)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html"
    ]  # fmt: skip
    assert "<img" not in html_of(message)
    assert str(message["From"]) == "Wébleads <stats@exemple.fr>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None  # a copy without a recipient has nobody to unsubscribe
    assert str(message["List-Id"]) == f"<reports.{SITE}>"
    assert str(message["Feedback-ID"]) == f"weekly-2026-W46:{SITE}:report:webleads"


def test_the_chart_has_each_days_visitors_beside_those_of_the_week_before(report: Report, site: Site) -> None:  # noqa: F811
    html = html_of(message_of(report, site))
    # Visitor 3 came on Monday, Tuesday and Thursday, 1 on Tuesday, 2 on Wednesday; 90 came on the Tuesday before.
    assert re.findall(r'class="day-value"[^>]*>(\d+)<', html) == ["1", "2", "1", "1", "0", "0", "0"]
    assert re.findall(r'class="bar"[^>]* height="(\d+)"', html)[:7] == ["36", "72", "36", "36", "1", "1", "1"]
    assert re.findall(r'class="bar-before"[^>]* height="(\d+)"', html) == ["1", "36", "1", "1", "1", "1", "1"]


def test_nothing_is_fetched_and_every_link_leads_to_the_dashboard(report: Report, site: Site) -> None:  # noqa: F811
    html = html_of(message_of(report, site))
    assert not re.search(r"<[^>]*\ssrc=", html)
    assert {link[: len(BASE)] for link in re.findall(r'href="([^"]+)"', html)} == {BASE}
    assert not re.search(r"<(script|link|iframe|form)\b|@import|url\(", html)


def test_hostile_words_are_shown_and_not_run(report: Report, site: Site) -> None:  # noqa: F811
    html = html_of(message_of(report, site))
    assert html.count("&lt;script&gt;") >= 3
    assert "//evil.example" not in html  # nor does a mail program make a link of it
    assert "evil\u2060.example" in html
    assert "<img src=https://evil" not in html
    assert "<b>fils" not in html


def test_a_subject_cannot_be_broken_into_headers(blog: Blog, site: Site) -> None:  # noqa: F811
    for day in (9, 10, 11, 12):
        blog.visit(
            f"2026-11-{day:02}T10:00:00+01:00", (0, "/contact"), (60, "/tarifs"), (90, "/tarifs", 900_000),
            company="Acme\r\nBcc: all@exemple.fr", **COMPANY,
        )  # fmt: skip
    message = message_of(report_on(blog.store, site, "weekly", "2026-W46", now=NOW), site)
    assert message["Bcc"] is None
    assert "Acme" in str(message["Subject"])


def test_figures_and_their_change_stand_in_both_parts(report: Report, site: Site) -> None:  # noqa: F811
    message = message_of(report, site)
    totals = report.totals.iloc[0]
    assert totals[["visitors", "visits", "pageviews"]].tolist() == [3, 5, 8]
    assert report.previous.iloc[0]["visitors"] == 1
    text, html = text_of(message), html_of(message)
    assert re.search(r"Visiteurs\s+3\s+↑\s\+200\s%", text)
    assert re.search(r"Pages vues\s+8\s+↑\s\+700\s%", text)
    for figure in (">3<", ">5<", ">8<", "+200\u202f%"):
        assert figure in html
    assert re.search(r"1 entreprise\s+Accès direct", text)
    assert re.search(r"1 entreprise\s+Titre de /tarifs", text)


def test_it_is_dark_where_the_reader_is(report: Report, site: Site) -> None:  # noqa: F811
    html = html_of(message_of(report, site))
    assert "prefers-color-scheme: dark" in html
    assert '<meta name="color-scheme" content="light dark"' in html
    assert re.search(r'<body[^>]+style="[^"]*background', html), "styles are inlined for clients that drop the rest"


def test_a_week_without_anybody_says_so(blog: Blog, site: Site) -> None:  # noqa: F811
    message = message_of(report_on(blog.store, site, "weekly", "2026-W46", now=NOW), site)
    assert "aucun visiteur" in str(message["Subject"]).lower()
    assert "nan" not in text_of(message).lower().split()


def test_it_speaks_the_sites_language(report: Report, site: Site) -> None:  # noqa: F811
    site.language = "en"
    text = text_of(message_of(report, site))
    assert "Companies of the week" in text
    assert "Les entreprises" not in text


@pytest.mark.parametrize(("scores", "told"), [((90, 50), True), ((50, 90), False)], ids=["news first", "by score"])
def test_it_says_by_what_companies_are_ordered_where_it_is_not_by_score_alone(
    report: Report,
    site: Site,  # noqa: F811
    scores: tuple[int, int],
    told: bool,
) -> None:
    lead = report.leads.head(1)
    both = pd.concat([lead.assign(score=scores[0], standing=None), lead.assign(score=scores[1], standing="new")])
    message = message_of(replace(report, leads=both), site)
    for part in (text_of(message), html_of(message)):
        assert ("chaque groupe par score" in part) is told


def test_the_message_id_tells_recipient_and_week(report: Report, site: Site) -> None:  # noqa: F811
    first, second = message_of(report, site), message_of(report, site)
    other = addressed(report, site, "ben@exemple.fr", None)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"] != other["Message-ID"]


def test_a_recipients_copy_is_in_their_language_and_leads_to_their_own_links(
    report: Report,
    site: Site,  # noqa: F811
) -> None:
    own = f"{BASE}/email/7-abc"
    message = addressed(report, site, "anna@exemple.fr", Audience("en", own, f"{own}/unsubscribe"))
    assert str(message["List-Unsubscribe"]).strip() == f"<{own}/unsubscribe>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (site.language, message["Content-Language"]) == ("fr", "en")
    assert f"Unsubscribe: {own}/unsubscribe" in text_of(message)
    assert f'href="{own}"' in html_of(message)


def test_two_pieces_of_advice_stand_in_both_parts_each_week_others(blog: Blog, site: Site) -> None:  # noqa: F811
    store_thirteen_weeks(blog.store, NOW)
    report = report_on(blog.store, site, "weekly", "2026-W46", now=NOW)
    assert report.advice is not None
    message, found = message_of(report, site), [said("fr", one) for one in report.advice.findings]
    assert len(found) == 5
    shown = []
    for part in (text_of(message), html_of(message)):
        words = plain(part)
        shown.append([one.sentence for one in found if plain(one.sentence) in words])
        assert all(plain(one.basis) in words for one in found if one.sentence in shown[-1])
        assert f"{BASE}/{SITE}/advice" in words
    assert shown[0] == shown[1]
    assert len(shown[0]) == 2
    week_after = text_of(message_of(replace(report, period=replace(report.period, start=NOW.date())), site))
    assert any(plain(one.sentence) in plain(week_after) for one in found if one.sentence not in shown[0])


def plain(text: str) -> str:
    """The words with single spaces, whatever kind of space they had."""
    return " ".join(unescape(text).split())


def test_a_month_is_told_in_the_words_of_months(blog: Blog, site: Site) -> None:  # noqa: F811
    blog.visit("2026-09-10T10:00:00+02:00", (0, "/a"), visitor=90)
    for day in (1, 25, 31):
        blog.visit(f"2026-10-{day:02}T10:00:00+02:00" if day < 25 else f"2026-10-{day:02}T10:00:00+01:00", (0, "/a"), visitor=day)  # fmt: skip
    report = report_on(blog.store, site, "monthly", "2026-10", now=NOW)
    assert report.totals.iloc[0]["visits"] == 3
    assert report.previous.iloc[0]["visits"] == 1
    message = message_of(report, site)
    text, html = text_of(message), html_of(message)
    assert str(message["Subject"]) == f"3 visiteurs ce mois-ci · {SITE}"
    assert "(octobre 2026)" in text
    assert "Entreprises du mois" in text
    assert "de la semaine" not in text
    assert "cette semaine" not in text
    assert f"{BASE}/{SITE}?period=2026-10" in html
    labels = [one for one in re.findall(r'class="words day"[^>]*>([^<]*)<', html) if one]
    assert labels == ["1", "8", "15", "22", "29"]
    assert len(re.findall(r'class="bar"[^>]* width="8"', html)) == 31
    assert report.as_json(lambda *_: "")["month"] == "2026-10"


def test_without_companies_it_lists_what_was_read_most(blog: Blog, site: Site) -> None:  # noqa: F811
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), visitor=1, source="LinkedIn")
    message = message_of(report_on(blog.store, site, "weekly", "2026-W46", now=NOW), site)
    text = text_of(message)
    assert "Aucune entreprise identifiée cette semaine" in text
    assert re.search(r"1\s+LinkedIn", text)
    assert str(message["Subject"]) == "1 visiteur cette semaine · blog.exemple.fr"


def test_companies_below_the_bar_are_one_link(blog: Blog, site: Site) -> None:  # noqa: F811
    for name in ("Acme", "Borée"):
        blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company=name, **COMPANY)
    report = report_on(blog.store, site, "weekly", "2026-W46", now=NOW)
    assert report.leads["score"].max() < 20
    html = html_of(message_of(report, site))
    assert "Acme" not in html
    assert f'href="{BASE}/{SITE}/leads?period=2026-W46"' in html
    assert "Voir les 2 entreprises de la semaine" in html


def test_goals_have_their_change_and_the_companies_that_reached_them(blog: Blog, site: Site) -> None:  # noqa: F811
    sent = {"props": '{"form":"devis"}', "revenue": 90.0, "currency": "EUR"}
    blog.visit("2026-11-03T10:00:00+01:00", (0, "/x", "Form: Submission"), **sent)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/x", "Form: Submission"), company=HOSTILE, **COMPANY, **sent)
    for _ in range(2):
        blog.visit("2026-11-10T11:00:00+01:00", (0, "/x", "Form: Submission"), **sent)
    report = report_on(blog.store, site, "weekly", "2026-W46", now=NOW)
    [told] = report.as_json(lambda *_: "")["goals"]
    assert told == {
        "key": "forms",
        "name": "Forms sent",
        "conversions": 3,
        "visits": 3,
        "visitors": 3,
        "revenue": {"EUR": 270.0},
        "previous": {"conversions": 1, "visits": 1, "visitors": 1},
        "companies": [HOSTILE],
    }
    message = message_of(report, site)
    text, html = text_of(message), html_of(message)
    assert re.search(r"3 visites  Formulaires envoyés · 270\s€   ↑\s\+200\s% par rapport à la semaine précédente", text)
    assert ">Formulaires envoyés</a> · 3 visites" in html
    assert "<script>" not in html
    quiet = message_of(replace(report, goals=()), site)
    assert "Objectifs" in text
    assert "Objectifs" not in text_of(quiet) + html_of(quiet)


def test_it_is_small(report: Report, site: Site) -> None:  # noqa: F811
    [row] = report.leads.to_dict("records")
    full = replace(
        report,
        leads=pd.DataFrame(
            [
                row
                | {
                    "score": 90,
                    "pages": ["Un an de blog\u202f: les chiffres, les erreurs, et ce qui a amené des lecteurs" * 2] * 3,
                }
            ]
            * 30
        ),
        goals=tuple(
            GoalReached(
                Goal(
                    str(key),
                    "Une demande de rendez-vous d’une demi-heure",
                    Kind.FORM,
                    "x",
                    20,
                    condition_of(Kind.FORM, "x"),
                ),
                GoalFigures(12, 12, 12, 30, {"EUR": 1_200_000.0}),
                GoalFigures(9, 9, 9),
                tuple(report.leads["company"]) * 30,
            )
            for key in range(30)
        ),
    )
    assert len(message_of(full, site).as_bytes()) < 60_000


@pytest.mark.parametrize(
    ("company", "others", "domain", "expected"),
    [
        ("Groupe Hélianthe", 3, "blog.exemple.fr", "Groupe Hélianthe et 3 autres à appeler · blog.exemple.fr"),
        ("Groupe Hélianthe", 3, "blog.atelier-plume.fr", "Groupe Hélianthe et 3 autres à appeler · atelier-plume"),
        ("Groupe Hélianthe", 0, "blog.exemple.fr", "Groupe Hélianthe à appeler · blog.exemple.fr"),
        (
            "Société nationale des eaux minérales de montagne", 12, "blog.atelier-plume.fr",
            "Société nationale… et 12 autres à appeler · atelier-plume",
        ),
    ],
)  # fmt: skip
def test_a_subject_says_the_news_first_and_the_site_last(company: str, others: int, domain: str, expected: str) -> None:
    news = News("to_call", {"company": company, "others": others})
    said = subject("fr", "weekly", news, Site(domain=domain, language="fr"))
    assert said.replace("\u2060", "") == expected
    assert len(said) < 60
