"""The work with companies in a real browser: keyboard alone on a desktop, fingers on a phone, two people at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.dashboards.web.conftest import SITE
from tests.dashboards.web.fitting import SQUEEZED
from tests.dashboards.web.test_access import findings
from tracker.accounts.users import set_profile
from tracker.db.engine import AppDatabase
from tracker.leads.workflow.states import notes, states
from tracker.leads.workflow.vocabulary import Kind
from tracker.store.protocol import EventStore
from tracker.store.schema import events

LIST = f"/{SITE}/leads"


@pytest.fixture
def companies(site: str, company_visit: Callable[..., None]) -> None:
    for hours, name in enumerate(("Air France", "Banque du Littoral", "Coopérative agricole des Trois Vallées"), 1):
        company_visit("/a", "/tarifs", company=name, ago=timedelta(hours=hours))


def checksum(store: EventStore) -> str:
    """Of all that the events table holds."""
    return hashlib.sha256(repr(sorted(map(repr, store.rows(select(events))))).encode()).hexdigest()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('tr')?.querySelector('.lead-name').textContent ?? ''"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keyboard_alone_then_a_phone_then_two_people_and_no_event_changes(
    own_context: Callable[..., BrowserContext],
    address: str,
    companies: None,
    database: AppDatabase,
    store: EventStore,
) -> None:
    before = checksum(store)
    page = own_context(locale="en-GB", viewport={"width": 1280, "height": 844}).new_page()
    phone = own_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page()
    page.goto(address + LIST)
    letters_move_and_act(page, database)
    a_note_that_is_being_written_survives(page, f"{address}{LIST}/air france", database)
    the_second_of_two_is_told(page, phone, f"{address}{LIST}/air france")
    it_fits_a_phone(phone, address)
    set_profile(database, 1, name="", language="en", uses_keys=False)
    page.goto(address + LIST)
    press(page, "j")
    assert focused(page) == "", "whoever switched the letters off has none"
    assert checksum(store) == before


def letters_move_and_act(page: Page, database: AppDatabase) -> None:
    expect(page.locator("form[data-bulk]")).to_be_hidden()
    press(page, "j", "j", "k")
    assert focused(page) == "Air France"
    press(page, "s", "ArrowDown", "ArrowDown")
    expect(page.get_by_text("Air France is changed.")).to_be_visible()
    assert states(database, 1)["air france"].status == "contacted"
    assert focused(page) == "Air France", "the focus stays in its row"
    press(page, "j", "x", "j", "x")
    expect(page.locator("[data-count]")).to_have_text("2 selected")
    page.locator("form[data-bulk] [name=owner]").select_option("1")
    page.locator("form[data-bulk] [name=add_tag]").fill("Salon")
    press(page, "Enter")
    expect(page.get_by_text("2 companies are changed.")).to_be_visible()
    assert states(database, 1)["banque du littoral"].tags == ("Salon",)
    page.locator(".lead-name").first.focus()
    press(page, "e")
    expect(page.locator("tr[data-lead]")).to_have_count(2)
    assert focused(page) == "Banque du Littoral", "the next row has the focus of the one that went"
    page.get_by_role("button", name="Undo").focus()
    press(page, "Enter")
    expect(page.locator("tr[data-lead]")).to_have_count(3)
    page.locator(".lead-name").first.focus()
    press(page, "/")
    page.keyboard.type("banque")
    press(page, "Enter")
    expect(page.locator("tr[data-lead]")).to_have_count(1)


def a_note_that_is_being_written_survives(page: Page, url: str, database: AppDatabase) -> None:
    page.goto(url)
    page.locator("#work-note").fill("Rappeler lundi")
    page.locator("#work-kind").select_option("partner")
    expect(page.get_by_text("Air France is changed.")).to_be_visible()
    assert states(database, 1)["air france"].kind is Kind.PARTNER
    assert page.locator("#work-note").input_value() == "Rappeler lundi"
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".work-note-text")).to_have_text("Rappeler lundi")
    assert [one.text for one in notes(database, 1, "air france")] == ["Rappeler lundi"]
    page.locator("h1").click()
    expect(page.get_by_text("Keys: S sets the status, E hides or shows the company.")).to_be_visible()
    press(page, "e")
    expect(page.get_by_text("This company is hidden")).to_be_visible()
    press(page, "e")
    expect(page.get_by_text("This company is hidden")).to_have_count(0)
    press(page, "s")
    assert page.evaluate("document.activeElement.id") == "work-status"


def the_second_of_two_is_told(first: Page, second: Page, url: str) -> None:
    second.goto(url)
    first.locator("#work-status").select_option("customer")
    expect(first.locator(".history")).to_contain_text("Contacted → Customer")
    second.locator("#work-status").select_option("lost")
    expect(second.get_by_role("alert")).to_contain_text("was changed meanwhile")
    expect(second.locator("#work-status")).to_have_value("customer")


def it_fits_a_phone(page: Page, address: str) -> None:
    for path in (LIST, f"{LIST}/air france", f"/{SITE}/lists", f"/{SITE}/work-settings", f"/{SITE}/fit"):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.evaluate(SQUEEZED) == [], path
        assert findings(page) == [], path
        page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + LIST)
    page.locator("tr[data-lead] input").first.check()
    page.locator("form[data-bulk] [name=kind]").select_option("competitor")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("is changed.")).to_be_visible()
