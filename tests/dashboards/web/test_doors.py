"""The ways in: first run, sign-in and out, the account, and what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from werkzeug.test import TestResponse

from dashboards import web
from dashboards.web import assets
from dashboards.web.views.sign_in import describe_wait
from tests.dashboards.web.conftest import EMAIL, PASSWORD, SITE, Browser, Clock, ToldStatus, Visits
from tests.dashboards.web.every_page import PAGES, fill
from tracker.accounts.one_time_links import create_link
from tracker.accounts.users import authenticate, count_users
from tracker.db.engine import AppDatabase
from tracker.server.concurrency import PASSES
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.store.protocol import EventStore

PROTECTED = [
    "/sites", "/sites/add", "/account", "/people", f"/{SITE}", f"/{SITE}/leads", f"/{SITE}/leads.csv", f"/{SITE}/leads/Air%20France",
    f"/{SITE}/possible", f"/{SITE}/corrections", f"/{SITE}/advice", f"/{SITE}/not-counted", f"/{SITE}/settings", f"/{SITE}/setup", f"/{SITE}/first-hit", f"/{SITE}/panels/pages",
    f"/{SITE}/breakdown/page",
]  # fmt: skip


@pytest.fixture
def link(database: AppDatabase, clock: Clock) -> str:
    return "/setup/" + create_link(database, "first-user", now=clock(), lasts=timedelta(days=7))


def test_what_a_page_loads_waits_behind_no_query(browser: Browser, database: AppDatabase, clock: Clock) -> None:
    pages = [browser.get(path).text for path in ("/", "/sign-in", "/no-such-page")]
    loaded = {url for page in pages for url in re.findall(r'(?:href|src)="(/[^"?]+\.(?:css|js|svg|png|ico))', page)}
    assert {url.rpartition(".")[2] for url in loaded} >= {"css", "js", "svg"}
    for url in loaded:
        with browser.get(url) as answer:
            assert answer.status_code == 200
        assert url.startswith(PASSES)


def test_a_new_installation_says_where_the_link_is(browser: Browser) -> None:
    page = browser.get("/").text
    assert "Nobody can sign in yet" in page
    assert "webleads serve" in page
    assert browser.get("/sign-in").location == "/"


def test_the_link_makes_the_first_user_who_then_adds_a_site(
    browser: Browser, link: str, database: AppDatabase, clock: Clock
) -> None:
    answer = browser.post(link, email="Lea@exemple.fr", password=PASSWORD)
    assert answer.location == "/sites/add"
    assert browser.get("/sites/add").status_code == 200
    assert authenticate(database, "lea@exemple.fr", PASSWORD, now=clock()) is not None


def test_the_link_works_once(app: Flask, browser: Browser, link: str, database: AppDatabase) -> None:
    other = Browser(app.test_client())
    form = other.get(link)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)[1]  # type: ignore[index]
    browser.post(link, email=EMAIL, password=PASSWORD)
    assert other.get(link).status_code == 410
    late = other.client.post(link, data={"email": "eve@exemple.fr", "password": PASSWORD, "csrf_token": token})
    assert late.status_code == 410
    assert count_users(database) == 1


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [("lea@exemple.fr", "court", "at least 10 characters"), ("nobody", PASSWORD, "“nobody” is not an email address")],
)
def test_a_bad_choice_says_why_and_leaves_the_link(
    browser: Browser, link: str, email: str, password: str, says: str
) -> None:
    answer = browser.post(link, email=email, password=password)
    assert answer.status_code == 422
    assert says in answer.text
    assert browser.get(link).status_code == 200


def test_a_guessed_or_old_link_makes_nobody(browser: Browser, link: str, database: AppDatabase, clock: Clock) -> None:
    assert browser.get("/setup/guessed").status_code == 410
    clock.now += timedelta(days=8)
    assert browser.get(link).status_code == 410
    assert count_users(database) == 0


@pytest.mark.parametrize("address", PROTECTED)
def test_pages_want_a_sign_in_and_come_back_to_it(browser: Browser, user: str, site: str, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=/")
    assert browser.post(answer.location, email=EMAIL, password=PASSWORD).location == address


def test_a_wrong_password_is_told_without_saying_which_part_is_wrong(browser: Browser, user: str) -> None:
    wrong = browser.post("/sign-in", email=EMAIL, password="wrong password")
    unknown = browser.post("/sign-in", email="eve@exemple.fr", password=PASSWORD)
    said = [re.search(r'role="alert">([^<]+)<', answer.text)[1] for answer in (wrong, unknown)]  # type: ignore[index]
    assert said == ["Incorrect email or password."] * 2
    assert browser.get("/sites").status_code == 302


def test_too_many_tries_wait_even_with_the_right_password(browser: Browser, user: str, clock: Clock) -> None:
    for _ in range(6):
        browser.post("/sign-in", email=EMAIL, password="wrong password")
    answer = browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 429
    assert "Wait" in answer.text
    clock.now += timedelta(seconds=10)
    assert browser.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_sign_in_leads_to_no_other_host(browser: Browser, user: str, target: str) -> None:
    assert browser.post(f"/sign-in?next={target}", email=EMAIL, password=PASSWORD).location == "/"


@pytest.mark.parametrize(
    "address", ["/sign-in", "/sign-out", "/language", "/sites/add", f"/{SITE}/settings", "/account", "/setup/x"]
)
def test_a_form_without_its_token_changes_nothing(signed_in: Browser, site: str, address: str) -> None:
    answer = signed_in.client.post(address, data={"language": "fr", "domain": "evil.example"})
    assert answer.status_code == 400
    assert signed_in.get("/sites").status_code == 200


def test_signing_out_ends_it(signed_in: Browser) -> None:
    signed_in.post("/sign-out", form="/sites/add")
    assert signed_in.get("/sites").status_code == 302


def test_a_new_password_ends_the_other_logins_and_keeps_this_one(app: Flask, signed_in: Browser) -> None:
    other = Browser(app.test_client())
    other.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert signed_in.post("/account", password="not this one", new_password="une autre phrase").status_code == 422
    assert signed_in.post("/account", password=PASSWORD, new_password="une autre phrase").status_code == 302
    assert signed_in.get("/sites/add").status_code == 200
    assert other.get("/sites/add").status_code == 302


def locked_down(answer: TestResponse) -> bool:
    """Whether the answer keeps foreign scripts, styles and frames out, loads nothing foreign and is kept by no cache."""
    policy = answer.headers["Content-Security-Policy"]
    loaded = re.findall(r'(?:<link[^>]*href|<script[^>]*src|<img[^>]*src)="([^"]+)"', answer.text)
    return (
        policy.startswith("default-src 'none'; ")
        and "unsafe" not in policy
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and "no-store" in answer.headers["Cache-Control"]
        and not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text)
        and all(one.startswith("/assets/") for one in loaded)
    )


def forms_have_the_token(answer: TestResponse) -> bool:
    """Whether each form that changes something has the token of the session, without which it is refused."""
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", answer.text, re.DOTALL)
    return all('name="csrf_token" value="' in form for form in forms)


def test_every_page_is_locked_down_speaks_both_languages_and_has_the_token_in_its_forms(
    signed_in: Browser,
    site: str,
    store: EventStore,
    clock: Clock,
    visit: Visits,
    company_visit: Callable[..., None],
) -> None:
    fill(signed_in, store, clock, visit, company_visit)
    for language in ("fr", "en"):
        signed_in.language = language
        answers = {path: signed_in.get(path) for paths in PAGES.values() for path in paths}
        answers |= {path: signed_in.get(path) for path in (*PROTECTED, "/no-such-page")}
        pages = {path: one for path, one in answers.items() if "<html" in one.text}
        assert [path for path, one in answers.items() if one.status_code != 200] == ["/no-such-page"]
        assert [path for path, one in pages.items() if f'<html lang="{language}">' not in one.text] == []
        assert [path for path, one in pages.items() if not locked_down(one)] == []
        assert [path for path, one in pages.items() if not forms_have_the_token(one)] == []
    assert any("<form" in one.text for one in pages.values())


def test_what_is_not_there_or_broken_says_so_in_words(signed_in: Browser, site: str, app: Flask) -> None:
    for address in ("/no-such-page", "/other.example", f"/{SITE}/panels/x"):
        answer = signed_in.get(address)
        assert answer.status_code == 404
        assert "There is no such page" in answer.text
    app.view_functions["sites.index"] = lambda: 1 / 0
    broken = signed_in.get("/sites")
    assert broken.status_code == 500
    assert "Events are still being recorded" in broken.text
    assert "ZeroDivisionError" not in broken.text


@pytest.mark.parametrize(
    ("method", "path", "status", "error", "said"),
    [
        ("GET", "/api/nothing", 404, "not_found", "nothing at this URL"),
        ("PUT", "/api/v1/pages", 405, "method_not_allowed", "does not take PUT; it takes GET, HEAD, OPTIONS."),
        ("GET", "/api/broken", 500, "internal_server_error", "internal error"),
    ],
)
def test_programs_get_json_for_an_error(
    app: Flask, browser: Browser, method: str, path: str, status: int, error: str, said: str
) -> None:
    app.add_url_rule("/api/v1/pages", "pages", lambda: "x")
    app.add_url_rule("/api/broken", "broken", lambda: 1 / 0)
    answer = browser.client.open(path, method=method)
    assert (answer.status_code, answer.json["error"]) == (status, error)  # type: ignore[index]
    assert said in answer.json["message"]  # type: ignore[index]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("asked", "language"), [("fr-CA,fr;q=0.9", "fr"), ("de,en;q=0.5", "en"), ("de", "en"), ("", "en")]
)
def test_speaks_the_browser_s_language(browser: Browser, user: str, asked: str, language: str) -> None:
    page = browser.get("/sign-in", headers={"Accept-Language": asked}).text
    assert f'<html lang="{language}">' in page
    assert ("Se connecter" in page) == (language == "fr")


def test_a_chosen_language_stays_also_at_the_next_sign_in(app: Flask, signed_in: Browser) -> None:
    answer = signed_in.post("/language", form="/sites/add", language="fr", next="/sites/add")
    assert answer.location == "/sites/add"
    assert "Ajouter un site" in signed_in.get("/sites/add").text
    elsewhere = Browser(app.test_client())
    elsewhere.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert '<html lang="fr">' in elsewhere.get("/sites/add").text
    assert signed_in.post("/language", form="/sites/add", language="tlh").status_code == 404


def test_assets_are_kept_for_a_year_under_the_hash_of_their_content(
    browser: Browser, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dashboard.css").write_text("body{}")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    assets.content_hash.cache_clear()
    address = re.search(r'href="(/assets/dashboard\.css\?v=[0-9a-f]{12})"', browser.get("/sign-in").text)[1]  # type: ignore[index]
    with browser.get(address) as cached:
        assert cached.text == "body{}"
        assert cached.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with browser.get("/assets/dashboard.css?v=000000000000") as other:
        assert "immutable" not in other.headers["Cache-Control"]
    assert browser.get("/assets/../__init__.py").status_code == 404
    assets.content_hash.cache_clear()


@pytest.mark.parametrize(
    ("language", "heading", "link"),
    [
        ("en", "How {} counts its readers", "Do not count me"),
        ("fr", "Comment {} compte ses lecteurs", "Ne pas me compter"),
    ],
)
def test_anybody_may_read_how_a_site_counts_and_say_no(
    browser: Browser, site: str, language: str, heading: str, link: str
) -> None:
    browser.language = language
    answer = browser.get(f"/opt-out/{SITE}")
    assert answer.status_code == 200
    assert heading.format(SITE) in answer.text
    assert re.search(rf'href="https://{SITE}/\?webleads=off">{link}<', answer.text)
    assert "webleads=off”: your visits" in answer.text or "webleads=off\u202f»\u202f: vos visites" in answer.text
    assert "Global Privacy Control" not in answer.text
    assert browser.get("/opt-out/other.example").status_code == 404


def test_the_public_page_tells_of_reverse_dns_where_it_is_on(
    database: AppDatabase, store: EventStore, clock: Clock, status: ToldStatus, site: str, tmp_path: Path
) -> None:
    for switched, told in ((False, 0), (True, 1)):
        made = Flask("tracker", static_folder=None)
        made.config.update(SECRET_KEY="only for this test")
        settings = Settings(data=tmp_path, base_url="https://stats.exemple.fr", reverse_dns=switched)
        web.register(made, Context(settings, database, store, clock), status)
        page = Browser(made.test_client()).get(f"/opt-out/{SITE}").text
        assert page.count("looked up in the DNS") == told


@pytest.mark.parametrize(("language", "title"), [("en", "Internal error"), ("fr", "Erreur interne")])
def test_a_page_that_fails_says_so_in_ones_language_and_tells_nothing_of_the_program(
    app: Flask, language: str, title: str
) -> None:
    def fail() -> str:
        raise LookupError("a secret of the program")

    app.view_functions["sign_in.show"] = fail
    answer = Browser(app.test_client(), language).get("/sign-in")
    assert (answer.status_code, f"<h1>{title}</h1>" in answer.text) == (500, True)
    assert "a secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        ("en", 1, "Too many tries. Wait 1 second, then try again."),
        ("en", 2, "Too many tries. Wait 2 seconds, then try again."),
        ("fr", 1, "Trop d’essais. Attendez 1 seconde, puis réessayez."),
        ("fr", 2, "Trop d’essais. Attendez 2 secondes, puis réessayez."),
    ],
)
def test_a_wait_agrees_with_its_number(app: Flask, language: str, seconds: int, said: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert describe_wait(timedelta(seconds=seconds)) == said
