from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.hit import Hit, WireEvent
from tracker.ingest.site_rules import SiteDirectory, claimed_domain, rules_of
from tracker.sites.names import change_further_domains, move_site
from tracker.sites.removal import set_aside
from tracker.sites.site_settings import Counting
from tracker.sites.sites import add_site, change_counting

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def test_a_site_that_was_just_added_has_its_first_hit_counted(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    sites = SiteDirectory(database, monotonic=lambda: 100.0)  # no second passes
    sites.refresh()
    assert sites.find("a.fr") is None
    add_site(database, "a.fr", now=NOW)
    assert sites.find("a.fr") is None  # once a batch, so that a flood of unknown sites costs one query
    sites.refresh()
    found = sites.find("a.fr")
    assert found is not None
    assert found.domain == "a.fr"
    database.close()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"d": "a.fr:8443"}, id="port"),
        pytest.param({"domain": "https://a.fr/"}, id="url"),
        pytest.param({"d": "WWW.A.fr."}, id="case-www-and-dot"),
        pytest.param({"d": "ａ．ｆｒ"}, id="another-width"),
        pytest.param({"u": "https://A.FR:8443/x"}, id="host-of-the-page"),
        pytest.param({"u": "https://me@www.a.fr?x"}, id="host-of-the-page-and-user"),
        pytest.param({"d": "", "u": "https://a.fr/x"}, id="empty-domain"),
    ],
)
def test_a_hit_that_names_the_site_in_any_form_is_its(tmp_path: Path, fields: dict[str, str]) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    add_site(database, "a.fr", now=NOW)
    sites = SiteDirectory(database, monotonic=lambda: 100.0)
    found = sites.find(claimed_domain(Hit(NOW, "192.0.2.1", event=WireEvent(**fields))))
    assert found is not None
    assert found.domain == "a.fr"
    database.close()


def test_a_site_with_a_development_name_is_counted(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    assert rules_of(add_site(database, "blog.test", now=NOW)).counts_development
    assert rules_of(add_site(database, "localhost", now=NOW)).counts_development
    assert not rules_of(add_site(database, "a.fr", now=NOW)).counts_development
    database.close()


def test_hits_of_a_renamed_site_are_stored_under_its_first_name(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    add_site(database, "a.fr", now=NOW)
    move_site(database, "a.fr", "b.fr", now=NOW)
    sites = SiteDirectory(database, monotonic=lambda: 100.0)
    for name in ("a.fr", "b.fr"):
        found = sites.find(name)
        assert found is not None
        assert found.domain == "a.fr"
        assert found.hosts == {"a.fr", "www.a.fr", "b.fr", "www.b.fr"}
    database.close()


def test_hits_are_a_site_s_by_each_of_its_domains_and_hosts_as_long_as_it_says(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    add_site(database, "a.fr", now=NOW)
    move_site(database, "a.fr", "b.fr", now=NOW, counts_until=NOW + timedelta(days=30))
    change_further_domains(database, "b.fr", "shop.fr", now=NOW)
    change_counting(database, "b.fr", Counting(other_hosts="www.pages.example\n*.all.example"))
    names = ("b.fr", "a.fr", "shop.fr", "pages.example", "all.example")
    for now, counted in ((NOW, names[:4]), (NOW + timedelta(days=30), ("b.fr", "shop.fr", "pages.example"))):
        sites = SiteDirectory(database, monotonic=lambda: 100.0, now=lambda now=now: now)  # type: ignore[misc]
        assert [name for name in names if sites.find(name)] == list(counted)
    set_aside(database, "b.fr", by=None, now=NOW)
    sites = SiteDirectory(database, monotonic=lambda: 100.0)
    assert [name for name in names if sites.find(name)] == []
    database.close()
