"""Every correction in a real browser: keyboard alone on a desktop, a phone, two people at once, undone again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.dashboards.web.conftest import SITE
from tests.dashboards.web.fitting import SQUEEZED
from tests.dashboards.web.test_access import findings
from tests.dashboards.web.workflow.test_in_chromium import checksum
from tracker.db.engine import AppDatabase
from tracker.leads.corrections.changes import corrections_of
from tracker.store.protocol import EventStore

LEADS, CORRECTIONS = f"/{SITE}/leads", f"/{SITE}/corrections"
HOSTILE = "<b>Éclair</b> & \u202eOlé"


def correct(page: Page, url: str, label: str, typed: str) -> None:
    """Opens the dialog of a company's page, types into one of its fields and sends it: by keys alone."""
    page.goto(url)
    if page.locator("details.company-corrections:not([open])").count():  # it is open where companies were joined
        page.get_by_text("Correct this company").focus()
        page.keyboard.press("Enter")
    field = page.get_by_label(label)
    field.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Corrections", exact=True)).to_be_visible()


def made(database: AppDatabase) -> list[tuple[str, str, str | None]]:
    return [(one.kind, one.subject, one.target) for one in reversed(corrections_of(database, 1))]


def test_each_correction_by_keyboard_then_a_phone_then_two_people_and_all_is_undone(
    own_context: Callable[..., BrowserContext],
    address: str,
    site: str,
    company_visit: Callable[..., None],
    database: AppDatabase,
    store: EventStore,
) -> None:
    company_visit("/a", company="Bolt", company_domain="bolt.fr")
    company_visit("/a", company="Zéphyr", company_domain=None)
    before = checksum(store)
    page = own_context(locale="en-GB", viewport={"width": 1280, "height": 844}).new_page()
    phone = own_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page()
    bolt, zephyr = f"{address}{LEADS}/bolt.fr", f"{address}{LEADS}/zéphyr"
    correct(page, bolt, "Show it under the name", HOSTILE)
    correct(page, zephyr, "It is the same as the company", "<b>Éclair</b> & Olé")
    expect(page.get_by_text("are one company now")).to_be_visible()
    correct(page, bolt, "Not them: networks of the organisation", "Telco SA")
    correct(page, bolt, "Not them: the AS number", "64999")
    correct(page, bolt, "Not them: host names under the domain", "telco.example")
    correct(page, bolt, "Not them from now on: the IP range", "203.0.113.0/24")
    expect(page.get_by_role("textbox", name="Networks")).to_have_value(
        "network,company,domain,kind\n203.0.113.0/24,,,unknown\n"
    )
    shown = "<b>Éclair</b> & Olé"
    assert made(database) == [
        ("rename", "Bolt", shown),
        ("merge", "Zéphyr", shown),
        ("not_organisation", "Telco SA", None),
        ("not_asn", "64999", None),
        ("not_domain", "telco.example", None),
    ]
    it_fits_a_phone(phone, address, bolt)
    the_second_of_two_is_told(page, phone, address)
    page.goto(zephyr)
    expect(page.get_by_role("heading", level=1)).to_have_text(shown)
    assert page.url.split("?")[0].endswith("/leads/bolt.fr"), "the merged company's link leads on"
    page.goto(address + CORRECTIONS)
    for left in range(5, 0, -1):
        expect(page.get_by_role("button", name="Undo")).to_have_count(left)
        page.get_by_role("button", name="Undo").first.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text("No correction yet.")).to_be_visible()
    page.goto(address + LEADS)
    expect(page.locator(".lead-name")).to_have_count(2)
    assert checksum(store) == before


def it_fits_a_phone(page: Page, address: str, company: str) -> None:
    for url in (address + CORRECTIONS, company):
        page.goto(url)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, url
        assert page.evaluate(SQUEEZED) == [], url
        assert findings(page) == [], url
        page.set_viewport_size({"width": 390, "height": 844})


def the_second_of_two_is_told(first: Page, second: Page, address: str) -> None:
    """Both edit the network list; the second adds to it what the first wrote."""
    for page in (first, second):
        page.goto(address + CORRECTIONS)
    first.get_by_role("textbox", name="Networks").fill("192.0.2.0/24,Armor,,")
    first.get_by_role("button", name="Save").focus()
    first.keyboard.press("Enter")
    expect(first.get_by_text("The network list is saved")).to_be_visible()
    second.get_by_role("textbox", name="Networks").fill("198.51.100.0/24,Kerjean,,")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("192.0.2.0/24,Armor,,")
    expect(second.get_by_role("textbox", name="Networks")).to_have_value("198.51.100.0/24,Kerjean,,")
    assert second.evaluate("document.documentElement.scrollWidth") <= 390
    second.get_by_role("textbox", name="Networks").fill("192.0.2.0/24,Armor,,\n198.51.100.0/24,Kerjean,,")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("textbox", name="Networks")).to_have_value(
        "192.0.2.0/24,Armor,,\n198.51.100.0/24,Kerjean,,\n"
    )
