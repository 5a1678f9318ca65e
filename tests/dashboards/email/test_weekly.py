"""The weekly email: its parts, its words, and nothing in it that fetches, runs or lies."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from dashboards.email.audience import Audience
from dashboards.email.weekly import render_weekly, weekly_message
from tests.stats.conftest import SITE, Blog, blog, site, store  # noqa: F401 - fixtures
from tracker.db.models import Site
from tracker.reports.weekly import WeeklyReport, weekly_report

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
BASE = "https://stats.exemple.fr"
HOSTILE = '<script>alert("1")</script><img src=https://evil.example/x.png onerror=alert(1)>'
COMPANY = {
    "company_method": "own_list", "company_evidence": "192.0.2.0/28 stands in the list", "company_confidence": 1.0,
    "network_kind": "business", "country": "FR", "city": "Nantes",
}  # fmt: skip


@pytest.fixture
def report(blog: Blog, site: Site) -> WeeklyReport:  # noqa: F811
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
            **COMPANY,
        )
    return weekly_report(blog.store, site, "2026-W46", now=NOW)


def message_of(report: WeeklyReport, site: Site) -> EmailMessage:  # noqa: F811
    made = weekly_message(
        report, site=site, sender="Wébleads <stats@exemple.fr>", recipient="anna@exemple.fr", base_url=BASE, now=NOW
    )
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


def test_it_has_text_and_html_and_the_chart_attached(report: WeeklyReport, site: Site) -> None:  # noqa: F811
    message = message_of(report, site)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"
    ]  # fmt: skip
    image = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html_of(message)
    assert Image.open(BytesIO(image.get_content())).size == (1104, 240)
    assert str(message["From"]) == "Wébleads <stats@exemple.fr>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None  # a copy without a recipient has nobody to unsubscribe
    assert str(message["List-Id"]) == f"<reports.{SITE}>"
    assert str(message["Feedback-ID"]) == f"weekly-2026-W46:{SITE}:report:webleads"


def test_nothing_is_fetched_and_every_link_leads_to_the_dashboard(report: WeeklyReport, site: Site) -> None:  # noqa: F811
    html = html_of(message_of(report, site))
    assert set(re.findall(r'\ssrc="([^"]+)"', html)) == {"cid:week@webleads"}
    assert {link[: len(BASE)] for link in re.findall(r'href="([^"]+)"', html)} == {BASE}
    assert not re.search(r"<(script|link|iframe|form)\b|@import|url\(", html)


def test_hostile_words_are_shown_and_not_run(report: WeeklyReport, site: Site) -> None:  # noqa: F811
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
    message = message_of(weekly_report(blog.store, site, "2026-W46", now=NOW), site)
    assert message["Bcc"] is None
    assert "Acme" in str(message["Subject"])


def test_figures_and_their_change_stand_in_both_parts(report: WeeklyReport, site: Site) -> None:  # noqa: F811
    message = message_of(report, site)
    totals = report.totals.iloc[0]
    assert totals[["visitors", "visits", "pageviews"]].tolist() == [3, 5, 8]
    assert report.previous.iloc[0]["visitors"] == 1
    text, html = text_of(message), html_of(message)
    assert re.search(r"Visiteurs\s+3\s+↑\s\+200\s%", text)
    assert re.search(r"Pages vues\s+8\s+↑\s\+700\s%", text)
    for figure in (">3<", ">5<", ">8<", "+200\u202f%"):
        assert figure in html
    assert "LinkedIn" in text


def test_it_is_dark_where_the_reader_is(report: WeeklyReport, site: Site) -> None:  # noqa: F811
    html = html_of(message_of(report, site))
    assert "prefers-color-scheme: dark" in html
    assert '<meta name="color-scheme" content="light dark"' in html
    assert re.search(r'<body[^>]+style="[^"]*background', html), "styles are inlined for clients that drop the rest"


def test_a_week_without_anybody_says_so(blog: Blog, site: Site) -> None:  # noqa: F811
    message = message_of(weekly_report(blog.store, site, "2026-W46", now=NOW), site)
    assert "aucun visiteur" in str(message["Subject"]).lower()
    assert "nan" not in text_of(message).lower().split()


def test_it_speaks_the_sites_language(report: WeeklyReport, site: Site) -> None:  # noqa: F811
    site.language = "en"
    text = text_of(message_of(report, site))
    assert "Companies of the week" in text
    assert "Les entreprises" not in text


def test_the_message_id_tells_recipient_and_week(report: WeeklyReport, site: Site) -> None:  # noqa: F811
    first, second = message_of(report, site), message_of(report, site)
    other = weekly_message(report, site=site, sender="a@b.fr", recipient="ben@exemple.fr", base_url=BASE, now=NOW)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"] != other["Message-ID"]


def test_html_as_a_page_has_its_image_inside(report: WeeklyReport, site: Site) -> None:  # noqa: F811
    page = render_weekly(report, site=site, form="html", base_url=BASE)
    assert 'src="data:image/png;base64,' in page
    assert "cid:" not in page


def test_a_recipients_copy_is_in_their_language_and_leads_to_their_own_links(
    report: WeeklyReport,
    site: Site,  # noqa: F811
) -> None:
    own = f"{BASE}/email/7-abc"
    made = weekly_message(
        report, site=site, sender="a@b.fr", recipient="anna@exemple.fr", base_url=BASE, now=NOW,
        audience=Audience("en", own, f"{own}/unsubscribe"),
    )  # fmt: skip
    message: Any = message_from_bytes(made.as_bytes(), policy=default)
    assert str(message["List-Unsubscribe"]).strip() == f"<{own}/unsubscribe>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (site.language, message["Content-Language"]) == ("fr", "en")
    assert f"Unsubscribe: {own}/unsubscribe" in text_of(message)
    assert f'href="{own}"' in html_of(message)
