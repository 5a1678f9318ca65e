from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event

from dashboards.presentation import labels
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.enrichment.bots import BotRule
from tracker.sites.names import move_site
from tracker.sites.sites import add_site, find_site
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore

SNIPPET = f'<script defer data-domain="{SITE}" src="https://stats.exemple.fr/js/webleads.js"></script>'


def test_without_a_site_one_is_asked_for(signed_in: Browser) -> None:
    assert signed_in.get("/").location == "/sites"
    assert signed_in.get("/sites").location == "/sites/add"


def test_adds_a_site_and_shows_its_snippet(signed_in: Browser, database: AppDatabase) -> None:
    answer = signed_in.post("/sites/add", domain=f"https://www.{SITE}/", time_zone="Europe/Brussels")
    assert answer.location == f"/{SITE}/setup"
    assert SNIPPET in unescape(signed_in.get(answer.location).text)
    found = find_site(database, SITE)
    assert found is not None
    assert (found.time_zone, found.language) == ("Europe/Brussels", "en")


@pytest.mark.parametrize(
    ("domain", "time_zone", "says"),
    [
        ("<b>", "Europe/Paris", "“<b>” is not a domain"),
        ("https://autre.fr/blog", "Europe/Paris", "is a page, and a site is all that its host has; write autre.fr."),
        (SITE, "Europe/Paris", f"{SITE} already exists"),
        ("autre.fr", "Mars/Olympus", "There is no time zone “Mars/Olympus”"),
    ],
)
def test_says_why_a_site_is_not_added(signed_in: Browser, site: str, domain: str, time_zone: str, says: str) -> None:
    answer = signed_in.post("/sites/add", domain=domain, time_zone=time_zone)
    assert answer.status_code == 422
    assert says in unescape(re.search(r'role="alert">([^<]+)<', answer.text)[1])  # type: ignore[index]


def test_words_a_problem_in_the_reader_s_language(signed_in: Browser) -> None:
    signed_in.language = "fr"
    answer = signed_in.post("/sites/add", domain="blog", time_zone="Europe/Paris")
    assert "«\u202fblog\u202f» n’est pas un domaine" in answer.text


def test_the_only_site_is_where_one_arrives(signed_in: Browser, site: str) -> None:
    assert signed_in.get("/").location == f"/{SITE}"


@pytest.fixture
def many_sites(database: AppDatabase, clock: Clock, visit: Callable[..., None]) -> list[str]:
    """120 of them, half in another time zone; the first has had a visit lately, the second one long ago."""
    domains = [f"site-{number:03}.exemple.fr" for number in range(120)]
    with database.transaction() as session:
        for number, domain in enumerate(domains):
            zone = "Asia/Tokyo" if number % 2 else "Europe/Paris"
            session.add(Site(domain=domain, time_zone=zone, language="fr", created_at=clock()))
    visit("/", site=domains[0])
    visit("/", site=domains[1], ago=timedelta(days=200))
    return domains


@pytest.fixture
def statements(database: AppDatabase, store: EventStore) -> Iterator[list[str]]:
    """What both databases are asked from now on."""
    asked: list[str] = []

    def listen(*of: Any) -> None:
        asked.append(of[2])

    engines = (database.engine, store.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("address", ["/sites", f"/{SITE}", f"/{SITE}/settings", f"/{SITE}/leads", "/status", "/"])
def test_a_page_asks_no_more_of_many_sites_than_of_two(
    signed_in: Browser,
    site: str,
    database: AppDatabase,
    clock: Clock,
    statements: list[str],
    address: str,
    request: pytest.FixtureRequest,
) -> None:
    signed_in.get(address)
    add_site(database, "site-000.exemple.jp", now=clock(), time_zone="Asia/Tokyo")  # after a change it is asked again
    statements.clear()
    few = (signed_in.get(address), len(statements))[1]
    request.getfixturevalue("many_sites")
    statements.clear()
    answer = signed_in.get(address)
    assert answer.status_code in (200, 302)
    assert len(statements) <= few
    assert answer.text.count("exemple.fr") < 250


def test_the_list_of_many_sites_has_pages_and_a_search(signed_in: Browser, many_sites: list[str]) -> None:
    def listed(address: str) -> list[str]:
        return re.findall(r'class="site-name">([^<]+)<', signed_in.get(address).text)

    assert listed("/sites") == many_sites[:100]
    assert listed("/sites?page=2") == many_sites[100:]
    assert signed_in.get("/sites?page=3").location == "/sites"
    assert listed("/sites?q=SITE-11") == many_sites[110:]
    assert listed("/sites?q=https://www.site-007.exemple.fr/") == [many_sites[7]]
    assert listed("/sites?q=%25") == listed("/sites?q=_") == []
    assert "No site contains “%25”" in signed_in.get("/sites?q=%2525").text


def test_a_quiet_site_is_told_from_one_that_waits(signed_in: Browser, many_sites: list[str]) -> None:
    page = signed_in.get("/sites").text
    assert page.count("waiting for the first event") == 98
    assert re.findall(r"<b>(\d+)</b> visitors in 7 days", page) == ["1", "0"]


def test_the_busiest_site_comes_first_in_the_list_and_the_switcher(
    signed_in: Browser, many_sites: list[str], clock: Clock, visit: Callable[..., None]
) -> None:
    for number, visits in ((70, 3), (115, 2)):
        for _ in range(visits):
            visit("/", site=many_sites[number])
    first = [many_sites[70], many_sites[115], many_sites[0], many_sites[1]]
    assert re.findall(r'class="site-name">([^<]+)<', signed_in.get("/sites").text)[:4] == first
    clock.now += timedelta(minutes=2)
    page = signed_in.get(f"/{many_sites[110]}/settings").text
    switcher = page.split('class="switcher-name"')[1].split("</details>")[0]
    assert re.findall(r">(site-[^<]+)<", switcher)[1:5] == [many_sites[110], *first[:3]]


def test_the_line_of_a_site_ends_with_yesterday_once_it_has_one(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    def heights() -> list[str]:
        line = re.search(r'class="spark".*?d="([^"]+)"', signed_in.get("/sites").text)
        assert line
        return re.findall(r"[ML][\d.]+ ([\d.]+)", line[1])

    visit("/")
    assert heights() == ["23"] * 6 + ["1"]
    for day in range(1, 7):
        visit("/", ago=timedelta(days=day))
        visit("/", ago=timedelta(days=day))
    assert heights() == ["1"] * 6


def test_a_thousand_sites_are_listed_with_one_query(
    signed_in: Browser, database: AppDatabase, clock: Clock, visit: Callable[..., None], statements: list[str]
) -> None:
    zones = ["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Asia/Tokyo"]
    names = [f"site-{number:04}.exemple.fr" for number in range(1000)]
    with database.transaction() as session:
        for number, name in enumerate(names):
            session.add(Site(domain=name, time_zone=zones[number % 4], language="fr", created_at=clock()))
    for name in names[900:]:
        visit("/", site=name)
    for address in ("/sites", f"/{names[3]}/settings"):
        statements.clear()
        assert signed_in.get(address).status_code == 200
        assert len([one for one in statements if "bit_or" in one]) == 1
        assert len([one for one in statements if "FROM sites" in one]) <= 3
        if address == "/sites":
            assert len([one for one in statements if "events" in one]) == 1


def test_the_switcher_offers_a_search_beyond_some_sites(signed_in: Browser, many_sites: list[str]) -> None:
    page = signed_in.get(f"/{many_sites[50]}/settings").text
    assert "All 120 sites" in page
    assert 'action="/sites"' in page


def test_lists_the_sites_with_their_week(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    assert "waiting for the first event" in signed_in.get("/sites").text
    visit("/a")
    visit("/a", ago=timedelta(days=3))
    visit("/a", ago=timedelta(days=30))
    assert "<b>2</b> visitors in 7 days" in signed_in.get("/sites").text


def test_shows_the_pinned_line_the_image_and_the_opt_out_links(signed_in: Browser, site: str) -> None:
    page = unescape(signed_in.get(f"/{SITE}/setup").text)
    assert re.search(r'src="https://stats\.exemple\.fr/js/webleads\.[0-9a-f]{12}\.js"\s+integrity="sha384-', page)
    assert f'<noscript><img src="https://stats.exemple.fr/pixel.gif?d={SITE}"' in page
    assert '<a href="?webleads=off">' in page
    assert f"https://stats.exemple.fr/opt-out/{SITE}" in page


def test_waits_for_the_first_hit_and_tells_its_page(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    assert signed_in.get(f"/{SITE}/first-hit").json == {
        "received": False,
        "page": None,
        "when": None,
        "problem": None,
    }
    assert "waiting-done" not in signed_in.get(f"/{SITE}/setup").text
    visit("/bienvenue", ago=timedelta(0))
    assert signed_in.get(f"/{SITE}/first-hit").json == {
        "received": True,
        "page": "/bienvenue",
        "when": "just now",
        "problem": None,
    }
    assert "waiting-done" in signed_in.get(f"/{SITE}/setup").text


def test_tells_why_the_first_hit_was_not_counted(
    signed_in: Browser, site: str, store: EventStore, clock: Clock
) -> None:
    store.append(Batch({}, [NotCounted(SITE, clock().date(), "excluded_address", "", 1)]))
    answer = signed_in.get(f"/{SITE}/first-hit").json
    assert answer is not None
    assert answer["received"] is False
    assert (
        answer["problem"]
        == "An event arrived but was excluded: Excluded IP address. The IP address is on the list in this site’s settings."
    )


def test_switches_off_a_rule_that_leaves_out_people(signed_in: Browser, site: str, database: AppDatabase) -> None:
    page = signed_in.get(f"/{SITE}/settings").text
    assert page.count('name="bot_rules"') == page.count(" checked> ") == len(BotRule) == len(labels.BOT_RULES)
    kept = [str(rule) for rule in BotRule if rule is not BotRule.PROGRAM]
    form = {"time_zone": "Europe/Paris", "report_language": "en", "excluded_networks": ""}
    signed_in.post(f"/{SITE}/settings", **form, with_bot_rules="1", bot_rules=kept)
    signed_in.post(f"/{SITE}/settings", **form)  # a form that does not show the rules
    found = find_site(database, SITE)
    assert found is not None
    assert found.disabled_rules == "program"
    assert 'value="program">' in signed_in.get(f"/{SITE}/settings").text


def test_changes_the_settings(signed_in: Browser, site: str, database: AppDatabase) -> None:
    answer = signed_in.post(
        f"/{SITE}/settings",
        time_zone="America/Montreal",
        report_language="en",
        excluded_networks="203.0.113.0/24\r\n2001:db8::1",
        honours_signals="on",
    )
    assert answer.status_code == 302
    page = signed_in.get(f"/{SITE}/settings").text
    assert "The settings are saved." in page
    found = find_site(database, SITE)
    assert found is not None
    assert (found.time_zone, found.language) == ("America/Montreal", "en")
    assert found.excluded_networks == "203.0.113.0/24\n2001:db8::1"
    assert (found.honours_signals, found.keeps_emails) == (True, False)
    assert 'name="honours_signals" checked' in page
    assert 'name="keeps_emails" checked' not in page


def test_each_page_of_the_settings_leads_to_the_others(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit("/")
    first = re.search(r'<nav class="tabs settings-tabs".*?</nav>', signed_in.get(f"/{SITE}/settings").text, re.DOTALL)
    assert first
    paths = re.findall(r'href="([^"]+)"', first[0])
    assert len(paths) == 9
    for path in paths:
        page = signed_in.get(path).text
        assert re.search(rf'<a href="{path}" aria-current="page">', page), path
        assert all(f'href="{other}"' in page for other in paths)
        assert re.search(rf'href="/{SITE}/settings[^"]*" aria-current="(true|page)">Settings', page), path


def test_keeps_what_was_typed_when_a_setting_is_wrong(signed_in: Browser, site: str, database: AppDatabase) -> None:
    answer = signed_in.post(
        f"/{SITE}/settings",
        time_zone="Europe/Paris",
        report_language="fr",
        excluded_networks="</textarea>",
    )
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.text
    assert "&lt;/textarea&gt;</textarea>" in answer.text
    found = find_site(database, SITE)
    assert found is not None
    assert found.excluded_networks == ""


def test_tells_each_kind_of_site_what_to_do_and_hands_out_what_it_needs(signed_in: Browser, site: str) -> None:
    page = signed_in.get(f"/{site}/setup").text
    for platform in ("WordPress", "Google Tag Manager", "React, Vue", "Plausible"):
        assert f"{platform}" in page
    assert "https://stats.exemple.fr/api/event" in page
    for name, begins in (("webleads-tracker.zip", b"PK"), ("webleads-tracker.tpl", b"___TERMS_OF_SERVICE___")):
        [address] = re.findall(rf'href="(/assets/{re.escape(name)}[^"]*)"', page)
        with signed_in.get(unescape(address)) as answer:
            assert answer.data.startswith(begins)


@pytest.mark.parametrize("form", ["BLOG.exemple.fr", "www.blog.exemple.fr", "blog.exemple.fr.", "ancien.fr"])
def test_any_form_of_a_site_s_name_and_a_former_one_lead_to_its_page(
    signed_in: Browser, site: str, database: AppDatabase, clock: Clock, form: str
) -> None:
    move_site(database, SITE, "ancien.fr", now=clock())
    move_site(database, "ancien.fr", SITE, now=clock())
    answer = signed_in.get(f"/{form}/leads?period=7d")
    assert (answer.status_code, answer.location) == (308, f"/{SITE}/leads?period=7d")


def test_a_renamed_site_shows_its_past(
    signed_in: Browser, site: str, database: AppDatabase, clock: Clock, visit: Callable[..., None]
) -> None:
    visit("/un-article")
    move_site(database, SITE, "nouveau.fr", now=clock())
    page = signed_in.get("/nouveau.fr?period=7d").text
    assert "/un-article" in page
    assert "nouveau.fr" in page


def test_a_name_beyond_ascii_is_shown_in_its_script(signed_in: Browser, database: AppDatabase) -> None:
    assert signed_in.post("/sites/add", domain="Café.fr", time_zone="Europe/Paris").location == "/xn--caf-dma.fr/setup"
    page = signed_in.get("/xn--caf-dma.fr/setup").text
    assert "Install the snippet · café.fr · webleads" in page
    assert "data-domain=&#34;xn--caf-dma.fr&#34;" in page
    assert "café.fr" in signed_in.get("/sites").text
    assert signed_in.get("/café.fr/setup").status_code == 308


def test_changes_which_pages_and_hosts_are_counted(signed_in: Browser, site: str, database: AppDatabase) -> None:
    page = signed_in.get(f"/{SITE}/settings").text
    assert 'value="author cat m p page_id s tag"' in page
    form = {"time_zone": "Europe/Paris", "report_language": "en", "excluded_networks": ""}
    changed = form | {"with_counting": "1", "page_parameters": "id, p", "staging_hosts": "Stage.exemple.fr\r\n*.a.fr"}
    signed_in.post(f"/{SITE}/settings", **changed, counts_development="on")
    signed_in.post(f"/{SITE}/settings", **form)  # a form that does not ask
    found = find_site(database, SITE)
    assert found is not None
    assert (found.page_parameters, found.staging_hosts) == ("id p", "stage.exemple.fr\n*.a.fr")
    assert found.counts_development
    default = changed | {"page_parameters": "s tag p page_id m cat author"}
    signed_in.post(f"/{SITE}/settings", **default)
    found = find_site(database, SITE)
    assert found is not None
    assert (found.page_parameters, found.counts_development) == (None, False)
    wrong = signed_in.post(f"/{SITE}/settings", **changed | {"page_parameters": "a=b"})
    assert (wrong.status_code, "is not the name of a parameter" in wrong.text) == (422, True)
    assert 'value="a=b"' in wrong.text


@pytest.mark.parametrize("where", ["setup", "settings"])
def test_proposes_hosts_that_were_seen_until_somebody_decides(
    signed_in: Browser, site: str, database: AppDatabase, visit: Callable[..., None], where: str
) -> None:
    for host in ("stage.exemple.fr", "stage.exemple.fr", "exemple.translate.goog", f"www.{SITE}"):
        visit("/a", hostname=host)
    visit("/a", hostname="old.exemple.fr", ago=timedelta(days=31))
    page = signed_in.get(f"/{SITE}/{where}").text
    assert re.findall(r'name="host" value="([^"]+)"', page) == ["stage.exemple.fr", "exemple.translate.goog"]
    assert re.search(r"<b>stage\.exemple\.fr</b> · 2 page views", page)
    origin = {"setup": "sites.setup", "settings": "site_settings.show"}[where]
    answer = signed_in.post(
        f"/{SITE}/hosts", f"/{SITE}/settings", host="stage.exemple.fr", choice="leave-out", **{"from": origin}
    )
    assert answer.location == f"/{SITE}/{where}"
    signed_in.post(
        f"/{SITE}/hosts",
        f"/{SITE}/settings",
        host="exemple.translate.goog",
        choice="count",
        **{"from": "//evil.example"},
    )
    assert 'name="host"' not in signed_in.get(f"/{SITE}/{where}").text
    found = find_site(database, SITE)
    assert found is not None
    assert (found.staging_hosts, found.other_hosts) == ("stage.exemple.fr", "exemple.translate.goog")


def test_a_host_that_is_none_is_refused(signed_in: Browser, site: str, database: AppDatabase) -> None:
    signed_in.post(f"/{SITE}/hosts", f"/{SITE}/settings", host="<b>", choice="leave-out")
    assert "is not a host" in signed_in.get(f"/{SITE}/settings").text
    found = find_site(database, SITE)
    assert found is not None
    assert found.staging_hosts == ""
