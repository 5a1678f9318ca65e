"""`webleads doctor` says whether the key that signs emails is published, and waits for no name server for long."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.name_server import FakeNameServer
from tracker.delivery.dkim_key import NAME, make_key
from tracker.delivery.published_key import published_key
from tracker.service.finding import Finding
from tracker.settings import Settings

SENDER, RECORD = "stats@exemple.fr", ("webleads._domainkey.exemple.fr", "TXT")


def found(settings: Settings, server: FakeNameServer) -> list[Finding]:
    context: Any = SimpleNamespace(settings=replace(settings, name_server=server.address))
    return list(published_key(context))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("data")
    make_key(folder, SENDER)
    return Settings(data=folder, mail_from=SENDER)


def parts(record: str) -> str:
    """A record as zones have it: strings of at most 255 bytes."""
    return " ".join(f'"{record[at : at + 200]}"' for at in range(0, len(record), 200))


def test_the_published_key_is_found_in_parts_and_in_another_order(settings: Settings) -> None:
    record = make_key(settings.data, SENDER).record
    for text in (record, "v=DKIM1;" + record.rpartition(";")[2] + "; t=s"):
        with FakeNameServer({RECORD: [parts(text)]}) as server:
            (finding,) = found(settings, server)
        assert (finding.level, finding.values) == ("good", {"name": RECORD[0]})


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ({}, "there is no DNS record"),
        ({RECORD: ['"v=DKIM1; k=rsa; p=AAAA"']}, "is another key"),
        ({RECORD: ['"v=DKIM1; k=rsa; p="']}, "is another key"),
    ],
    ids=["none", "another", "withdrawn"],
)
def test_a_record_that_is_missing_or_another_is_a_problem(
    settings: Settings, records: dict[tuple[str, str], list[str]], said: str
) -> None:
    with FakeNameServer(records) as server:
        (finding,) = found(settings, server)
    assert finding.level == "problem"
    assert said in finding.words
    assert RECORD[0] in finding.words


def test_a_name_server_that_fails_is_a_hint(settings: Settings) -> None:
    with FakeNameServer(rcode=2) as server:  # type: ignore[arg-type] # SERVFAIL
        (finding,) = found(settings, server)
    assert finding.level == "hint"


def test_without_a_key_nothing_is_looked_up_and_a_broken_key_is_said(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, mail_from=SENDER)
    with FakeNameServer() as server:
        assert found(settings, server) == []
        (tmp_path / NAME).write_text("no key")
        (finding,) = found(settings, server)
        assert server.questions == []
    assert finding.level == "problem"
