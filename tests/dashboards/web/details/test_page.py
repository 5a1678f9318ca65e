"""The page of all values of a dimension, and its files: what each value brought, searched, sorted and page by page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.dashboards.web.conftest import SITE, Browser

SOURCES, PAGES = f"/{SITE}/breakdown/source", f"/{SITE}/breakdown/page"


@pytest.fixture
def some_visits(site: str, visit: Callable[..., None], company_visit: Callable[..., None]) -> None:
    """Google: three visits, one of a company and one that sent a form. LinkedIn: two, of two companies. Bing: one."""
    visit("/a", source="Google", scroll_depth=40)
    visit("/a", name="Form: Submission", props='{"form":"devis"}', source="Google")
    company_visit("/a", "/prix", company="Air France", source="Google")
    for hours in (3, 4):
        company_visit("/a", "/tarifs", company="Air France", source="LinkedIn", ago=timedelta(hours=hours))
    company_visit("/b", company="Kerjean", source="LinkedIn")
    visit("/b", source="Bing")


def table(text: str) -> list[list[str]]:
    """The cells of each row, without marks."""
    rows = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", text, re.DOTALL)
    plain = [
        re.split(
            r"</t[hd]>", re.sub(r"<span class=\"row-change.*?</span></span>|<a class=\"details-regions.*?</a>", "", row)
        )
        for row in rows
    ]
    return [[" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row[:-1]] for row in plain]


def values(text: str) -> list[str]:
    return [row[0] for row in table(text)]


def test_each_value_has_its_figures_its_companies_and_the_best_lead(signed_in: Browser, some_visits: None) -> None:
    text = signed_in.get(SOURCES).text
    google, linkedin, bing = table(text)[0], *table(text)[1:]
    assert google[:5] == ["Google", "3", "3", "4", "67%"]
    assert google[7:9] == ["33%", "1"]
    assert google[9].endswith("Air France")
    assert linkedin[8] == "2"
    assert linkedin[9].endswith("Air France")
    assert bing[7:] == ["0%", "0", ""]
    assert "40%" in google


def test_rows_narrow_the_overview_and_a_company_leads_to_its_page(signed_in: Browser, some_visits: None) -> None:
    assert f'href="/{SITE}?f=source:is:Google"' in signed_in.get(SOURCES).text.replace("%3A", ":")
    companies = signed_in.get(f"/{SITE}/breakdown/company").text
    assert values(companies) == ["Air France", "Kerjean"]
    (url,) = {unescape(one) for one in re.findall(r'class="details-name" href="([^"]+)" title="Air France"', companies)}
    assert signed_in.client.get(url, follow_redirects=True).status_code == 200


def test_it_is_searched_in_values_words_and_titles(signed_in: Browser, some_visits: None) -> None:
    assert values(signed_in.get(f"{SOURCES}?q=LINK").text) == ["LinkedIn"]
    assert values(signed_in.get(f"/{SITE}/breakdown/country?q=fran").text) == ["France"]
    assert values(signed_in.get(f"{PAGES}?q=titre+de+/b").text) == ["Titre de /b /b"]
    assert "Nothing in this list has this text." in signed_in.get(f"{SOURCES}?q=nowhere").text


ORDERS = [
    ("", ["Google", "LinkedIn", "Bing"]),
    ("sort=value", ["Bing", "Google", "LinkedIn"]),
    ("sort=value&order=reversed", ["LinkedIn", "Google", "Bing"]),
    ("sort=companies", ["LinkedIn", "Google"]),
    ("sort=goal_rate", ["Google"]),
    ("sort=pageviews&order=reversed", ["Bing", "Google", "LinkedIn"]),
    ("sort=lead&q=goo", ["Google"]),
    ("sort=nothing", ["Google", "LinkedIn", "Bing"]),
]


def test_it_is_sorted_by_each_column(signed_in: Browser, some_visits: None) -> None:
    for query, order in ORDERS:
        assert values(signed_in.get(f"{SOURCES}?{query}").text) == order, query


def test_filters_narrow_it_and_its_files(signed_in: Browser, some_visits: None) -> None:
    assert values(signed_in.get(f"{SOURCES}?f=page:is:/tarifs").text) == ["LinkedIn"]
    file = signed_in.get(f"{SOURCES}.csv?f=page:is:/tarifs&f=source:is:LinkedIn")
    assert file.mimetype == "text/csv"
    lines = file.get_data().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Source,Visitors,Visits,Page views")
    assert lines[1].startswith("LinkedIn,2,2,4,")
    assert len(lines) == 2
    assert signed_in.get(f"{SOURCES}.csv?f=nonsense").status_code == 400
    with ZipFile(BytesIO(signed_in.get(f"{PAGES}.xlsx").get_data())) as book:
        assert "Titre de /tarifs" in book.read("xl/sharedStrings.xml").decode()


def test_no_value_from_outside_is_a_formula_in_a_file(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit("/a", source="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in signed_in.get(f"{SOURCES}.csv").get_data().decode()


def test_companies_of_kept_days_are_those_of_the_events(signed_in: Browser, some_visits: None) -> None:
    """By a dimension that rows of days have, and by one that only events have, the same companies are counted."""
    for dimension in ("country", "entry_page", "exit_page", "channel", "device"):
        rows = table(signed_in.get(f"/{SITE}/breakdown/{dimension}?sort=companies").text)
        assert max(int(row[8]) for row in rows) in (1, 2), dimension


def test_the_last_page_of_a_visit_has_its_company_also_where_only_earlier_views_tell_it(
    signed_in: Browser, site: str, visit: Callable[..., None], company_visit: Callable[..., None]
) -> None:
    one_visit = {"visit_id": 700, "visitor_id": 700}
    company_visit("/a", company="Kerjean", ago=timedelta(minutes=90), **one_visit)
    visit("/prix", ago=timedelta(minutes=80), visits=0, bounces=-1, **one_visit)
    visit("/a", "/b")
    exits = table(signed_in.get(f"/{SITE}/breakdown/exit_page?sort=companies").text)
    assert {row[0]: row[8] for row in exits} == {"/prix": "1"}
    assert exits[0][9].endswith("Kerjean")


def test_sources_and_campaigns_say_what_they_brought_in_where_a_goal_has_revenue(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    paid = {"name": "Purchase", "revenue": 25.0, "currency": "EUR"}
    visit("/a", source="Google", campaign="noel", **paid)
    visit("/a", source="LinkedIn", campaign="ete", **(paid | {"revenue": 1200.0}))
    visit("/a", source="LinkedIn", campaign="ete", **(paid | {"currency": "USD"}))
    visit("/a", source="Bing")
    assert "Revenue" not in signed_in.get(SOURCES).text
    goals = f"/{SITE}/settings/goals"
    signed_in.post(f"{goals}/add", form=goals, kind="revenue", pattern="Purchase", name="Ventes", points="40")
    sorted_by = table(signed_in.get(f"{SOURCES}?sort=revenue").text)
    assert [(row[0], row[8]) for row in sorted_by] == [("LinkedIn", "€1,200 + $25"), ("Google", "€25")]
    assert {row[0]: row[8] for row in table(signed_in.get(SOURCES).text)}["Bing"] == "–"
    campaigns = signed_in.get(f"/{SITE}/breakdown/campaign.csv").text
    assert "Revenue (EUR)" in campaigns
    assert "1200" in campaigns
    assert "Revenue" not in signed_in.get(PAGES).text
