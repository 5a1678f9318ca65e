"""A site's name, domains and removal on its page, and the list of those that can be taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.db.engine import AppDatabase
from tracker.sites.names import name_site
from tracker.sites.sites import find_site

PAGE = f"/{SITE}/settings/site"


def test_a_name_is_shown_and_its_text_is_text(signed_in: Browser, site: str) -> None:
    assert signed_in.post(f"{PAGE}/name", form=PAGE, name="<b>Le blog</b>").location == PAGE
    assert "&lt;b&gt;Le blog&lt;/b&gt;" in signed_in.get("/sites").text
    assert "<b>Le blog" not in signed_in.get(f"/{SITE}").text


def test_a_site_moves_with_a_time_of_overlap(
    signed_in: Browser, site: str, database: AppDatabase, clock: Clock
) -> None:
    moved = signed_in.post(f"{PAGE}/move", form=PAGE, domain="https://Nouveau.fr/", overlap="30")
    assert (moved.status_code, moved.location) == (302, "/nouveau.fr/settings/site")
    found = find_site(database, SITE)
    assert found is not None
    assert [(one.domain, one.counts_until) for one in found.domains] == [(SITE, clock() + timedelta(days=30))]
    assert "counted until" in signed_in.get(moved.location).text
    signed_in.post("/nouveau.fr/settings/site/give-up", form="/nouveau.fr/settings/site", former=SITE)
    assert find_site(database, SITE) is None


@pytest.mark.parametrize(
    ("form", "fields", "says"),
    [
        ("name", {"name": "x" * 61}, "60 characters at most"),
        ("move", {"domain": "nouveau.fr/blog"}, "is a page"),
        ("move", {"domain": "autre.fr"}, "autre.fr already exists"),
        ("domains", {"domains": "autre.fr"}, "autre.fr already exists"),
        ("domains", {"domains": "x y"}, "is not a domain"),
    ],
)
def test_what_is_refused_is_said_beside_what_was_typed(
    signed_in: Browser, site: str, form: str, fields: dict[str, str], says: str
) -> None:
    signed_in.post("/sites/add", domain="autre.fr", time_zone="UTC")
    answer = signed_in.post(f"{PAGE}/{form}", form=PAGE, **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert next(iter(fields.values())) in answer.text


def test_somebody_who_did_not_see_the_last_change_is_told(signed_in: Browser, site: str, database: AppDatabase) -> None:
    name_site(database, SITE, "Theirs")
    for form in ("name", "move", "domains", "give-up", "remove"):
        answer = signed_in.post(f"{PAGE}/{form}", form=PAGE, name="x", domain="x.fr", version="seen before")
        assert answer.status_code == 409, form
        assert "Somebody else changed this site" in answer.text


def test_what_goes_with_a_site_is_named_before(signed_in: Browser, site: str) -> None:
    for number in range(2):
        signed_in.post(f"/{SITE}/api-tokens", name=f"Lettre {number}")
    listed = re.sub(r"<[^>]+>", "", signed_in.get(PAGE).text)
    assert "API tokens: 2" in listed
    assert "Shared links" not in listed


def test_a_removed_site_is_taken_back_from_the_list(signed_in: Browser, site: str, database: AppDatabase) -> None:
    assert signed_in.post(f"{PAGE}/remove", form=PAGE).location == "/sites"
    assert signed_in.get(f"/{SITE}").status_code == 404
    listed = signed_in.get("/sites").text
    assert "removed by lea@exemple.fr" in listed
    again = signed_in.post(f"{PAGE}/remove", form="/sites")
    assert again.location == "/sites"
    assert "was removed already, by lea@exemple.fr" in signed_in.get("/sites").text
    back = f"/sites/removed/{SITE}/take-back"
    assert signed_in.post(back, form="/sites").location == f"/{SITE}"
    assert find_site(database, SITE) is not None
    assert signed_in.post(back, form="/account").location == f"/{SITE}"
