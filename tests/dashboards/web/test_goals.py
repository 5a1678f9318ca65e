"""The page of a site's goals and key pages, by its forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from dashboards import web
from tests.dashboards.web.conftest import SITE, Browser
from tracker.db.engine import AppDatabase
from tracker.sites.sites import find_site
from tracker.stats.goals import goals_of
from tracker.stats.goals.buying_pages import buying_pages_of

GOALS = f"/{SITE}/settings/goals"
PAGES = f"/{SITE}/settings/key-pages"
FORMS_CSS = (Path(web.__file__).parent / "assets" / "forms.css").read_text(encoding="utf-8")


def names(database: AppDatabase) -> list[str]:
    found = find_site(database, SITE)
    assert found
    return [goal.name for goal in goals_of(found)]


def test_what_is_received_is_offered_and_added_with_one_click(
    signed_in: Browser, site: str, database: AppDatabase, visit: Callable[..., None]
) -> None:
    visit("/x", visitor=1, company="Acme", name="Form: Submission", props='{"form":"search"}')
    visit("/x", visitor=2, name="Signup")
    shown = unescape(signed_in.get(GOALS).text)
    assert "Do not count search" in shown
    assert "Add as a goal: Signup" in shown
    assert "1 time · 1 visit · 1 company" in shown
    signed_in.post(f"{GOALS}/add", kind="event", pattern="Signup", name="", points="")
    signed_in.post(f"{GOALS}/take-off", kind="form", pattern="search")
    assert names(database) == ["Signup", "Forms sent", "Downloads"]
    shown = unescape(signed_in.get(GOALS).text)
    assert "Add as a goal: Signup" not in shown
    assert "Count again: search" in shown
    signed_in.post(f"{GOALS}/put-back", kind="form", pattern="search")
    assert "Do not count search" in unescape(signed_in.get(GOALS).text)


@pytest.mark.parametrize(
    ("kind", "part", "label", "hint"),
    [
        ("form", "name", "Name", "As the site sends it."),
        ("page", "path", "Path of the page", "every page below /demo"),
        ("download", "part", "Part of the URL", "Of the file or of the link."),
        ("scroll", "percent", "Per cent of the page", "75, or 75 /blog/*"),
        ("time", "seconds", "Seconds", "120, or 120 /blog/*"),
    ],
)
def test_a_kind_of_goal_asks_for_what_it_is_known_by(
    signed_in: Browser, site: str, kind: str, part: str, label: str, hint: str
) -> None:
    page = signed_in.get(GOALS).text
    assert f'<option value="{kind}" data-needs="{part}"' in page
    shown = re.findall(rf'<span class="needs-{part}">([^<]+)</span>', page)
    assert shown[0] == label
    assert hint in shown[1]
    assert f'.form:not(:has(option[data-needs~="{part}"]:checked)) .needs-{part}' in FORMS_CSS


def test_a_goal_is_edited_and_removed(signed_in: Browser, site: str, database: AppDatabase) -> None:
    signed_in.post(f"{GOALS}/add", kind="page", pattern="merci", name="Thanks", points="12")
    assert signed_in.post(f"{GOALS}/1/change", pattern="/merci*", name="Danke", points="13").location == GOALS
    assert names(database)[0] == "Danke"
    for key in ("1", "forms", "downloads"):
        signed_in.post(f"{GOALS}/{key}/remove")
    assert names(database) == []
    assert "This site has no goal." in signed_in.get(GOALS).text


@pytest.mark.parametrize(
    ("url", "form", "said"),
    [
        ("add", {"kind": "page", "pattern": "*"}, "“*” is not a page"),
        ("add", {"kind": "event", "pattern": "x", "points": "1.5"}, "1 to 40 points"),
        ("9/change", {"pattern": "x"}, "There is no goal “9”"),
        ("take-off", {"kind": "page", "pattern": "/x"}, "Only forms and downloads"),
    ],
)
def test_what_is_refused_says_why(signed_in: Browser, site: str, url: str, form: dict[str, str], said: str) -> None:
    answer = signed_in.post(f"{GOALS}/{url}", **form)
    assert answer.status_code == 422
    assert said in unescape(answer.text)


def test_key_pages_are_proposed_kept_and_reset(
    signed_in: Browser, site: str, database: AppDatabase, visit: Callable[..., None]
) -> None:
    visit("/formation-seo", visitor=1, company="Acme")
    assert "Add *formation*" in signed_in.get(GOALS).text
    signed_in.post(PAGES, buying_pages="prix 2\n/offres/*")
    signed_in.post(f"{PAGES}/add", add="*formation*")
    found = find_site(database, SITE)
    assert found
    assert buying_pages_of(found).weights == (("prix", 2), ("/offres/*", 1), ("*formation*", 1))
    refused = signed_in.post(PAGES, buying_pages="prix 9")
    assert refused.status_code == 422
    assert "prix 9" in refused.text
    signed_in.post(PAGES, reset="1", buying_pages="")
    found = find_site(database, SITE)
    assert found
    assert buying_pages_of(found).are_defaults


def test_the_overview_has_goals_that_filter_it_and_actions_with_their_properties(
    signed_in: Browser, site: str, database: AppDatabase, visit: Callable[..., None], company_visit: Callable[..., None]
) -> None:
    visit("/x", visitor=1, name="Signup", props='{"plan":"pro"}')
    visit("/x", visitor=2)
    shown = unescape(signed_in.get(f"/{SITE}").text)
    assert "No goal was reached in this period." in shown
    assert "Add as a goal: Signup" in shown
    signed_in.post(f"{GOALS}/add", form=f"/{SITE}", kind="event", pattern="Signup", name="Account", next=f"/{SITE}")
    company_visit("/x", name="Form: Submission", props='{"form":"demo"}', revenue=1250.0, currency="EUR")
    shown = unescape(signed_in.get(f"/{SITE}").text)
    assert "1 event · 1 visitor · 1 company · €1,250" in shown
    assert f'href="/{SITE}?f=goal:is:1"' in shown
    assert f"/{SITE}/actions/one?event=Form:+Submission&detail=demo" in shown
    filtered = unescape(signed_in.get(f"/{SITE}?f=goal:is:1").text)
    assert "Account" in filtered
    assert "Air France" not in filtered
    assert "Air France" in signed_in.get(f"/{SITE}/leads?f=goal:is:forms").text
    one = unescape(signed_in.get(f"/{SITE}/actions/one?event=Signup").text)
    assert f'href="/{SITE}?f=property:is:plan%3Dpro"' in one
    assert "Add as a goal" not in one
    assert signed_in.get(f"/{SITE}/actions/one?event=pageview").status_code == 404


@pytest.mark.parametrize(
    ("kind", "typed", "called"),
    [
        ("scroll", "75%", "75\u00a0%"),
        ("scroll", "090 blog/*", "90\u00a0% /blog/*"),
        ("time", "120 s", "120\u00a0s"),
        ("revenue", "*", "*"),
    ],
)
def test_measured_goals_take_a_number_and_a_path(
    signed_in: Browser, site: str, database: AppDatabase, kind: str, typed: str, called: str
) -> None:
    signed_in.post(f"{GOALS}/add", kind=kind, pattern=typed, name="", points="")
    assert names(database)[0] == called, "its number says what it counts"
    refused = signed_in.post(f"{GOALS}/add", kind="scroll", pattern="101", name="", points="")
    assert "not a number from 1 to 100" in unescape(refused.text)


@pytest.mark.parametrize(
    ("language", "scrolled", "read"),
    [("en", "Scrolled to 75%", "Read for 2 min"), ("fr", "Lu jusqu’à 75 %", "Lu pendant 2 min")],
)
def test_proposed_goals_of_measures_are_called_by_what_was_done(
    signed_in: Browser,
    site: str,
    visit: Callable[..., None],
    database: AppDatabase,
    language: str,
    scrolled: str,
    read: str,
) -> None:
    visit("/a", name="engagement", scroll_depth=80, engaged_ms=150_000)
    signed_in.post("/language", language=language)
    page = unescape(signed_in.get(GOALS).text)
    added = re.findall(
        r'name="kind" value="(\w+)"><input type="hidden" name="pattern" value="(\d+)"><input type="hidden" name="name" value="([^"]+)"',
        page,
    )
    assert {kind: re.sub(r"\s", " ", name) for kind, _, name in added} == {"scroll": scrolled, "time": read}
    for kind, pattern, name in added:
        assert f">{name}</span>" in page
        signed_in.post(f"{GOALS}/add", kind=kind, pattern=pattern, name=name)
    assert {scrolled, read} <= {re.sub(r"\s", " ", name) for name in names(database)}
