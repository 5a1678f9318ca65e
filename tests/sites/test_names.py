"""A site gets another name, moves to another domain and keeps what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.sites.names import change_further_domains, forget_domain, move_site, name_site, names_version
from tracker.sites.removal import set_aside
from tracker.sites.sites import add_site, find_site, find_sites, list_sites

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "ancien.fr", now=NOW, recipients=["lea@ancien.fr"])
    yield opened
    opened.close()


def test_a_renamed_site_is_found_by_both_names(database: AppDatabase) -> None:
    move_site(database, "https://ANCIEN.fr", "Nouveau.fr.", now=NOW)
    for name in ("ancien.fr", "www.nouveau.fr"):
        found = find_site(database, name)
        assert found is not None
        assert (found.domain, found.stored_as) == ("nouveau.fr", "ancien.fr")
        assert [one.email for one in found.recipients] == ["lea@ancien.fr"]
    assert find_site(database, "cien.fr") is None  # a part of a former name is none


def test_a_site_gets_its_first_name_back(database: AppDatabase) -> None:
    move_site(database, "ancien.fr", "nouveau.fr", now=NOW)
    site = move_site(database, "nouveau.fr", "ancien.fr", now=NOW)
    assert (site.domain, [one.domain for one in site.domains], site.stored_as) == (
        "ancien.fr",
        ["nouveau.fr"],
        "ancien.fr",
    )


def test_a_name_that_a_site_has_or_had_is_not_given_to_another(database: AppDatabase) -> None:
    add_site(database, "autre.fr", now=NOW)
    with pytest.raises(Invalid, match=r"^autre\.fr already exists\.$"):
        move_site(database, "ancien.fr", "autre.fr", now=NOW)
    move_site(database, "ancien.fr", "nouveau.fr", now=NOW)
    with pytest.raises(Invalid, match=r"ancien\.fr already exists: nouveau\.fr had that name"):
        add_site(database, "ancien.fr", now=NOW)
    with pytest.raises(Invalid, match=r"is a page, and a site is all that its host has; write exemple\.fr"):
        move_site(database, "nouveau.fr", "https://exemple.fr/blog", now=NOW)
    with pytest.raises(Invalid, match=r"There is no site inconnu\.fr"):
        move_site(database, "inconnu.fr", "exemple.fr", now=NOW)


def test_a_site_is_called_as_its_publisher_says(database: AppDatabase) -> None:
    assert name_site(database, "ancien.fr", "  Le\u202e  blog\nd’Anna ").name == "Le blog d’Anna"
    assert [one.name for one in find_sites(database, search="BLOG D’")] == ["Le blog d’Anna"]
    with pytest.raises(Invalid, match="60 characters at most"):
        name_site(database, "ancien.fr", "x" * 61)
    assert name_site(database, "ancien.fr", "").name == "ancien.fr"


def test_a_further_domain_is_a_site_s_until_it_is_taken_off(database: AppDatabase) -> None:
    change_further_domains(database, "ancien.fr", "https://Shop.fr/\nforum.fr, shop.fr", now=NOW)
    found = find_site(database, "shop.fr")
    assert found is not None
    assert (found.domain, [one.domain for one in found.domains]) == ("ancien.fr", ["shop.fr", "forum.fr"])
    with pytest.raises(Invalid, match=r"shop\.fr is counted for ancien\.fr already"):
        add_site(database, "shop.fr", now=NOW)
    change_further_domains(database, "ancien.fr", "forum.fr", now=NOW)
    assert add_site(database, "shop.fr", now=NOW).stored_as == "shop.fr"


def test_a_former_domain_can_be_given_up_and_its_next_site_shares_no_events(database: AppDatabase) -> None:
    move_site(database, "ancien.fr", "nouveau.fr", now=NOW, counts_until=NOW)
    forget_domain(database, "nouveau.fr", "ancien.fr")
    assert find_site(database, "ancien.fr") is None
    assert add_site(database, "ancien.fr", now=NOW).stored_as == "ancien.fr~2"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda database, seen: name_site(database, "ancien.fr", "x", seen=seen), id="name"),
        pytest.param(lambda database, seen: move_site(database, "ancien.fr", "x.fr", now=NOW, seen=seen), id="move"),
        pytest.param(
            lambda database, seen: change_further_domains(database, "ancien.fr", "x.fr", now=NOW, seen=seen),
            id="domains",
        ),
        pytest.param(lambda database, seen: set_aside(database, "ancien.fr", by=None, now=NOW, seen=seen), id="remove"),
    ],
)
def test_of_two_people_who_change_a_site_the_second_is_told(
    database: AppDatabase, change: Callable[[AppDatabase, str], object]
) -> None:
    found = find_site(database, "ancien.fr")
    assert found is not None
    seen = names_version(found)
    name_site(database, "ancien.fr", "Le blog")
    with pytest.raises(ChangedMeanwhileError):
        change(database, seen)
    assert [(one.domain, one.name) for one in list_sites(database)] == [("ancien.fr", "Le blog")]
