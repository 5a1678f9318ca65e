"""A shared link's reader sees what was shared and nothing more, whatever they change in the address.

Every route of the application and every parameter that its pages and forms read are tried: the routes are the
application's own list, the parameters are read from the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

import dashboards
import tracker
from dashboards.web.sharing.reading import chosen, selection_of
from tests.accounts.test_permissions import VALUES
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.db.engine import AppDatabase
from tracker.db.sharing_models import SharedLink
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sharing.links import Asked, add_link
from tracker.sites.sites import add_site, find_site
from tracker.store.protocol import EventStore

OTHER, COMPANY = "autre.example", "Air France"
# What only the publisher may see: companies, another site, visits of another country, values of properties, who signs in.
SECRETS = (
    COMPANY,
    "air france",
    OTHER,
    "/only-elsewhere",
    "/only-germany",
    "secret-value",
    "lea@exemple.fr",
    "Note-of-Lea",
)
_READS = re.compile(
    r"""(?:args|arguments|form|asked)\.(?:get|getlist|pop)\(\s*["'](\w+)["']|(?:args|form)\[["'](\w+)["']\]|\bname="(\w+)\""""
)
HOSTILE = (
    OTHER,
    COMPANY,
    "all",
    "1",
    "country:is:DE",
    "company:is:Air France",
    '["or",[["is_not","visit:country",[""]]]]',
    "../",
    "\x00é",
)


def parameters() -> list[str]:
    """Every name that a page or form reads, from the source."""
    roots = [Path(part.__file__ or "").parent for part in (dashboards, tracker)]
    files = [path for root in roots for end in ("*.py", "*.html") for path in root.rglob(end)]
    found = {name for path in files for match in _READS.findall(path.read_text(encoding="utf-8")) for name in match}
    return sorted({*found, "site", "site_id", "token", "f", "filters", "tabs", "shows_companies", "companies"} - {""})


@pytest.fixture
def link(
    database: AppDatabase,
    clock: Clock,
    user: str,
    site: str,
    visit: Callable[..., None],
    company_visit: Callable[..., None],
) -> tuple[SharedLink, str]:
    """A link without companies to the visits from France that are no company's."""
    add_site(database, OTHER, now=clock())
    visit("/shown", country="FR", city="Rennes")
    visit("/only-germany", country="DE", props='{"plan":"secret-value"}')
    visit("/only-elsewhere", site=OTHER, country="FR")
    company_visit("/shown", company=COMPANY)
    found = find_site(database, SITE)
    assert found is not None
    asked = Asked("Pour Anna", password="une phrase", filters=["country:is:FR"])
    return add_link(database, found.id, asked, by=user, now=clock())


@pytest.fixture
def reader(app: Flask, link: tuple[SharedLink, str]) -> Browser:
    """Somebody without an account who has the link and its password."""
    opened = Browser(app.test_client())
    address = f"/share/{link[1]}"
    assert "/shown" not in opened.get(address).text
    assert opened.post(address, password="une phrase").location == address
    return opened


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


def plain(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text.partition("<footer")[0])


def test_no_route_opens_to_a_link_s_reader_with_any_parameter(
    app: Flask, reader: Browser, link: tuple[SharedLink, str], capsys: pytest.CaptureFixture[str]
) -> None:
    stranger: FlaskClient = app.test_client()
    names, adapter, opened, tried = parameters(), app.url_map.bind("localhost"), [], 0
    values = VALUES | {"token": link[1], "path": "x", "filename": "x"}
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("shared."):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            url = adapter.build(rule.endpoint, {name: values.get(name, "x") for name in rule.arguments}, method)
            for value in (COMPANY, link[1]):
                sent = MultiDict((name, value) for name in names if name not in ("next", "language", "theme"))
                as_reader = reader.client.open(
                    url, method=method, query_string=sent, data=sent if method == "POST" else None
                )
                as_stranger = stranger.open(
                    url, method=method, query_string=sent, data=sent if method == "POST" else None
                )
                tried += len(sent)
                if as_reader.status_code != as_stranger.status_code or (
                    as_reader.status_code == 200
                    and any(
                        secret in as_reader.text
                        for secret in ("/only-germany", "/only-elsewhere", "secret-value", "Note-of-Lea")
                    )
                ):
                    opened.append(f"{method} {url}: {as_reader.status_code}, a stranger gets {as_stranger.status_code}")
    assert opened == []
    assert tried > 10_000
    with capsys.disabled():
        print(f" [{tried} pairs of a route and a parameter] ", end="")


def test_no_parameter_widens_what_a_link_shows(
    reader: Browser,
    link: tuple[SharedLink, str],
    database: AppDatabase,
    store: EventStore,
    clock: Clock,
    tmp_path: Path,
    app: Flask,
) -> None:
    """Each parameter alone, with each value; and all at once on the page itself."""
    found, site = link[0], find_site(database, SITE)
    assert site is not None
    context, names = Context(Settings(data=tmp_path), database, store, clock), parameters()
    free = {"period", "from", "to", "compare", "compare_from", "compare_to", "weekdays", "metric"}
    with app.test_request_context():
        usual = selection_of(context, found, site, {})
        for name in names:
            for value in HOSTILE:
                selection = selection_of(context, found, site, {name: value})
                assert (selection.site.id, selection.filters, selection.scope.filters) == (
                    site.id,
                    usual.filters,
                    usual.scope.filters,
                )
                assert selection.tabs == (), (name, value)
                assert not set(chosen(found, {name: value})) - free
    address = f"/share/{link[1]}"
    without = plain(reader.get(address).text)
    assert "/shown" in without
    assert secrets_in(without) == []
    for value in HOSTILE[:4]:
        sent = {name: value for name in names if name not in free}
        assert plain(reader.get(address, query_string=sent).text) == without, value
    for sent in (
        {"period": "all", "metric": "visits"},
        {"from": "2020-01-01", "to": "2030-01-01"},
        {"sources": "channel", "places": "city", "devices": "os", "pages": "entry_page", "companies": "company"},
    ):
        assert secrets_in(reader.get(address, query_string=sent).text) == []


def test_a_link_with_companies_shows_them_without_a_way_to_their_pages(
    browser: Browser, link: tuple[SharedLink, str], database: AppDatabase, clock: Clock
) -> None:
    _link, token = add_link(database, link[0].site_id, Asked("x", shows_companies=True), by="x", now=clock())
    page = browser.get(f"/share/{token}").text
    assert COMPANY in page
    assert [
        one
        for one in re.findall(r'(?:href|action|src)="(/[^"]*)"', page)
        if not one.startswith(("/share/", "/assets/", "/language", "/theme"))
    ] == ["/"]
