"""Links without an account: their tokens are secrets that the database does not have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.sharing.links import MOST_LINKS, Asked, add_link, filters_of, find_link, find_public, links_of, revoke_link
from tracker.sites.removal import set_aside
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "a.fr", now=NOW)
    add_site(opened, "b.fr", now=NOW)
    yield opened
    opened.close()


def test_a_link_is_found_by_its_token_which_is_not_kept(database: AppDatabase, tmp_path: Path) -> None:
    link, token = add_link(database, 1, Asked("For Anna", filters=['x:is:a\nb"']), by="lea@a.fr", now=NOW)
    found = find_link(database, token)
    assert found is not None
    assert (found[0].id, found[1], filters_of(found[0])) == (link.id, "a.fr", ['x:is:a\nb"'])
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.encode() not in kept
    for wrong in ("", token[:-1], token + "x", token.lower(), "x" * 10_000, "\ud800"):
        assert find_link(database, wrong) is None


def test_a_revoked_link_shows_nothing_and_another_site_cannot_revoke_it(database: AppDatabase) -> None:
    link, token = add_link(database, 1, Asked("x"), by="lea@a.fr", now=NOW)
    assert revoke_link(database, 2, link.id) is None
    assert revoke_link(database, 1, link.id) == "x"
    assert revoke_link(database, 1, link.id) is None
    assert (find_link(database, token), list(links_of(database, 1))) == (None, [])


def test_a_revoked_link_s_number_names_no_other(database: AppDatabase) -> None:
    last = add_link(database, 1, Asked("x"), by="lea@a.fr", now=NOW)[0].id
    assert revoke_link(database, 1, last) == "x"
    assert add_link(database, 2, Asked("y"), by="lea@a.fr", now=NOW)[0].id > last


def test_a_removed_site_s_links_show_nothing(database: AppDatabase) -> None:
    _link, token = add_link(database, 1, Asked("x"), by="lea@a.fr", now=NOW)
    add_link(database, 1, Asked("y", is_public=True), by="lea@a.fr", now=NOW)
    set_aside(database, "a.fr", by=None, now=NOW)
    assert (find_link(database, token), find_public(database, 1)) == (None, None)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Asked(" \n"), "Write a name"),
        (Asked("x", page="settings"), "cannot be shared"),
        (Asked("x", password="short"), "too short"),
        (Asked("x", password="long enough", is_public=True), "has no password"),
        (Asked("x", password="long enough", frame_hosts="a.fr"), "cannot ask for a password"),
        (Asked("x", ends_at=NOW - timedelta(seconds=1)), "over already"),
        (Asked("x", frame_hosts="'none'; script-src *"), "is not a host"),
        (Asked("x", is_public=True), "public dashboard already"),
    ],
)
def test_what_cannot_be_a_link_is_refused(database: AppDatabase, asked: Asked, says: str) -> None:
    add_link(database, 1, Asked("public", is_public=True), by="lea@a.fr", now=NOW)
    with pytest.raises(Invalid, match=says):
        add_link(database, 1, asked, by="lea@a.fr", now=NOW)
    assert [one.name for one in links_of(database, 1)] == ["public"]
    assert MOST_LINKS > 1
