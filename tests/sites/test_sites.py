from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.sites.sites import add_site, find_site, list_sites, normalise_domain, update_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path):
    opened = new_app_database(tmp_path / "app.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("blog.exemple.fr", "blog.exemple.fr", id="as is"),
        pytest.param(" Blog.Exemple.FR ", "blog.exemple.fr", id="case and spaces"),
        pytest.param("https://www.exemple.fr/articles?x=1#y", "exemple.fr", id="an address"),
        pytest.param("www.exemple.fr.", "exemple.fr", id="www and a final dot"),
        pytest.param("http://user:secret@exemple.fr:8080/", "exemple.fr", id="port and user"),
        pytest.param("café.fr", "xn--caf-dma.fr", id="beyond ASCII"),
        pytest.param("localhost:5000", "localhost", id="trying out"),
        pytest.param("127.0.0.1", "127.0.0.1", id="an address in numbers"),
    ],
)
def test_keeps_a_domain_in_one_spelling(typed: str, kept: str) -> None:
    assert normalise_domain(typed) == kept
    assert normalise_domain(kept) == kept


@pytest.mark.parametrize(
    "typed", ["", "  ", "blog", "exa mple.fr", "-a.fr", "a..fr", "https://", "<b>.fr", "x" * 300 + ".fr"]
)
def test_refuses_what_is_no_domain_with_a_sentence(typed: str) -> None:
    with pytest.raises(Invalid, match="is not a domain; write one such as"):
        normalise_domain(typed)


def test_finds_a_site_in_any_spelling(database: AppDatabase) -> None:
    add_site(database, "https://www.exemple.fr", now=NOW, recipients=["Lea@Exemple.fr"])
    found = find_site(database, "Exemple.fr")
    assert found is not None
    assert found.domain == "exemple.fr"
    assert [one.email for one in found.recipients] == ["lea@exemple.fr"]
    assert find_site(database, "autre.fr") is None
    assert find_site(database, "no domain at all") is None


def test_refuses_a_site_that_is_here_already(database: AppDatabase) -> None:
    add_site(database, "exemple.fr", now=NOW)
    with pytest.raises(Invalid, match=r"exemple\.fr already exists"):
        add_site(database, "www.exemple.fr", now=NOW)
    assert [site.domain for site in list_sites(database)] == ["exemple.fr"]


def test_changes_settings_and_keeps_the_recipients(database: AppDatabase) -> None:
    add_site(database, "exemple.fr", now=NOW, recipients=["a@exemple.fr", "b@exemple.fr"])
    update_site(
        database,
        "exemple.fr",
        time_zone="America/Montreal",
        language="en",
        excluded_networks="203.0.113.7\n\n2001:db8::/32, 203.0.113.7",
    )
    found = find_site(database, "exemple.fr")
    assert found is not None
    assert (found.time_zone, found.language) == ("America/Montreal", "en")
    assert found.excluded_networks == "203.0.113.7\n2001:db8::/32"
    assert [one.email for one in found.recipients] == ["a@exemple.fr", "b@exemple.fr"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"time_zone": "Europe/Pariss"}, "no time zone “Europe/Pariss”", id="zone"),
        pytest.param({"language": "de"}, "not a language", id="language"),
        pytest.param(
            {"excluded_networks": "203.0.113.7\n10.0.0.300"}, "“10.0.0.300” is not an IP address", id="network"
        ),
    ],
)
def test_refuses_a_bad_setting_and_changes_nothing(
    database: AppDatabase, change: dict[str, object], sentence: str
) -> None:
    add_site(database, "exemple.fr", now=NOW, recipients=["a@exemple.fr"])
    asked = {"time_zone": "Europe/Brussels", "language": "en", "excluded_networks": ""} | change
    with pytest.raises(Invalid, match=sentence):
        update_site(database, "exemple.fr", **asked)  # type: ignore[arg-type]
    found = find_site(database, "exemple.fr")
    assert found is not None
    assert (found.time_zone, found.language, len(found.recipients)) == ("Europe/Paris", "fr", 1)


def test_an_invalid_value_can_be_worded_in_another_language() -> None:
    problem = Invalid("There is no %(thing)s.", thing="100 %")
    assert str(problem) == "There is no 100 %."
    assert problem.template % problem.values == "There is no 100 %."
