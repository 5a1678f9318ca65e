from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Visits

DAY = timedelta(days=1)


def names(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'class="lead-name"[^>]*>([^<]+)<', page)]


def text(page: str) -> str:
    """A page's words without its tags."""
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.fixture
def three_companies(site: str, company_visit: Callable[..., None]) -> None:
    for days in range(3):
        company_visit("/a", "/tarifs", ago=days * DAY + timedelta(hours=2), visitor=1, source="LinkedIn")
    company_visit("/a", "/b", company="Zéphyr", ago=timedelta(hours=1))
    company_visit("/a", company="école Vauban", ago=5 * DAY)


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", ["Air France", "Zéphyr", "école Vauban"]),
        ("sort=score&order=reversed", ["école Vauban", "Zéphyr", "Air France"]),
        ("sort=last_seen", ["Zéphyr", "Air France", "école Vauban"]),
        ("sort=company&order=reversed", ["école Vauban", "Zéphyr", "Air France"]),
        ("sort=visits", ["Air France", "Zéphyr", "école Vauban"]),
        ("sort=nonsense", ["Air France", "Zéphyr", "école Vauban"]),
    ],
)
def test_sorts_the_leads(signed_in: Browser, three_companies: None, query: str, order: list[str]) -> None:
    assert names(signed_in.get(f"/{SITE}/leads?{query}").text) == order


@pytest.fixture
def many_companies(site: str, visit: Visits, company_visit: Callable[..., None]) -> None:
    with visit.at_once():
        for number in range(103):
            city = "Lyon" if number == 7 else "Brest"
            company_visit("/a", company=f"Firm {number:03}", ago=timedelta(hours=1 + number), city=city)


def test_a_long_list_comes_in_pages(signed_in: Browser, many_companies: None) -> None:
    first = signed_in.get(f"/{SITE}/leads?sort=company")
    assert names(first.text) == [f"Firm {number:03}" for number in range(100)]
    assert "103 companies identified in this period." in text(first.text)
    (following,) = re.findall(r'href="([^"]+)">Next<', first.text)
    assert names(signed_in.get(unescape(following)).text) == ["Firm 100", "Firm 101", "Firm 102"]


@pytest.mark.parametrize(
    ("words", "found"),
    [("firm 05", [f"Firm {number:03}" for number in range(50, 60)]), ("LYON", ["Firm 007"]), ("%", []), ("paris", [])],
)
def test_finds_companies_by_name_or_town(
    signed_in: Browser, many_companies: None, words: str, found: list[str]
) -> None:
    assert names(signed_in.get(f"/{SITE}/leads?sort=company&q={quote(words)}").text) == found


def test_says_why_and_from_where(signed_in: Browser, three_companies: None) -> None:
    page = text(signed_in.get(f"/{SITE}/leads").text)
    assert "3 companies identified in this period." in page
    assert "Key pages: Titre de /tarifs" in page
    assert "3 visits on 3 days" in page


def test_the_file_has_the_same_leads(signed_in: Browser, three_companies: None) -> None:
    answer = signed_in.get(f"/{SITE}/leads.csv")
    assert answer.mimetype == "text/csv"
    assert f'filename="leads-{SITE}-2026-10-18.csv"' in answer.headers["Content-Disposition"]
    lines = answer.text.splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("Air France,")


def test_a_company_s_page_tells_its_visits(signed_in: Browser, site: str, company_visit: Callable[..., None]) -> None:
    company_visit(
        "/moment", "/contact", source="LinkedIn", titles={"/moment": "Publier au bon moment", "/contact": "Contact"}
    )
    company_visit("/moment", ago=DAY, titles={"/moment": "Publier au bon moment"})
    page = text(signed_in.get(f"/{SITE}/leads/air%20france").text)
    assert "Monday 16 November 2026 08:00 via LinkedIn" in page
    assert "read Publier au bon moment for 30\u202fs, then Contact for 30\u202fs." in page
    assert "Sunday 15 November 2026 10:00 direct" in page
    assert "2 page views · 1\u202fmin · Desktop · Roissy-en-France, France" in page
    assert "Method: the network’s owner · confidence: 80% Evidence: AS64500, owned by a business" in page


def test_a_company_s_reasons_add_up_to_its_score(signed_in: Browser, three_companies: None) -> None:
    page = signed_in.get(f"/{SITE}/leads/air%20france").text
    score = int(re.search(r'class="score [^"]+"><span class="sr">Score </span>(\d+)<', page)[1])  # type: ignore[index]
    points = [int(one) for one in re.findall(r'class="reason-points">\+(\d+)<', page)]
    assert sum(points) == score > 0


def test_a_company_has_one_score_on_every_page(signed_in: Browser, three_companies: None) -> None:
    pattern = r'class="sr">Score </span>(\d+)<.*?class="lead-name"[^>]*>([^<]+)<'
    listed = {
        unescape(name): int(score)
        for score, name in re.findall(pattern, signed_in.get(f"/{SITE}/leads").text, re.DOTALL)
    }
    assert len(listed) == 3
    for name, score in listed.items():
        assert (
            f"Score </span>{score}<"
            in signed_in.get(f"/{SITE}/leads/{quote(name, safe='')}", follow_redirects=True).text
        )


@pytest.mark.parametrize("name", ["A/B Consulting", "a//b", "?x=1&y", "100 % Bio", "../../etc", "Société « Île »"])
def test_a_company_of_any_name_has_its_page(
    signed_in: Browser, site: str, company_visit: Callable[..., None], name: str
) -> None:
    company_visit("/a", company=name)
    link = unescape(re.search(r'class="lead-name" href="([^"]+)"', signed_in.get(f"/{SITE}/leads").text)[1])  # type: ignore[index]
    answer = signed_in.get(link)
    assert answer.status_code == 200
    assert "Why this score" in answer.text


def test_a_company_that_was_not_here_says_so(signed_in: Browser, three_companies: None) -> None:
    assert "No visit of this company in this period." in signed_in.get(f"/{SITE}/leads/Nobody").text


def test_other_events_and_reading_time_join_the_story(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", titles={"/a": "Article"}, visit_id=900, engaged_ms=0)
    company_visit("/a", name="engagement", visit_id=900, visits=0, bounces=0, pageviews=0, engaged_ms=200_000)
    company_visit("/a", name="Devis demandé", visit_id=900, visits=0, bounces=0, pageviews=0, engaged_ms=0)
    page = text(signed_in.get(f"/{SITE}/leads/air%20france").text)
    assert "read Article for 3\u202fmin\u00a020\u202fs, then did “Devis demandé”." in page


def links(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'class="lead-name" href="([^"]+)"', page)]


def test_links_name_a_company_by_its_domain_else_by_its_folded_name(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Air France", company_domain="airfrance.fr")
    company_visit("/a", company="École  Vauban", ago=DAY)
    for page in (f"/{SITE}", f"/{SITE}/leads"):
        found = links(signed_in.get(page).text)
        assert found == [f"/{SITE}/leads/airfrance.fr", f"/{SITE}/leads/%C3%A9cole%20vauban"]


@pytest.mark.parametrize(
    "name", ["Air France", "A/B Consulting", "a//b", "100 % Bio", "50%2F50", "?x=1&y", "Société « Île »"]
)
@pytest.mark.parametrize("domain", ["exemple.com", None])
def test_an_old_link_by_name_leads_to_the_company_with_what_it_was_narrowed_to(
    signed_in: Browser, site: str, company_visit: Callable[..., None], name: str, domain: str | None
) -> None:
    company_visit("/a", company=name, company_domain=domain)
    old = f"/{SITE}/leads/{quote(name, safe='')}?period=7d"
    answer = signed_in.get(old)
    if domain:
        assert (answer.status_code, answer.location) == (302, f"/{SITE}/leads/{domain}?period=7d")
    page = signed_in.get(old, follow_redirects=True)
    assert page.status_code == 200
    assert f">{name}</h1>" in unescape(page.text)
    assert "Why this score" in page.text


def test_a_link_to_a_company_that_was_here_at_another_time_still_says_its_name(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Air France", company_domain="airfrance.fr", ago=20 * DAY)
    for link in ("airfrance.fr", "Air%20France", "air%20france"):
        page = text(signed_in.get(f"/{SITE}/leads/{link}?period=7d").text)
        assert "Air France" in page
        assert "No visit of this company in this period." in page


def test_a_company_confirmed_by_an_old_link_is_the_one_that_it_names(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit(
        "/a", company="Typed SA", company_domain="typed.example", company_method="given", company_confidence=0.4
    )
    signed_in.post(f"/{SITE}/leads/Typed%20SA", form=f"/{SITE}/leads/typed.example", verdict="confirm")
    assert "To be confirmed" not in signed_in.get(f"/{SITE}/leads").text


def test_what_was_done_is_told_after_any_number_of_pages(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit(*(f"/{number}" for number in range(20)), visit_id=900)
    done = {"visit_id": 900, "visits": 0, "bounces": 0, "pageviews": 0, "engaged_ms": 0, "ago": timedelta(hours=1)}
    company_visit("/contact", name="Form: Submission", props='{"form": "devis"}', **done)
    company_visit("/contact", name="File Download", props='{"url": "https://a.fr/d/Tarifs%202026.pdf"}', **done)
    company_visit("/contact", name="Demande de démo", props='{"plan": "Pro"}', **done)
    page = text(signed_in.get(f"/{SITE}/leads/air%20france").text)
    assert "then 8 more pages, then sent the form “devis”, then downloaded Tarifs 2026.pdf" in page
    assert "then did “Demande de démo” (plan: Pro)." in page


def test_visits_are_listed_by_day_with_more_on_demand(
    signed_in: Browser, site: str, visit: Visits, company_visit: Callable[..., None]
) -> None:
    with visit.at_once():
        for number in range(125):
            company_visit(
                "/a", ago=timedelta(hours=8 * number) if number < 25 else timedelta(hours=200, minutes=number)
            )

    def heads(page: str) -> int:
        return page.count('class="visit-head"')

    page = signed_in.get(f"/{SITE}/leads/air%20france").text
    assert heads(page) == 10
    assert page.count('class="visit-day"') == 4
    link = unescape(re.search(r'href="([^"#]+)#visits-title">Show more: 115 earlier visits', page)[1])  # type: ignore[index]
    assert heads(signed_in.get(link).text) == 110
    assert heads(signed_in.get(f"/{SITE}/leads/air%20france?page=3").text) == 125
    assert "Show more" not in signed_in.get(f"/{SITE}/leads/air%20france?page=3").text


def test_first_seen_is_of_all_time_whatever_the_period(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", ago=100 * DAY)
    company_visit("/a")
    page = text(signed_in.get(f"/{SITE}/leads/air%20france?period=7d").text)
    assert "First seen8 Aug" in page


def test_people_are_not_counted_as_many_as_their_days(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    for days in range(9):
        for person in range(1 + (days == 2)):
            company_visit("/a", ago=days * DAY + timedelta(hours=2), visitor=100 * days + person + 1)
    page = text(signed_in.get(f"/{SITE}/leads/air%20france").text)
    assert "Visitors10 counted each day; at most 2 people on one day" in page


@pytest.mark.parametrize(
    ("language", "separator", "expected"),
    [
        ("fr", ";", {"Entreprise": "Air France", "Type": "Entreprise", "Pages vues": "1", "Dernière visite": "2026-11-16 08:00"}),
        ("en", ",", {"Company": "Air France", "Type": "Business", "Page views": "1", "Last seen": "2026-11-16 08:00"}),
    ],
)  # fmt: skip
def test_a_file_has_the_headings_words_and_separator_of_the_page_s_language(
    signed_in: Browser,
    site: str,
    company_visit: Callable[..., None],
    language: str,
    separator: str,
    expected: dict[str, str],
) -> None:
    company_visit("/tarifs")
    signed_in.language = language
    text = signed_in.get(f"/{SITE}/leads.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(text.splitlines(), delimiter=separator)
    assert {name: row[name] for name in expected} == expected
    assert "network_kind" in signed_in.get(f"/{SITE}/leads.csv?words=codes").text
    crm = signed_in.get(f"/{SITE}/leads.csv?for=hubspot")
    assert f'filename="leads-{SITE}-2026-10-18-hubspot.csv"' in crm.headers["Content-Disposition"]
    assert "Company domain name" in crm.text
    assert signed_in.get(f"/{SITE}/leads.xlsx").data.startswith(b"PK")
    assert signed_in.get(f"/{SITE}/leads.csv?for=another").status_code == 400


def test_a_list_without_companies_says_whether_anybody_visited_at_all(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    pages = [f"/{SITE}/leads", f"/{SITE}/possible"]
    for page in pages:
        shown = text(signed_in.get(page).text)
        assert "No visit has arrived yet." in shown
        assert "Most people read from home" not in shown
    visit("/a", ago=timedelta(days=90))
    for page in pages:
        shown = text(signed_in.get(page).text)
        assert "No visit in this period." in shown
        assert "The last visit:" in shown
        assert f'href="{page}?period=all"' in signed_in.get(page).text
    visit("/a", ago=timedelta(days=1))
    assert "No company identified in this period." in text(signed_in.get(pages[0]).text)


def test_a_company_that_has_not_come_for_long_says_why_it_has_no_score(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", ago=timedelta(days=90))
    assert "No activity in the 30 days of the score that earns points" in text(
        signed_in.get(f"/{SITE}/leads?period=all").text
    )


def test_one_page_view_weeks_ago_earns_no_point_and_is_still_a_visit(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", ago=timedelta(days=25), engaged_ms=0)
    shown = text(signed_in.get(f"/{SITE}/leads").text)
    assert "No activity in the 30 days of the score that earns points" in shown
    assert "No visit in" not in shown
