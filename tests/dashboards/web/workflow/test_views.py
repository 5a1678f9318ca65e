"""The work with companies as plain forms: what the pages offer, what a form changes, what people are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

import pytest
from werkzeug.test import TestResponse

from dashboards.web.sign_in import permission
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.test_leads_pages import text
from tracker.accounts.permissions import Action, Actor, may
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.workflow.changes import Asked, Change, change_companies
from tracker.leads.workflow.states import states
from tracker.leads.workflow.vocabulary import Field
from tracker.leads.workflow.work_row import Person

LIST, PAGE, WORK = f"/{SITE}/leads", f"/{SITE}/leads/airfrance.fr", f"/{SITE}/work"


@pytest.fixture
def companies(site: str, company_visit: Callable[..., None]) -> None:
    company_visit("/a", company_domain="airfrance.fr")
    company_visit("/a", company="Zéphyr")


def marks(page: str) -> dict[str, str]:
    """What the boxes of the list send, by company id."""
    found = [unquote(unescape(mark)) for mark in re.findall(r'name="company" form="work" value="([^"]+)"', page)]
    return {mark.partition(":")[2]: mark for mark in found}


def send(browser: Browser, *companies: str, back: str = LIST, **fields: str) -> TestResponse:
    """Sends the bar's form for some companies, and follows it back to the page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(back).text)
    assert token
    data = {"csrf_token": token[1], "next": back, "company": list(companies)} | fields
    answer = browser.client.post(WORK, data=data, headers={"Accept-Language": browser.language})
    assert (answer.status_code, answer.location) == (302, back)
    return browser.get(back)


def test_several_companies_are_changed_from_the_list_and_the_change_is_undone(
    signed_in: Browser, companies: None
) -> None:
    before = marks(signed_in.get(LIST).text)
    assert set(before) == {"airfrance.fr", "zéphyr"}
    page = send(signed_in, *before.values(), status="contacted", add_tag="Salon, VIP", kind="-", owner="")
    assert "2 companies are changed." in text(page.text)
    assert page.text.count('data-status="contacted"') == 2
    assert page.text.count('<span class="tag">Salon</span>') == 2
    assert set(marks(page.text).values()).isdisjoint(before.values()), "each company has a new version"
    action = re.search(r'name="action" value="(\w+)"', page.text)
    assert action
    signed_in.post(f"/{SITE}/undo-work", form=LIST, action=action[1], next=LIST)
    assert signed_in.get(LIST).text.count('data-status="new"') == 2


def test_a_company_s_page_keeps_notes_with_their_author_and_a_history_that_can_be_undone(
    signed_in: Browser, companies: None, user: str
) -> None:
    fields = {"status": "customer", "kind": "partner", "owner": "1", "reminder": "2026-11-10", "clears_reminder": "1"}
    send(signed_in, "0:airfrance.fr", back=PAGE, **fields)
    page = send(signed_in, "1:airfrance.fr", back=PAGE, note="Rappeler <b>lundi</b>\r\nau siège")
    assert "Rappeler &lt;b&gt;lundi&lt;/b&gt;\nau siège" in page.text
    seen = text(page.text)
    assert "Reminder for Tuesday 10 November 2026." in seen
    assert f"{user} · just now" in seen
    for line in ("Lead status: New → Customer", "Relationship: automatic → Partner", f"Owner: none → {user}"):
        assert line in seen
    cleared = send(signed_in, "2:airfrance.fr", back=PAGE, reminder="", clears_reminder="1")
    assert "Reminder: Tue 10 Nov → none" in text(cleared.text)
    line = re.search(r'value="(\w+)" aria-label="Undo: Lead status: New → Customer"', cleared.text)
    assert line
    signed_in.post(f"/{SITE}/undo-work", form=PAGE, action=line[1], next=PAGE)
    assert '<option value="new" selected>' in signed_in.get(PAGE).text


def test_who_comes_second_is_told_what_the_first_did_in_both_languages(
    signed_in: Browser, companies: None, database: AppDatabase, clock: Clock
) -> None:
    by = Person(None, "marc@exemple.fr")
    change_companies(*(database, 1, [Asked("airfrance.fr", 0)], [Change(Field.STATUS, "lost")]), by=by, now=clock())
    page = send(signed_in, "0:airfrance.fr", status="customer", add_tag="VIP")
    told = "Air France was changed meanwhile by marc@exemple.fr: Lead status: New → Lost (just now)."
    assert told in text(page.text)
    found = states(database, 1)["airfrance.fr"]
    assert (found.status, found.tags) == ("lost", ("VIP",)), "theirs stays, and what nobody else touched is done"
    signed_in.language = "fr"
    french = text(send(signed_in, "0:airfrance.fr", status="customer").text)
    assert "entre-temps par marc@exemple.fr : Statut : Nouveau → Perdu" in " ".join(french.split())


@pytest.mark.parametrize(
    ("company", "fields", "told"),
    [
        ("", {"status": "lost"}, "Choose at least one company."),
        ("0:airfrance.fr", {"status": "x"}, "This choice is no longer there."),
        ("0:airfrance.fr", {"owner": "99"}, "This choice is no longer there."),
        ("0:airfrance.fr", {"reminder": "demain"}, "“demain” is not a day."),
        ("0:airfrance.fr", {"add_tag": "x" * 41}, "A tag has at most 40 characters."),
        ("0:airfrance.fr", {"note": "x" * 10_001}, "The note has more than 10000 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_changed(
    signed_in: Browser, companies: None, database: AppDatabase, company: str, fields: dict[str, str], told: str
) -> None:
    assert told in text(send(signed_in, company, **fields).text)
    assert states(database, 1) == {}


def test_who_may_only_look_sees_no_form_and_can_send_none(
    signed_in: Browser, companies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', signed_in.get(LIST).text)
    assert token

    def only_looks(user: Actor | None, action: Action, site: Site | None = None) -> bool:
        return may(user, action, site) and action in {Action.VIEW_REPORTS, Action.LIST_SITES}

    monkeypatch.setattr(permission, "may", only_looks)
    for page in (LIST, PAGE):
        assert f'action="{WORK}"' not in signed_in.get(page).text
    data = {"csrf_token": token[1], "company": "0:airfrance.fr", "status": "lost"}
    assert signed_in.client.post(WORK, data=data).status_code == 403
    assert signed_in.client.post(f"/{SITE}/undo-work", data=data).status_code == 403
