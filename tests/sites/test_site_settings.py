"""What a site counts: parameters that tell pages apart, hosts that are left out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.invalid import Invalid
from tracker.sites.site_settings import Counting, hosts, parameters
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("default", None),
        ("id", "id"),
        (" route, product_id\nid ;id", "id product_id route"),
        ("a.b-c_D", "a.b-c_D"),
    ],
)
def test_parameters_are_kept_in_one_order(typed: str, kept: str | None) -> None:
    assert parameters(typed) == kept


@pytest.mark.parametrize("typed", ["id=3", "a|b", "(x)", "é", "x" * 65, ".*"])
def test_refuses_what_is_no_name_of_a_parameter(typed: str) -> None:
    with pytest.raises(Invalid, match="is not the name of a parameter"):
        parameters(f"id {typed}")


def test_refuses_more_parameters_than_anyone_has() -> None:
    with pytest.raises(Invalid, match="31 parameters are too many; write 30 at most"):
        parameters(" ".join(f"p{n}" for n in range(31)))


def test_hosts_are_kept_one_a_line() -> None:
    typed = "https://Stage.Exemple.fr:8443/a, 192.168.1.9\n[::1] *.aperçu.fr preprod stage.exemple.fr"
    assert hosts(typed).split("\n") == ["stage.exemple.fr", "192.168.1.9", "::1", "*.xn--aperu-1ra.fr", "preprod"]


@pytest.mark.parametrize("typed", ["*", "a..fr", "<b>", "*.*.fr"])
def test_refuses_what_is_no_host(typed: str) -> None:
    with pytest.raises(Invalid, match="is not a host; write one a line"):
        hosts(typed)


def test_a_site_is_not_its_own_staging_and_a_host_is_on_one_list(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    site = add_site(database, "a.fr", now=NOW)
    Counting(other_hosts="b.fr\nstage.a.fr").apply(site)
    Counting(staging_hosts="stage.a.fr", counts_development=True, page_parameters="id").apply(site)
    assert (site.other_hosts, site.staging_hosts) == ("b.fr", "stage.a.fr")
    assert (site.counts_development, site.page_parameters) == (True, "id")
    with pytest.raises(Invalid, match=r"“www.a\.fr” is the site itself"):
        Counting(staging_hosts="www.a.fr").apply(site)
    database.close()


def test_referrers_that_are_not_counted_are_hosts_without_www(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    site = add_site(database, "a.fr", now=NOW)
    Counting(excluded_referrers="https://www.Gain.example/offre\n*.spam.example gain.example").apply(site)
    assert site.excluded_referrers == "gain.example\nspam.example"
    Counting(staging_hosts="stage.a.fr").apply(site)
    assert site.excluded_referrers == "gain.example\nspam.example"
    with pytest.raises(Invalid, match=r"“a\.fr” is the site itself"):
        Counting(excluded_referrers="a.fr").apply(site)
    Counting(excluded_referrers="").apply(site)
    assert site.excluded_referrers == ""
    database.close()
