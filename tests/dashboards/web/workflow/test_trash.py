"""What is removed can be brought back, from where it was removed and later on: with who removed it and when."""

from __future__ import annotations

import re
from html import unescape

import pytest

from dashboards.web.sign_in import permission
from tests.dashboards.web.conftest import SITE, Browser
from tests.dashboards.web.test_leads_pages import text
from tracker.accounts.permissions import Action, Actor, may
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.alerts.rules import list_rules
from tracker.leads.workflow.agreements import agreements
from tracker.leads.workflow.lists import all_lists
from tracker.leads.workflow.views import all_views
from tracker.sites.sites import find_site
from tracker.stats.goals import goals_of

LISTS, WORK, FIT, ALERTS, GOALS, LEADS = (
    f"/{SITE}/{path}" for path in ("lists", "work-settings", "fit", "alerts", "settings/goals", "leads")
)


def kept(database: AppDatabase) -> list[list[str]]:
    """What the site has of each kind of thing."""
    site = find_site(database, SITE)
    assert site is not None
    return [
        [one.kind.value for one in agreements(database, 1).kind_rules],
        [one.name for one in all_lists(database, 1)],
        [one.name for one in all_views(database, 1) if one.number],
        [one.name for one in list_rules(database, 1)],
        [one.name for one in goals_of(site) if not one.is_built_in],
    ]


def value_of(page: str, name: str, shape: str = r'[^"]+') -> str:
    found = re.search(rf'name="{name}" value="({shape})"', page)
    assert found, name
    return unescape(found[1])


def removed_in_turn(browser: Browser) -> list[tuple[str, dict[str, str]]]:
    """Makes one thing of each kind; returns the page that removes each and what it sends."""
    for kind, value in (("press", "presse"), ("supplier", "fourn")):
        rule = {"dimension": "company", "operator": "contains", "value": value, "kind": kind}
        browser.post(f"{WORK}/rules", form=WORK, **rule)
    browser.post(LISTS, form=LISTS, name="Cibles <b>", lines="acme.example\nZéphyr", kind="customer")
    browser.post(FIT, form=FIT, rule="country:is:BE", weight="3")
    browser.post(
        f"/{SITE}/lead-views",
        form=LEADS,
        name="Belges",
        filters=value_of(browser.get(LEADS).text, "filters"),
        sort="visits",
    )
    alert = {"name": "Visite", "trigger": "visit", "channel": "webhook", "target": "https://hooks.exemple.fr/x"}
    browser.post(ALERTS, form=ALERTS, **alert)
    browser.post(f"{GOALS}/add", form=GOALS, kind="page", pattern="/merci", name="Merci", points="5")
    view = browser.get(f"{LEADS}?view=belges").text
    goal = re.search(r'action="[^"]*/goals/(\d+)/remove"', browser.get(GOALS).text)
    assert goal
    return [
        (f"{WORK}/rules/remove", {"rule": value_of(browser.get(WORK).text, "rule")}),
        (f"{LISTS}/remove", {"list": value_of(browser.get(LISTS).text, "list")}),
        (f"/{SITE}/lead-views/remove", {"view": value_of(view, "view", r"\d+")}),
        (f"{ALERTS}/remove", {"rule": value_of(browser.get(ALERTS).text, "rule")}),
        (f"{GOALS}/{goal[1]}/remove", {}),
        (f"{FIT}/remove", {"rule": value_of(browser.get(FIT).text, "rule")}),
    ]


def test_each_thing_that_is_removed_is_brought_back(
    signed_in: Browser, site: str, user: str, database: AppDatabase
) -> None:
    removals = removed_in_turn(signed_in)
    before = kept(database)
    assert before == [["press", "supplier"], ["Cibles <b>"], ["Belges"], ["Visite"], ["Merci"]]
    for url, fields in removals:
        page = signed_in.get(signed_in.post(url, form=WORK, **fields).location).text
        undo = re.search(r'class="note note-undo">.*?name="removed" value="(\d+)">Undo', page, re.DOTALL)
        assert undo, f"{url}: whoever removes it is offered to undo it at once"
    assert kept(database) == [["supplier"], [], [], [], []]
    page = signed_in.get(WORK).text
    for name in ("Rule: presse", "List: Cibles &lt;b&gt;", "View: Belges", "Alert: Visite", "Goal: Merci", "Fit: BE"):
        assert f'<span>{name}</span> <span class="muted">{user} · ' in page
    assert "Alert: Visite" not in signed_in.get(LISTS).text, "each page has what it makes"
    for number in re.findall(r'name="removed" value="(\d+)"', page):
        assert signed_in.post("/" + SITE + "/trash/undo", form=WORK, removed=number, next=WORK).location == WORK
    assert kept(database) == before, "a rule for kinds is in its place again: the first that matches holds"
    assert "Belgium" in text(signed_in.get(FIT).text)
    assert "Removed in the last 30 days" not in signed_in.get(WORK).text
    signed_in.post("/" + SITE + "/trash/undo", form=WORK, removed="1", next=WORK)
    assert "This was undone already." in text(signed_in.get(WORK).text)


def test_whoever_may_not_change_settings_brings_back_views_and_lists_alone(
    signed_in: Browser, site: str, database: AppDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url, fields in removed_in_turn(signed_in):
        signed_in.post(url, form=WORK, **fields)

    def not_settings(actor: Actor, action: Action, of: Site | None = None) -> bool:
        return action is not Action.CHANGE_SETTINGS and may(actor, action, of)

    monkeypatch.setattr(permission, "may", not_settings)
    page = signed_in.get(WORK).text
    assert "Alert: Visite" in page
    offered = re.findall(r'name="removed" value="(\d+)" aria-label="Undo: (\w+)', page)
    assert sorted(name for _, name in offered) == ["List", "View"]
    others = {str(number) for number in range(1, 7)} - {number for number, _ in offered}
    for number in others:
        assert signed_in.post("/" + SITE + "/trash/undo", form=LISTS, removed=number, next=WORK).status_code == 403
    assert kept(database) == [["supplier"], [], [], [], []]
