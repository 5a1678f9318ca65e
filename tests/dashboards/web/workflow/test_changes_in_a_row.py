"""Changes that follow each other faster than the service answers, in a real browser: none is lost, and none is made twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.dashboards.web.conftest import SITE
from tracker.db.engine import AppDatabase
from tracker.leads.workflow.states import notes, states

COMPANY = "air france"
LIST = f"/{SITE}/leads"


class Slow:
    """Holds the changes of a page back until the test lets them go on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held: list[Route] = []
        self.is_open = False
        page.route("**/work", self._take)

    def _take(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def wait_for_one(self) -> None:
        for _ in range(200):
            if self.held:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("no change was sent")

    def let_go(self) -> None:
        self.is_open = True
        for route in self.held:
            route.continue_()


@pytest.fixture
def page(
    site: str, company_visit: Callable[..., None], own_context: Callable[..., BrowserContext], address: str
) -> Page:
    company_visit("/a", "/tarifs", company="Air France")
    opened = own_context(locale="en-GB").new_page()
    opened.goto(f"{address}{LIST}/{COMPANY}")
    return opened


def test_what_is_chosen_while_an_answer_is_awaited_is_sent_too(page: Page, database: AppDatabase) -> None:
    slow = Slow(page)
    page.locator("#work-owner").select_option("1")
    slow.wait_for_one()
    page.locator("#work-tag").fill("Salon")
    page.locator("#work-status").select_option("customer")
    slow.let_go()
    expect(page.locator(".history")).to_contain_text("New → Customer")
    expect(page.locator("#work-owner")).to_have_value("1")
    expect(page.locator("#work-tag")).to_have_value("Salon")
    state = states(database, 1)[COMPANY]
    assert (state.owner_id, state.status) == (1, "customer")


def test_a_note_that_is_sent_while_an_answer_is_awaited_is_added_once(page: Page, database: AppDatabase) -> None:
    slow = Slow(page)
    page.locator("#work-owner").select_option("1")
    slow.wait_for_one()
    page.locator("#work-note").fill("Rappeler lundi")
    page.get_by_role("button", name="Add the note").click()
    slow.let_go()
    expect(page.locator(".work-note-text")).to_have_text("Rappeler lundi")
    expect(page.locator("#work-note")).to_have_value("")
    expect(page.locator("#work-owner")).to_have_value("1")
    assert [one.text for one in notes(database, 1, COMPANY)] == ["Rappeler lundi"]


def test_one_field_changed_twice_is_no_change_by_somebody_else(page: Page, address: str, database: AppDatabase) -> None:
    page.goto(address + LIST)
    slow = Slow(page)
    status = page.locator("tr[data-lead] select")
    status.select_option("contacted")
    slow.wait_for_one()
    status.select_option("customer")
    page.wait_for_timeout(600)
    slow.let_go()
    expect(page.locator("main[aria-busy]")).to_have_count(0)
    expect(status).to_have_value("customer")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert states(database, 1)[COMPANY].status == "customer"


def test_what_was_chosen_just_before_the_page_is_left_is_sent(page: Page, address: str, database: AppDatabase) -> None:
    page.locator("#work-status").select_option("lost")
    page.locator("#work-reminder").fill("2031-05-06")
    page.goto(f"{address}/account")
    page.goto(f"{address}{LIST}/{COMPANY}")
    expect(page.locator("#work-reminder")).to_have_value("2031-05-06")
    expect(page.locator("#work-status")).to_have_value("lost")
