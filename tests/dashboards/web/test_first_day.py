"""What a newcomer reads on the first day is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from dashboards import web
from tests.dashboards.web.conftest import SITE, Browser, Clock, ToldStatus
from tracker.accounts.one_time_links import create_link
from tracker.db.engine import AppDatabase
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.names import move_site
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore


def test_the_last_page_view_is_the_last_and_not_the_day_s_top_page(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    for _ in range(3):
        visit("/")
    visit("/tarifs", ago=timedelta(minutes=5))
    assert signed_in.get(f"/{SITE}/first-hit").json["page"] == "/tarifs"  # type: ignore[index]


def test_the_heading_says_what_is_so(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    def shown(page: str) -> list[str]:
        return [
            line.split(">")[1].split("<")[0] for line in page.splitlines() if "<h1" in line and "hidden" not in line
        ]

    assert shown(signed_in.get(f"/{SITE}/setup").text) == ["Install the snippet: two steps"]
    visit("/")
    assert shown(signed_in.get(f"/{SITE}/setup").text) == [f"{SITE} is counted"]


@pytest.mark.parametrize(
    ("url", "warns"),
    [("", True), ("http://192.168.1.5", True), ("http://stats.local", True), ("https://stats.exemple.fr", False)],
)
def test_a_snippet_that_only_this_machine_can_load_is_told(
    database: AppDatabase,
    store: EventStore,
    clock: Clock,
    status: ToldStatus,
    user: str,
    site: str,
    url: str,
    warns: bool,
) -> None:
    app = Flask("tracker", static_folder=None)
    app.config.update(SECRET_KEY="only for this test")
    web.register(app, Context(Settings(base_url=url), database, store, clock), status)
    browser = Browser(app.test_client())
    browser.post("/sign-in", email=user, password="une phrase de passe")
    assert ("Set WEBLEADS_BASE_URL" in browser.get(f"/{SITE}/setup").text) is warns


def test_no_package_is_named_that_cannot_be_installed(signed_in: Browser, site: str) -> None:
    page = unescape(signed_in.get(f"/{SITE}/setup").text)
    assert 'from "webleads-tracker"' not in page
    assert "npm" not in page
    assert 'window.webleads("Signup"' in page


def test_not_counted_says_that_filters_do_not_apply(
    signed_in: Browser, site: str, store: EventStore, clock: Clock, visit: Callable[..., None]
) -> None:
    visit("/", "/a", source="Google")
    visit("/b")
    store.append(Batch({}, [NotCounted(SITE, clock().date(), "bot", "Googlebot", 4)]))
    page = signed_in.get(f"/{SITE}/not-counted?f=source:is:Google").text
    assert "Filters do not apply here" in page
    assert "Page views counted: 3." in page
    assert f'href="/{SITE}/not-counted">Remove the filters' in page
    assert "Filters do not apply" not in signed_in.get(f"/{SITE}/not-counted").text


def test_a_renamed_site_s_overview_has_what_was_not_counted(
    signed_in: Browser, site: str, database: AppDatabase, store: EventStore, clock: Clock, visit: Callable[..., None]
) -> None:
    visit("/")
    store.append(Batch({}, [NotCounted(SITE, clock().date(), "bot", "Googlebot", 4)]))
    move_site(database, SITE, "nouveau.fr", now=clock())
    assert "No event was excluded." not in signed_in.get("/nouveau.fr").text


@pytest.mark.parametrize(
    ("address", "fields", "field"),
    [
        ("/sites/add", {"domain": "blog", "time_zone": "Europe/Paris"}, "domain"),
        ("/sites/add", {"domain": SITE, "time_zone": "Europe/Paris"}, "domain"),
        ("/sites/add", {"domain": "autre.fr", "time_zone": "Mars/Olympus"}, "time_zone"),
        (f"/{SITE}/recipients", {"emails": "nobody"}, "emails"),
        (f"/{SITE}/settings", {"excluded_networks": "x"}, "excluded_networks"),
        (f"/{SITE}/settings", {"time_zone": "x"}, "time_zone"),
        (f"/{SITE}/settings", {"with_counting": "1", "staging_hosts": SITE}, "staging_hosts"),
        (f"/{SITE}/settings", {"with_counting": "1", "excluded_referrers": "<b>"}, "excluded_referrers"),
        (f"/{SITE}/settings", {"with_counting": "1", "page_parameters": "a=b"}, "page_parameters"),
    ],
)
def test_a_refused_value_s_field_has_the_focus_and_says_why(
    signed_in: Browser, site: str, address: str, fields: dict[str, str], field: str
) -> None:
    whole = {"time_zone": "Europe/Paris", "report_language": "fr", "excluded_networks": ""}
    answer = signed_in.post(address, **(whole | fields if "settings" in address else fields))
    assert answer.status_code == 422
    [named] = re.findall(r'<(?:input|textarea|select) name="(\w+)"[^>]*aria-invalid="true"', answer.text)
    assert named == field
    assert answer.text.count(" autofocus") == 1
    [says] = re.findall(r'<span class="field-problem" id="problem" role="alert">([^<]+)<', answer.text)
    assert len(says) > 20


def test_the_first_user_s_form_leads_to_what_was_refused(browser: Browser, database: AppDatabase, clock: Clock) -> None:
    token = create_link(database, "first-user", now=clock(), lasts=timedelta(days=1))
    for fields, field in (
        ({"email": "x", "password": "y"}, "email"),
        ({"email": "a@b.fr", "password": "y"}, "password"),
    ):
        answer = browser.post(f"/setup/{token}", **fields)
        assert re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', answer.text) == [field]


@pytest.mark.parametrize(
    ("language", "zone"),
    [
        ("en", "Etc/UTC"),
        ("en-GB", "Europe/London"),
        ("en-US", "Etc/UTC"),
        ("fr", "Europe/Paris"),
        ("nl-BE", "Europe/Brussels"),
    ],
)
def test_the_time_zone_is_not_london_s_for_whoever_reads_english(signed_in: Browser, language: str, zone: str) -> None:
    signed_in.language = language
    page = signed_in.get("/sites/add").text
    assert f'value="{zone}"' in page
    assert "data-browser-zone" in page
    assert f'<option value="{zone}">' in page


@pytest.mark.parametrize("address", ["/sign-out", f"/{SITE}/hosts", "/status/test-mail"])
def test_a_url_that_only_takes_a_form_is_a_page_that_says_so(signed_in: Browser, site: str, address: str) -> None:
    answer = signed_in.get(address)
    assert answer.status_code == 405
    assert "It only takes what a form sends" in answer.text
    assert 'class="masthead"' in answer.text
