"""Links are made, shown once, listed and revoked; what is behind them says who may embed it, and asks for the password."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.db.engine import AppDatabase
from tracker.sharing.links import links_of

START = date(2026, 11, 16)
PAGE = f"/{SITE}/sharing"


def made(browser: Browser, **fields: str) -> str:
    answer = browser.post(PAGE, name="<b>Anna</b>", **fields)
    assert answer.status_code == 200, answer.text
    found = re.search(r"https://stats\.exemple\.fr(/(?:share|public)/[^<\s]+)</code>", answer.text)
    assert found
    return found[1]


def test_a_link_is_shown_once_and_revoked(
    signed_in: Browser, site: str, app: object, visit: Callable[..., None], database: AppDatabase
) -> None:
    visit("/a")
    address = made(signed_in)
    listed = signed_in.get(PAGE).text
    assert "&lt;b&gt;Anna&lt;/b&gt;" in listed
    assert address not in listed
    answer = signed_in.get(address)
    assert "&lt;b&gt;Anna&lt;/b&gt;" in answer.text
    assert "/a" in answer.text
    headers = answer.headers
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert (headers["X-Frame-Options"], "frame-ancestors 'none'" in headers["Content-Security-Policy"]) == (
        "DENY",
        True,
    )
    link = str(links_of(database, 1)[0].id)
    assert signed_in.post(f"{PAGE}/revoke", form=PAGE, link=link).location == PAGE
    assert signed_in.get(address).status_code == 404
    assert signed_in.post(f"{PAGE}/revoke", form=PAGE, link=link).location == PAGE
    assert "revoked already" in signed_in.get(PAGE).text


def test_a_link_says_once_that_nobody_visited(
    signed_in: Browser, site: str, app: object, visit: Callable[..., None]
) -> None:
    address = made(signed_in, shows_companies="1")
    for days in (None, 90):
        if days:
            visit("/a", ago=timedelta(days=days))
        shown = signed_in.get(address).text.partition("<main")[2]
        assert shown.count("No visit in this period.") == 1
        assert shown.count("Choose a longer period.") == 1
        assert "No company identified" not in shown
    assert "No visit in this period." not in signed_in.get(f"{address}?period=all").text


def test_what_is_shown_once_has_a_button_that_copies_it(signed_in: Browser, site: str) -> None:
    page = signed_in.post(PAGE, name="Anna", frame_hosts="intranet.exemple.fr").text
    copied = {
        one: re.search(rf'<code id="{one}">([^<]+)</code>', page) for one in re.findall(r'data-copy="([\w-]+)"', page)
    }
    link, frame = copied["made-link"], copied["made-frame"]
    assert link
    assert frame
    assert link[1].startswith("https://stats.exemple.fr/share/")
    assert frame[1].startswith(f'&lt;iframe src="{link[1]}"')
    token = signed_in.post(f"/{SITE}/api-tokens", name="Lettre").text
    assert re.search(r'<code id="made-token">wl_[\w-]{43}</code>.*data-copy="made-token"', token)


def test_only_the_chosen_hosts_may_embed_it_and_only_it(signed_in: Browser, site: str) -> None:
    address = made(signed_in, frame_hosts="intranet.exemple.fr\n*.exemple.org\n2001:db8::7")
    headers = signed_in.get(address).headers
    allowed = "intranet.exemple.fr:* *.exemple.org:* [2001:db8::7]:*"
    assert f"frame-ancestors {allowed};" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers
    for other in (PAGE, f"/{SITE}", "/sign-in", "/share/x"):
        assert signed_in.get(other).headers["X-Frame-Options"] == "DENY"


def test_a_password_is_asked_for_and_tries_are_limited(signed_in: Browser, site: str, app: object) -> None:
    address = made(signed_in, password="une phrase")
    statuses = [signed_in.post(address, password="wrong").status_code for _ in range(7)]
    assert statuses[:5] == [422] * 5
    assert statuses[-1] == 429
    assert "Overview" not in signed_in.get(address).text.partition("<main")[2]


def test_a_link_ends_and_a_public_one_needs_no_token(signed_in: Browser, site: str, clock: Clock) -> None:
    ending, public = made(signed_in, ends_at="2026-11-17"), made(signed_in, is_public="1")
    assert public == f"/public/{SITE}"
    assert signed_in.get(ending).status_code == signed_in.get(public).status_code == 200
    assert "until Tuesday 17 November 2026" in signed_in.get(PAGE).text
    clock.now += timedelta(days=2)
    assert signed_in.get(ending).status_code == 410
    assert signed_in.get("/public/autre.example").status_code == 404


def test_a_report_has_the_last_complete_week_whatever_is_asked(
    signed_in: Browser, site: str, visit: Callable[..., None], clock: Clock
) -> None:
    visit("/last-week", ago=timedelta(days=4))
    visit("/today")
    page = signed_in.get(made(signed_in, page="weekly") + "?period=today&from=2026-11-16&to=2026-11-16").text
    assert "/last-week" in page
    assert "/today" not in page.partition("<main")[2]


def test_what_is_refused_is_said_and_an_unknown_filter_makes_no_wider_link(signed_in: Browser, site: str) -> None:
    assert signed_in.post(PAGE, name="").status_code == 422
    assert signed_in.post(f"{PAGE}?f=nonsense", form=PAGE, name="x").status_code == 422
    assert signed_in.post(PAGE, name="x", ends_at="soon").status_code == 422


def test_a_link_to_a_week_shows_no_other_days_in_a_comparison(
    signed_in: Browser, site: str, visit: Callable[..., None], app: object
) -> None:
    for _ in range(7):
        visit("/a", ago=timedelta(days=300))
    visit("/a", ago=timedelta(days=5))
    days = (START - timedelta(days=301)).isoformat(), (START - timedelta(days=299)).isoformat()
    asked = f"?compare={','.join(days)}&compare_from={days[0]}&compare_to={days[1]}&weekdays=no"
    week, dashboard = made(signed_in, page="weekly"), made(signed_in)
    of_week, of_days, of_dashboard = (
        re.sub(r"\s+", " ", signed_in.get(address).text.partition("<main")[2].partition("<footer")[0])
        for address in (week, week + asked, dashboard + asked)
    )
    assert of_days == of_week
    assert "Jan 2026" in of_dashboard, of_dashboard[:3000]
