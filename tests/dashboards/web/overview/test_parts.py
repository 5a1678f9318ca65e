"""Parts of an overview are drawn once, and yet each reader sees their own page, as things are now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from dashboards.web.first_day.geo_knowledge import GeoDatabases, GeoKnowledge
from dashboards.web.overview import parts
from dashboards.web.sign_in import permission
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.databases import new_event_store
from tracker.accounts.permissions import Action, Actor, may
from tracker.accounts.sessions import Device, open_session
from tracker.accounts.users import create_user, list_users
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.corrections.changes import make
from tracker.leads.corrections.rules import Kind
from tracker.sites.annotations import add_annotation
from tracker.sites.sites import find_site
from tracker.stats.rollups.keeping import Keeper
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def store() -> Iterator[EventStore]:
    """A store as the service has it, which keeps answers."""
    with new_event_store() as opened:
        yield cast(EventStore, AnsweringStore(opened))


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for each time that the parts were drawn."""
    all_made: list[object] = []
    real = parts._parts

    def noted(*arguments: Any) -> object:
        all_made.append(real(*arguments))
        return all_made[-1]

    monkeypatch.setattr(parts, "_parts", noted)
    return all_made


@pytest.fixture
def counted(store: EventStore, site: str, clock: Clock, company_visit: Callable[..., None]) -> Callable[[], None]:
    """A site with a company's visit whose days have figures; counts them again."""

    def count() -> None:
        Keeper(store).refresh(SITE, PARIS, today=clock().astimezone(PARIS).date())

    company_visit("/tarifs", "/contact", source="LinkedIn", visitor=7)
    company_visit("/a", visitor=8, ago=timedelta(days=35))
    count()
    return count


def seen(browser: Browser, address: str = f"/{SITE}", **options: Any) -> str:
    """A page without the tokens of its forms, which are other ones each second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", browser.get(address, **options).text)


def secrets(page: str) -> set[str]:
    """Whose the tokens of a page's forms are: the secret of their session, which stands before time and signature."""
    return {token.partition(".")[0] for token in re.findall(r'csrf_token" value="([^"]+)"', page)}


def another(app: Flask, database: AppDatabase, clock: Clock, language: str = "en") -> Browser:
    """The browser of somebody else."""
    user = create_user(database, "max@exemple.fr", "une phrase de passe", now=clock(), name="Max Other")
    browser = Browser(app.test_client(), language)
    token = open_session(database, user.id, Device(None, None), now=clock())
    with browser.client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["csrf_token"] = token, True, "of somebody else"
    return browser


def test_a_page_seen_again_is_the_same_and_is_not_drawn_again(
    signed_in: Browser, counted: Callable[[], None], drawings: list[object]
) -> None:
    first, again = seen(signed_in), seen(signed_in)
    assert first == again
    assert "LinkedIn" in first
    assert len(drawings) == 1


def test_a_page_of_the_next_figures_is_drawn_again(
    signed_in: Browser, counted: Callable[[], None], visit: Callable[..., None], drawings: list[object]
) -> None:
    signed_in.get(f"/{SITE}")
    visit("/a", source="Bluesky", visitor=9)
    counted()
    assert "Bluesky" in signed_in.get(f"/{SITE}").text
    assert len(drawings) == 2


@pytest.mark.parametrize(
    "address",
    ["?metric=visits", "?period=7d", "?compare=no", "?interval=week", "?sources=channel", "?f=source:is:LinkedIn"],
)
def test_what_is_asked_otherwise_is_drawn_for_itself(
    signed_in: Browser, counted: Callable[[], None], drawings: list[object], address: str
) -> None:
    usual, first = seen(signed_in), seen(signed_in, f"/{SITE}{address}")
    assert len(drawings) == 2
    assert first != usual
    assert seen(signed_in, f"/{SITE}{address}") == first
    assert seen(signed_in) == usual


def test_each_reader_has_their_own_name_language_and_tokens(
    app: Flask, signed_in: Browser, database: AppDatabase, clock: Clock, counted: Callable[[], None]
) -> None:
    other = another(app, database, clock, "fr")
    mine, theirs, again = (one.get(f"/{SITE}").text for one in (signed_in, other, signed_in))
    assert secrets(mine) == secrets(again)
    assert "Max Other" in theirs
    assert "Max Other" not in mine
    assert ("Page views" in mine, "Page views" in theirs) == (True, False)
    assert "Pages vues" in theirs
    assert (len(secrets(mine)), len(secrets(theirs)), len(secrets(mine) | secrets(theirs))) == (1, 1, 2)


def test_no_part_has_what_belongs_to_a_reader(
    signed_in: Browser, counted: Callable[[], None], drawings: list[Any]
) -> None:
    signed_in.get(f"/{SITE}")
    (found,) = drawings
    html = "".join(
        str(getattr(found, name).html)
        for name in ("figures", "chart", "leads", "first_panels", "actions", "other_panels")
    )
    assert "LinkedIn" in html
    assert "Air France" in html
    for text in ("csrf", "<form", "lea@exemple.fr"):
        assert text not in html


def test_forms_of_suggested_goals_are_of_their_reader(
    app: Flask,
    signed_in: Browser,
    database: AppDatabase,
    clock: Clock,
    counted: Callable[[], None],
    visit: Callable[..., None],
) -> None:
    visit("/a", name="Newsletter", pageviews=0)
    counted()
    other = another(app, database, clock)
    pages = [one.get(f"/{SITE}").text.split('id="panel-goals"')[1].split("</section>")[0] for one in (signed_in, other)]
    assert "Newsletter" in pages[0]
    assert (len(secrets(pages[0])), len(secrets(pages[0]) | secrets(pages[1]))) == (1, 2)


def test_how_long_ago_a_lead_came_is_of_now(signed_in: Browser, counted: Callable[[], None], clock: Clock) -> None:
    assert "1 h ago" in seen(signed_in)  # 1 h 59
    clock.now += timedelta(hours=1)
    page = seen(signed_in)
    assert "2 h ago" in page
    assert "1 h ago" not in page


def test_the_chart_is_of_this_minute(
    signed_in: Browser, counted: Callable[[], None], clock: Clock, database: AppDatabase
) -> None:
    clock.now += timedelta(minutes=58)
    address = f"/{SITE}?period=today&compare=no"
    signed_in.get(address)  # which notes that the session is in use, once in five minutes
    version, before = database.version(), signed_in.get(address).text
    clock.now += timedelta(minutes=3)
    after = signed_in.get(address).text
    assert database.version() == version, "nothing that people set has changed"
    assert before.count("slot-future") == after.count("slot-future") + 1


def test_who_may_not_see_the_status_has_no_link_to_it(
    app: Flask,
    signed_in: Browser,
    database: AppDatabase,
    clock: Clock,
    counted: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = another(app, database, clock)
    theirs = max(user.id for user in list_users(database))

    def not_the_other(user: Actor | None, action: Action, site: Site | None = None) -> bool:
        return may(user, action, site) and (action is not Action.VIEW_STATUS or user != Actor(theirs))

    monkeypatch.setattr(permission, "may", not_the_other)
    pages = [one.get(f"/{SITE}").text for one in (signed_in, other, signed_in)]
    assert [page.split("More would be named with:")[1].split("</p>")[0].count("/status/") > 0 for page in pages] == [True, False, True]  # fmt: skip


def test_a_network_database_that_arrives_is_missed_no_more(
    signed_in: Browser, counted: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "a network database" in signed_in.get(f"/{SITE}").text
    known = GeoKnowledge(networks=True, places=True)
    monkeypatch.setattr(GeoDatabases, "known", property(lambda _: known))
    assert "a network database" not in signed_in.get(f"/{SITE}").text


def test_the_theme_is_of_this_browser(signed_in: Browser, counted: Callable[[], None]) -> None:
    assert "data-theme" not in signed_in.get(f"/{SITE}").text
    signed_in.client.set_cookie("webleads_theme", "dark")
    assert 'data-theme="dark"' in signed_in.get(f"/{SITE}").text


def test_what_people_set_is_there_at_once(
    signed_in: Browser, counted: Callable[[], None], database: AppDatabase, clock: Clock
) -> None:
    assert "Air France" in signed_in.get(f"/{SITE}").text
    site = find_site(database, SITE)
    assert site is not None
    add_annotation(database, site.id, day="2026-11-16", hour="", text="A talk", by=None, now=clock())
    assert "A talk" in signed_in.get(f"/{SITE}").text
    make(database, site.id, Kind.RENAME, "Air France", "Other Name", by="lea@exemple.fr", now=clock())
    page = signed_in.get(f"/{SITE}").text
    assert "Other Name" in page
    assert "Air France" not in page


def test_links_lead_to_where_the_dashboard_is_mounted(signed_in: Browser, counted: Callable[[], None]) -> None:
    plain, below = seen(signed_in), seen(signed_in, environ_overrides={"SCRIPT_NAME": "/stats"})
    assert f'href="/stats/{SITE}?metric=visits"' in below
    assert "/stats/" not in plain
    assert seen(signed_in) == plain


def test_whoever_has_a_shared_link_sees_no_more_for_it(
    app: Flask, signed_in: Browser, counted: Callable[[], None]
) -> None:
    assert "Air France" in signed_in.get(f"/{SITE}").text
    made = signed_in.post(f"/{SITE}/sharing", name="For all", page="dashboard")
    token = re.search(
        r"/share/([\w-]+)", signed_in.get(made.headers["Location"]).text if made.headers.get("Location") else made.text
    )
    assert token is not None
    page = Browser(app.test_client()).get(f"/share/{token[1]}").text
    assert "LinkedIn" in page
    assert "Air France" not in page


def test_whoever_is_signed_out_sees_nothing(app: Flask, signed_in: Browser, counted: Callable[[], None]) -> None:
    signed_in.get(f"/{SITE}")
    assert Browser(app.test_client()).get(f"/{SITE}").status_code == 302
    signed_in.post("/sign-out")
    assert signed_in.get(f"/{SITE}").status_code == 302
