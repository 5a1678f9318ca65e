from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.stats.metrics import METRICS
from tracker.stats.rollups.keeping import Keeper
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore

DAY = timedelta(days=1)
HOSTILE = "\"><script>alert('x')</script><img src=x onerror=alert(1)>"


def figures(page: str) -> dict[str, str]:
    """The strip's values by label."""
    found = re.findall(r'figure-label">([^<]+)</span>\s*<span class="figure-value">([^<]+)<', page)
    return {unescape(label): unescape(value) for label, value in found}


def rows(page: str, panel: str) -> dict[str, str]:
    """A panel's figures by label."""
    section = page.split(f'id="panel-{panel}"', 1)[1].split("</section>", 1)[0]
    found = re.findall(r'class="row-label"[^>]*>(.*?)</a>\s*<span class="row-figure">([^<]+)<', section, re.DOTALL)
    return {unescape(re.sub(r"<[^>]+>", "", label)).strip(): figure for label, figure in found}


@pytest.fixture
def three_visits(site: str, visit: Callable[..., None]) -> None:
    visit("/a", "/b", "/c", source="LinkedIn", channel="Organic Social", country="FR", device="desktop", visitor=7)
    visit("/a", source="Google", channel="Organic Search", country="BE", device="mobile", ago=2 * DAY)
    visit("/b", ago=3 * DAY, country="FR", device="mobile", visitor=7)
    visit("/a", ago=40 * DAY)  # in the period before
    visit("/a", ago=90 * DAY)  # before both


def test_shows_the_totals_of_the_period_with_their_change(signed_in: Browser, three_visits: None) -> None:
    page = signed_in.get(f"/{SITE}").text
    # Visitors 2, visits 3, page views 3 + 1 + 1; two of three visits bounce; (120 + 0 + 0) / 3 s; (90 + 30 + 30) / 3 s.
    assert figures(page) == {
        "Visitors": "2",
        "Visits": "3",
        "Page views": "5",
        "Bounce rate": "67%",
        "Visit duration (avg.)": "40\u202fs",
        "Reading time": "50\u202fs",
    }
    assert "+100%" in page  # two visitors after one
    assert "\u221233.3 pts" in page  # two of three after one of one


def test_compares_only_when_asked_to(signed_in: Browser, three_visits: None) -> None:
    page = signed_in.get(f"/{SITE}?compare=no").text
    assert "+100%" not in page
    assert 'class="before"' not in page


def test_does_not_compare_with_days_before_the_first_visit(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit("/a")
    visit("/a", ago=40 * DAY)
    page = signed_in.get(f"/{SITE}").text
    assert 'class="change' not in page
    assert 'class="before"' not in page


def test_panels_show_the_breakdowns_in_words(signed_in: Browser, three_visits: None) -> None:
    page = signed_in.get(f"/{SITE}").text
    assert rows(page, "sources") == {"Direct": "1", "Google": "1", "LinkedIn": "1"}
    assert rows(page, "places") == {"France": "1", "Belgium": "1"}
    assert set(rows(page, "devices")) == {"Mobile", "Desktop"}
    assert next(iter(rows(page, "pages"))) == "Titre de /a /a"


def test_a_tab_opens_another_breakdown_in_the_page_and_alone(signed_in: Browser, three_visits: None) -> None:
    page = signed_in.get(f"/{SITE}?sources=channel").text
    assert set(rows(page, "sources")) == {"Direct", "Organic search", "Organic social"}
    panel = signed_in.get(f"/{SITE}/panels/sources?sources=channel").text
    assert rows(panel, "sources") == rows(page, "sources")
    assert "<html" not in panel
    assert signed_in.get(f"/{SITE}/panels/nothing").status_code == 404


def test_a_row_s_link_narrows_the_page_and_a_chip_widens_it_again(signed_in: Browser, three_visits: None) -> None:
    page = signed_in.get(f"/{SITE}").text
    link = unescape(re.search(r'class="row-label" href="([^"]+)" title="LinkedIn"', page)[1])  # type: ignore[index]
    narrowed = signed_in.get(link).text
    assert figures(narrowed)["Visits"] == "1"
    assert figures(narrowed)["Page views"] == "3"
    chip = unescape(re.search(r'class="chip".*?<b>LinkedIn</b></a>\s*<a href="([^"]+)"', narrowed, re.DOTALL)[1])  # type: ignore[index]
    assert figures(signed_in.get(chip).text)["Visits"] == "3"


@pytest.mark.parametrize(
    ("asked", "name", "words"),
    [
        ("page:is:/prices", "read", "/prices"),
        ("page:is_not:/prices", "did not read", "/prices"),
        ("page:contains:pri|x", "read", "…pri…, …x…"),
        ("event:is:Signup", "did", "Signup"),
        ("entry_page:is:/prices", "Entry page", "/prices"),
    ],
)
def test_a_chip_says_what_the_visits_did(
    signed_in: Browser, three_visits: None, asked: str, name: str, words: str
) -> None:
    page = signed_in.get(f"/{SITE}?f={asked}").text
    chip = re.search(r'class="chip-name">([^<]+)</span>\s*<b>([^<]+)</b>', page)
    assert chip is not None
    assert (chip[1], chip[2]) == (name, words)


def test_the_unknown_can_be_filtered_too(signed_in: Browser, three_visits: None) -> None:
    page = signed_in.get(f"/{SITE}").text
    link = unescape(re.search(r'class="row-label" href="([^"]+)" title="Direct"', page)[1])  # type: ignore[index]
    assert figures(signed_in.get(link).text)["Visits"] == "1"


def test_a_chosen_figure_drives_the_chart(signed_in: Browser, three_visits: None) -> None:
    page = signed_in.get(f"/{SITE}?metric=pageviews&period=7d").text
    table = page.split('class="chart-table"', 1)[1].split("</table>", 1)[0]
    values = re.findall(r'<td class="number">([^<]+)</td><td', table)
    assert values == ["0", "0", "0", "1", "1", "0", "3"]
    assert "not over yet" in table
    # What it means and both totals stand beside it: a finger sees no tooltip.
    caption = page.split("<figcaption", 1)[1].split("</figcaption>", 1)[0]
    assert f'<span class="chart-meaning">{METRICS["pageviews"].meaning}</span>' in caption
    assert re.findall(r"<b>([^<]+)</b>", caption) == ["Page views", "5", "0"]


def test_periods_are_days_of_the_site(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    visit("/a", ago=timedelta(hours=10, minutes=30))  # Sunday 23:30 in Paris, 22:30 UTC
    visit("/a", ago=timedelta(hours=9, minutes=30))  # Monday 00:30 in Paris, Sunday 23:30 UTC
    assert figures(signed_in.get(f"/{SITE}?period=today").text)["Visits"] == "1"
    assert figures(signed_in.get(f"/{SITE}?period=yesterday").text)["Visits"] == "1"
    assert figures(signed_in.get(f"/{SITE}?from=2026-11-15&to=2026-11-16").text)["Visits"] == "2"


@pytest.mark.parametrize(
    "period", ["today", "yesterday", "7d", "91d", "month", "last-month", "year", "12mo", "all", "2026-W46"]
)
def test_every_period_has_its_page(signed_in: Browser, three_visits: None, period: str) -> None:
    assert signed_in.get(f"/{SITE}?period={period}").status_code == 200


@pytest.mark.parametrize(
    "period",
    ["nonsense", "2026-13", "2026-11-31", "٧d", "2026-11-01T10:00:00,2026-11-02T10:00:00", "2026-11-01x"],
)
def test_a_period_that_makes_no_sense_says_so_and_shows_the_last_30_days(
    signed_in: Browser, three_visits: None, period: str
) -> None:
    answer = signed_in.get(f"/{SITE}?period={period}")
    assert answer.status_code == 200
    assert f"“{period}” is not a period. The last 30 days are shown." in answer.text
    assert figures(answer.text)["Visits"] == "3"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param("from=2026-11-01T10:00&to=2026-11-02", "2026-11-01T10:00,2026-11-02", id="time-in-a-day"),
        pytest.param("from=2026-11-01", "2026-11-01,", id="from-alone"),
        pytest.param("to=2026-11-01&period=7d", ",2026-11-01", id="to-alone"),
        pytest.param("period=%00%1b[31m%e2%80%ae7d", "[31m7d", id="controls"),
        pytest.param("period=" + "7" * 500, "7" * 39 + "…", id="long"),
    ],
)
def test_days_that_make_no_sense_are_told(signed_in: Browser, three_visits: None, query: str, told: str) -> None:
    assert f"“{told}” is not a period." in signed_in.get(f"/{SITE}?{query}").text


@pytest.mark.parametrize("given", ["nonsense", "page:eats:x", "shoe:is:x", "page:is"])
def test_a_filter_that_is_left_out_is_told(signed_in: Browser, three_visits: None, given: str) -> None:
    page = signed_in.get(f"/{SITE}?f={given}&f=page:is:/").text
    assert f"“{given}” is not a known filter and is left out." in page
    assert page.count("is not a known filter") == 1


@pytest.mark.parametrize("query", ["period=soon", "from=2026-11-01", "f=nonsense"])
def test_a_file_of_leads_holds_what_was_asked_or_is_refused(signed_in: Browser, three_visits: None, query: str) -> None:
    answer = signed_in.get(f"/{SITE}/leads.csv?{query}")
    assert answer.status_code == 400
    assert "This URL was not understood" in answer.text


@pytest.mark.parametrize(
    "query",
    ["f=nonsense", "f=page:eats:x", "f=drop table:is:x", "metric=secrets", "sources=visitor_id", "f=page:is:a\\|b|c"],
)
def test_an_address_that_makes_no_sense_does_no_harm(signed_in: Browser, three_visits: None, query: str) -> None:
    assert signed_in.get(f"/{SITE}?{query}").status_code == 200


def test_shows_what_visitors_send_as_text(signed_in: Browser, site: str, company_visit: Callable[..., None]) -> None:
    company_visit(
        f"/{HOSTILE}",
        titles={f"/{HOSTILE}": HOSTILE},
        company=f"Company {HOSTILE}",
        source=HOSTILE,
        campaign=HOSTILE,
        referrer=HOSTILE,
        city=HOSTILE,
        browser=HOSTILE,
        company_evidence=HOSTILE,
    )
    pages = [f"/{SITE}", f"/{SITE}?sources=campaign&places=city&devices=browser", f"/{SITE}?f=source:is:{HOSTILE}"]
    pages += [f"/{SITE}/breakdown/page", f"/{SITE}/leads", f"/{SITE}/panels/pages?f=page:is:/{HOSTILE}"]
    links = re.findall(r'class="lead-name" href="([^"]+)"', signed_in.get(f"/{SITE}/leads").text)
    assert len(links) == 1
    for address in [*pages, unescape(links[0])]:
        text = signed_in.get(address).text
        assert "alert(" in text, address
        assert "<script>" not in text, address
        assert "<img" not in text, address
        assert HOSTILE in unescape(text), address


def test_shows_the_leads_of_the_period(signed_in: Browser, site: str, company_visit: Callable[..., None]) -> None:
    for days in range(3):
        company_visit("/a", "/tarifs", "/contact", ago=days * DAY + timedelta(hours=1), visitor=1)
    company_visit("/a", company="Mairie de Nantes", network_kind="government")
    page = signed_in.get(f"/{SITE}").text
    names = re.findall(r'class="lead-name"[^>]*>([^<]+)<', page)
    assert names == ["Air France", "Mairie de Nantes"]
    assert "Roissy-en-France, France" in page


def test_an_empty_site_says_what_to_do(signed_in: Browser, site: str) -> None:
    page = signed_in.get(f"/{SITE}").text
    assert "No visit has arrived yet." in page
    assert f'href="/{SITE}/setup"' in page
    assert page.count('class="card"') == 1
    assert 'class="empty' not in page
    assert 'class="figure' not in page


def test_a_filter_without_a_match_says_so_once_and_offers_to_remove_it(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit("/a", source="Google")
    for where in ("", "/leads", "/breakdown/country", "/leads/Nobody"):
        page = signed_in.get(f"/{SITE}{where}?f=source:is:Bing&f=page:is:/a&period=7d").text
        assert page.count("No visit matches the filters in this period.") == 1, where
        assert 'class="figure' not in page
        [alone] = re.findall(r'href="([^"]+)">Remove “Source Bing”', page)
        assert "Bing" not in signed_in.get(unescape(alone)).text
        [wider] = re.findall(r'href="([^"]+)">Remove the filters', page)
        assert "f=" not in wider
        assert "period=7d" in wider


def test_a_period_without_a_visit_is_one_card(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    visit("/a", ago=40 * DAY)
    page = signed_in.get(f"/{SITE}?period=7d").text
    assert "No visit in this period." in page
    assert 'class="empty' not in page
    assert f'href="/{SITE}?period=all">Show all time' in page


def test_names_what_was_not_counted(
    signed_in: Browser, site: str, store: EventStore, clock: Callable[[], object]
) -> None:
    day = clock().date()  # type: ignore[attr-defined]
    dropped = [
        NotCounted(SITE, day, "bot", "Googlebot", 12),
        NotCounted(SITE, day, "bot", "<b>Bot</b>", 3),
        NotCounted(SITE, day, "excluded_address", "", 4),
        NotCounted("other.example", day, "bot", "Elsewhere", 99),
    ]
    store.append(Batch({}, dropped))
    page = signed_in.get(f"/{SITE}/not-counted").text
    assert "Events excluded in this period: 19." in page
    assert "Events excluded in this period: 4." in signed_in.get(f"/{SITE}/not-counted?reason=excluded_address").text
    assert "Events excluded in this period: 12." in signed_in.get(f"/{SITE}/not-counted?q=GOOGLE").text
    assert "No excluded event has this." in signed_in.get(f"/{SITE}/not-counted?reason=bot&q=nobody").text
    assert page.index("Bots") < page.index("Excluded IP address")
    assert "Googlebot" in page
    assert "&lt;b&gt;Bot&lt;/b&gt;" in page
    assert "Elsewhere" not in page


def test_lists_all_values_of_a_dimension_page_by_page(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit(*(f"/{number:03}" for number in range(130)))
    first = signed_in.get(f"/{SITE}/breakdown/page").text
    second = signed_in.get(f"/{SITE}/breakdown/page?page=2").text
    assert (first.count('class="details-name"'), second.count('class="details-name"')) == (100, 30)
    assert signed_in.get(f"/{SITE}/breakdown/visitor_id").status_code == 404


def test_a_first_visit_shows_at_once_though_the_day_was_counted_before_it(
    signed_in: Browser, site: str, store: EventStore, clock: Clock, visit: Callable[..., None]
) -> None:
    visit("/a", ago=40 * DAY)
    Keeper(store).refresh(site, ZoneInfo("Europe/Paris"), today=clock().date())
    visit("/b")
    page = signed_in.get(f"/{SITE}?period=today").text
    assert "No visit in this period" not in page
    assert figures(page)["Visits"] == "1"


def test_no_time_is_not_a_time_of_zero(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    visit("/a", engaged_ms=0)
    assert figures(signed_in.get(f"/{SITE}").text)["Reading time"] == "–"
