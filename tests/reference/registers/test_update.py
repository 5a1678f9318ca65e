"""`webleads registers update` against a stand-in for the publishers, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.reference.geo.publisher import Publisher
from tests.reference.registers.published import NOW, seat, stock, unit
from tracker.reference.registers.store import RegisterStore
from tracker.reference.registers.update import PUBLISHED, UpdateFailed, update


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with Publisher() as opened:
        files = stock(tmp_path / "there", [unit("552100554", "BREGUET")], [seat("552100554", "BESANCON")])
        for one, path in zip(PUBLISHED["sirene"], files, strict=True):
            opened.answers[urlsplit(one.url).path] = path.read_bytes()
        yield opened


def test_fetches_and_imports_what_a_register_publishes_once(tmp_path: Path, publisher: Publisher) -> None:
    assert update(tmp_path, "sirene", now=NOW, host=publisher.url) == 1
    entry = RegisterStore("sirene", tmp_path / "sirene.sqlite").entry("552100554")
    assert entry is not None
    assert entry.seat.town == "BESANCON"
    assert update(tmp_path, "sirene", now=NOW, host=publisher.url) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".sirene.lock",
        "fetched.json",
        "sirene.sqlite",
        "there",
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [pytest.param(None, "404", id="missing"), pytest.param(b"<html>", "is neither", id="a-web-page")],
)
def test_what_cannot_be_used_leaves_the_register_in_use(
    tmp_path: Path, publisher: Publisher, answer: bytes | None, words: str
) -> None:
    update(tmp_path, "sirene", now=NOW, host=publisher.url)
    path = urlsplit(PUBLISHED["sirene"][1].url).path
    del publisher.answers[path]
    if answer is not None:
        publisher.answers[path] = answer
    with pytest.raises(UpdateFailed) as raised:
        update(tmp_path, "sirene", now=NOW, host=publisher.url)
    assert words in str(raised.value)
    assert RegisterStore("sirene", tmp_path / "sirene.sqlite").entry("552100554") is not None
