"""The overview's comparison, arrows, keys and intervals, as a page shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest

from tests.dashboards.web.conftest import SITE, Browser
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def mondays(site: str, visit: Callable[..., None]) -> None:
    """Now is Monday, 10:00. Visits at 9:00 and, a week before, at 9:00 and 12:00; one more long before."""
    visit("/a", ago=HOUR, visitor=1)
    visit("/a", ago=7 * DAY + HOUR, visitor=2)
    visit("/a", ago=7 * DAY - 2 * HOUR, visitor=3)
    visit("/a", ago=800 * DAY, visitor=4)


def change(page: str, figure: str = "Visitors") -> str | None:
    """A figure's change, as its words."""
    found = re.search(rf"figure-label\">{figure}<.*?</a>", page, re.DOTALL)
    assert found
    words = re.search(r'class="change .*?</span>\s*</a>', found[0], re.DOTALL)
    return re.sub(r"<[^>]+>", "", f"<{words[0]}").strip() if words else None


def table(page: str) -> dict[str, tuple[str, ...]]:
    """The chart's table: values by the interval's label."""
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page.split("chart-table", 1)[1])
    return {re.sub(r" *<.*", "", label): tuple(re.findall(r">([^<]*)</td>", values)) for label, values in rows}


def link(page: str, label: str) -> str:
    found = re.search(rf"<a [^>]*href=\"([^\"]+)\"[^>]*aria-label=\"{label}\"", page)
    assert found
    return unescape(found[1])


def test_a_day_that_is_not_over_is_compared_with_its_weekday_up_to_the_same_time(
    signed_in: Browser, mondays: None
) -> None:
    page = signed_in.get(f"/{SITE}?period=today").text
    assert change(page) == "0%"  # one and one: that of 12:00 is still to come
    assert "Mon 9 Nov" in page


def test_the_day_before_where_weekdays_do_not_matter(signed_in: Browser, mondays: None) -> None:
    page = signed_in.get(f"/{SITE}?period=today&weekdays=no").text
    assert change(page) == "↑ new"  # nobody on Sunday
    assert "Sun 15 Nov" in page


def test_own_days_and_a_year_before(signed_in: Browser, mondays: None) -> None:
    page = signed_in.get(f"/{SITE}?period=today&compare_from=2026-11-09&compare_to=2026-11-09").text
    assert change(page) == "0%"
    assert "Mon 17 Nov" in signed_in.get(f"/{SITE}?period=today&compare=year").text


def test_a_finished_day_is_compared_with_a_whole_one(signed_in: Browser, mondays: None) -> None:
    page = signed_in.get(f"/{SITE}?period=2026-11-16,2026-11-16&compare=2026-11-09").text
    assert change(page) == "0%"
    page = signed_in.get(f"/{SITE}?period=2026-11-09&compare=2026-11-08").text
    assert change(page) == "↑ new"


@pytest.mark.parametrize(("interval", "number"), [("minute", 1), ("hour", 11), (None, 11), ("day", 11), ("eons", 11)])
def test_a_chart_steps_by_what_is_asked_where_that_suits(
    signed_in: Browser, mondays: None, interval: str | None, number: int
) -> None:
    page = signed_in.get(f"/{SITE}?period=today" + (f"&interval={interval}" if interval else "")).text
    assert len(table(page)) == number


def test_each_interval_is_compared_with_its_own(signed_in: Browser, mondays: None) -> None:
    rows = table(signed_in.get(f"/{SITE}?period=today").text)
    assert rows["Mon 16 Nov, 09:00"] == ("1", "1")
    assert rows["Mon 16 Nov, 08:00"] == ("0", "0")
    rows = table(signed_in.get(f"/{SITE}?period=month&interval=week").text)
    assert len(rows) == 4


def changes_of_rows(page: str, panel: str) -> dict[str, str]:
    section = page.split(f'id="panel-{panel}"' if panel else "<tbody>", 1)[1].split("</section>", 1)[0]
    label, end = ("row-label", r"\n") if panel else ("details-name", "</td>")
    found = re.findall(rf'class="{label}"[^>]*>(.*?)</a>.*?class="row-change">(.*?)</span>{end}', section, re.DOTALL)
    return {re.sub(r"<[^>]+>", "", label).strip(): re.sub(r"<[^>]+>", "", change) for label, change in found}


@pytest.fixture
def sources(site: str, visit: Callable[..., None]) -> None:
    """This week by 10:00: LinkedIn 3, Google 1, none 1; last week by 10:00: LinkedIn 2, none 2; later that day Google 5."""
    counts = [("LinkedIn", 0, 3), ("Google", 0, 1), (None, 0, 1), ("LinkedIn", 7, 2), (None, 7, 2)]
    number = 0
    for source, days, visitors in counts:
        for _ in range(visitors):
            number += 1
            visit(f"/{source}", ago=days * DAY + HOUR, visitor=number, source=source)
    for _ in range(5):
        number += 1
        visit("/Google", ago=7 * DAY - HOUR, visitor=number, source="Google")
    visit("/a", ago=800 * DAY, visitor=99)


@pytest.mark.parametrize("query", ["period=today", "period=today&f=page:contains:/"])
def test_every_row_of_a_panel_has_its_change_and_in_words_what_it_was_before(
    signed_in: Browser, sources: None, query: str
) -> None:
    page = signed_in.get(f"/{SITE}?{query}").text
    assert changes_of_rows(page, "sources") == {
        "LinkedIn": "↑ +50% vs 2",
        "Direct": "↓ \u221250% vs 2",
        "Google": "↑ new vs 0",
    }
    assert changes_of_rows(page, "pages")["Titre de /LinkedIn /LinkedIn"] == "↑ +50% vs 2"
    panel = signed_in.get(f"/{SITE}/panels/sources?{query}").text
    assert changes_of_rows(panel, "sources") == changes_of_rows(page, "sources")
    rows = signed_in.get(f"/{SITE}/breakdown/source?{query}").text
    assert changes_of_rows(rows, "") == changes_of_rows(page, "sources")


def test_rows_have_no_change_where_nothing_is_compared(signed_in: Browser, sources: None) -> None:
    assert "row-change" not in signed_in.get(f"/{SITE}?period=today&compare=no").text


def test_says_why_it_does_not_compare(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    visit("/a")
    page = signed_in.get(f"/{SITE}?period=7d").text
    assert "Not compared: the site was not counted yet in 3–9 Nov 2026." in page
    assert change(page) is None


def test_arrows_lead_to_the_periods_beside_and_stop_at_today(signed_in: Browser, mondays: None) -> None:
    page = signed_in.get(f"/{SITE}?period=month&compare=year&f=page:is:/a").text
    assert 'aria-label="Period after"' not in page
    before = link(page, "Period before")
    assert before == f"/{SITE}?period=2026-10&compare=year&f=page:is:/a"
    assert "period=2026-11&" in link(signed_in.get(before).text, "Period after")


def test_arrows_keep_to_the_page(signed_in: Browser, mondays: None) -> None:
    assert link(signed_in.get(f"/{SITE}/leads?period=week").text, "Period before") == f"/{SITE}/leads?period=2026-W46"
    assert link(signed_in.get(f"/{SITE}/breakdown/page?period=week").text, "Period before").startswith(
        f"/{SITE}/breakdown/page?"
    )


def test_each_key_has_one_link(signed_in: Browser, mondays: None) -> None:
    keys = re.findall(r'data-key="([^"]+)"', signed_in.get(f"/{SITE}?period=2026-11-09").text)
    assert sorted(keys) == sorted({*keys})
    assert {"d", "e", "w", "m", "y", "a", "t", "x", "ArrowLeft", "ArrowRight"} <= set(keys)


def test_the_forms_keep_what_else_was_asked(signed_in: Browser, mondays: None) -> None:
    page = signed_in.get(f"/{SITE}?period=7d&compare=year&metric=visits&f=page:is:/a").text
    for form in re.findall(r'<form method="get" class="dates">(.*?)</form>', page, re.DOTALL):
        assert 'type="hidden" name="metric" value="visits"' in form
        assert 'type="hidden" name="f" value="page:is:/a"' in form
        assert ('name="from"' in form) != ('name="period"' in form)
        assert ('name="compare_from"' in form) != ('name="compare"' in form)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("period=2026-11-15,2026-11-01", "“2026-11-15,2026-11-01” ends before it begins. The last 30 days are shown."),
        ("period=2999", "“2999” lies outside of the years that can be shown. The last 30 days are shown."),
        ("period=2060", "This period has not begun yet."),
        ("compare=nonsense", "“nonsense” is not a period. The comparison is with the previous period."),
        ("compare_from=2026-11-01", "“2026-11-01,” is not a period."),
    ],
)
def test_an_address_that_cannot_be_shown_is_told_why(signed_in: Browser, mondays: None, query: str, told: str) -> None:
    answer = signed_in.get(f"/{SITE}?{query}")
    assert answer.status_code == 200
    assert told in answer.text


@pytest.mark.parametrize(("query", "told"), [("period=2026-11-10", ["↑ +50% vs 2"]), ("period=7d", [])])
def test_excluded_traffic_is_compared_by_whole_days(
    signed_in: Browser, mondays: None, store: EventStore, visit: Callable[..., None], query: str, told: list[str]
) -> None:
    visit("/a", ago=6 * DAY)
    day = date(2026, 11, 10)
    store.append(Batch({}, [NotCounted(SITE, day, "bot", "A", 3), NotCounted(SITE, day - 7 * DAY, "bot", "A", 2)]))
    page = signed_in.get(f"/{SITE}?{query}").text.split('id="title-not-counted"', 1)[1]
    assert [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'class="row-change">(.*?)</span></li>', page)] == told
