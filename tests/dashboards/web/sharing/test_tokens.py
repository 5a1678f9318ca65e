"""API tokens are made, shown once, listed with their scope and last use, and revoked on their page; other sites' are not touched."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest

from tests.dashboards.web.conftest import EMAIL, SITE, Browser, Clock
from tracker.accounts.api_tokens import actor_of, add_token, tokens_of
from tracker.accounts.permissions import Action, may
from tracker.db.engine import AppDatabase
from tracker.sites.sites import add_site, find_site

PAGE = f"/{SITE}/api-tokens"


def shown(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_token_is_shown_once_listed_with_its_use_and_revoked(
    signed_in: Browser, site: str, database: AppDatabase, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert "No token yet." in signed_in.get(PAGE).text
    made = signed_in.post(PAGE, name="<b>Lettre</b>", scope="change").text
    text = re.search(r"wl_[\w-]{43}", made)
    assert text
    listed = shown(signed_in.get(PAGE).text)
    assert text[0] not in listed
    assert f"&lt;b&gt;Lettre&lt;/b&gt; reads and changes · never used {EMAIL}" in listed
    actor, present = actor_of(database, text[0], now=clock()), find_site(database, SITE)
    assert may(actor, Action.CHANGE_SETTINGS, present)
    assert "reads and changes · used" in shown(signed_in.get(PAGE).text)
    number = tokens_of(database, 1)[0].id
    assert signed_in.post(f"{PAGE}/{number}/revoke", form=PAGE).location == PAGE
    assert "is revoked: from now on it opens nothing." in signed_in.get(PAGE).text
    assert actor_of(database, text[0], now=clock()) is None
    assert signed_in.post(f"{PAGE}/{number}/revoke", form=PAGE).location == PAGE
    assert "revoked already" in signed_in.get(PAGE).text
    assert [text[0] in record.getMessage() for record in caplog.records] == [False] * len(caplog.records)
    said = [record.getMessage() for record in caplog.records if record.name.endswith("sharing.tokens")]
    assert said == [f"{SITE}: {EMAIL} {did} the API token {number} “<b>Lettre</b>”" for did in ("made", "revoked")]


def test_what_is_refused_is_typed_again_and_other_sites_tokens_stay(
    signed_in: Browser, site: str, database: AppDatabase, clock: Clock
) -> None:
    refused = signed_in.post(PAGE, name=" \u202e", scope="change")
    assert refused.status_code == 422
    assert '<option value="change" selected>' in refused.text
    assert not tokens_of(database, 1)
    other = add_site(database, "other.example", now=clock())
    made, text = add_token(database, other.id, "Theirs", may_change=False, by="x", now=clock())
    signed_in.post(f"{PAGE}/{made.id}/revoke", form=PAGE)
    assert actor_of(database, text, now=clock())
    assert signed_in.post(f"{PAGE}/{2**31}/revoke", form=PAGE).status_code == 404


def test_use_is_noted_to_the_minute(database: AppDatabase, site: str, clock: Clock) -> None:
    _, text = add_token(database, 1, "Often", may_change=False, by="x", now=clock())
    begun = clock()
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (-5, -5)):
        actor_of(database, text, now=begun + timedelta(seconds=seconds))
        assert tokens_of(database, 1)[0].last_used_at == begun + timedelta(seconds=noted)
