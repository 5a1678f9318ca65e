from __future__ import annotations

from pathlib import Path

import pytest

from tests.running_service import webleads
from tracker.db.engine import open_app_database
from tracker.enrichment.company.self_identified import read_link_token
from tracker.sites.sites import find_site


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens") / "data"
    assert webleads("site", "add", "a.fr", data=folder).returncode == 0
    return folder


def key_of(data: Path) -> str:
    database = open_app_database(f"sqlite:///{data / 'webleads.sqlite'}")
    site = find_site(database, "a.fr")
    database.close()
    assert site is not None
    return site.link_key


def test_prints_a_token_for_each_address_under_one_key(data: Path) -> None:
    first = webleads("token", "--site", "a.fr", "lea@acme.fr", "@beta.fr", data=data)
    second = webleads("token", "--site", "https://www.a.fr", data=data, stdin="zoe@acme.fr\n\n")
    tokens = dict(line.split(",") for line in (first.stdout + second.stdout).splitlines())
    assert list(tokens) == ["lea@acme.fr", "@beta.fr", "zoe@acme.fr"]
    assert [read_link_token(one, key_of(data)).email for one in tokens.values()] == list(tokens)


def test_a_company_may_stand_without_an_address(data: Path) -> None:
    line = webleads("token", "--site", "a.fr", "--company", "Acme Conseil", data=data).stdout.strip()
    assert read_link_token(line.removeprefix(","), key_of(data)).company == "Acme Conseil"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--site", "a.fr", "lea"), "“lea” is not an email address"),
        (("--site", "b.fr", "lea@acme.fr"), "there is no site 'b.fr'"),
        (("--site", "b", "lea@acme.fr"), "there is no site 'b'"),
    ],
    ids=["address", "site", "domain"],
)
def test_says_what_is_wrong(data: Path, arguments: tuple[str, ...], says: str) -> None:
    found = webleads("token", *arguments, data=data)
    assert found.returncode == 2
    assert says in found.stderr
