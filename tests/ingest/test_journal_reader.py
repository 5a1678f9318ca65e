"""What is read next: several writers' lines in the order of their arrival, nothing twice, nothing left out."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.hit import Hit, WireEvent, encode_line
from tracker.hit.plain import AnyHit, PlainHit
from tracker.ingest import journal_reader
from tracker.ingest.journal_line import Content, read_line, read_lines, timestamp_of
from tracker.ingest.journal_reader import in_order, next_pieces
from tracker.ingest.senders import Senders

NINE = datetime(2026, 11, 16, 9, tzinfo=UTC)


def write(folder: Path, writer: str, minutes: list[float], *, number: int = 1, begun: datetime = NINE) -> str:
    """A segment with a hit at each of the minutes after nine; the address says writer and minute."""
    name = f"{begun:%Y%m%dT%H%M%S%f}-{writer}-{number:06d}.jsonl"
    lines = [encode_line([Hit(NINE + timedelta(minutes=minute), f"{writer}{minute:g}")]) for minute in minutes]
    (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))
    return name


def read_all(folder: Path) -> list[list[str]]:
    """Every batch until the journal is drained, as the addresses in it."""
    offsets: dict[str, int] = {}
    batches = []

    def offset_of(name: str) -> int:
        return offsets.get(name, 0)

    while pieces := next_pieces(folder, offset_of, Senders()):
        batches.append([line.hits[0].ip for line in in_order(pieces)])
        offsets.update((piece.segment, piece.end) for piece in pieces)
    return batches


def test_two_writers_are_read_in_the_order_of_arrival(tmp_path: Path) -> None:
    write(tmp_path, "a", [0, 40])
    write(tmp_path, "b", [20, 60])
    assert read_all(tmp_path) == [["a0", "b20", "a40", "b60"]]


def test_nobody_runs_ahead_of_a_writer_with_a_long_backlog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece holds two lines here: b's hit at 35 waits until a's at 30 was read, and so on."""
    line = len(encode_line([Hit(NINE, "a00")])) + 1
    monkeypatch.setattr(journal_reader, "PIECE_BYTES", 2 * 3 * line)
    write(tmp_path, "a", list(range(10, 60, 5)))
    write(tmp_path, "b", [12, 33, 52])
    batches = read_all(tmp_path)
    assert len(batches) > 2
    order = [int(address[1:]) for batch in batches for address in batch]
    assert order == sorted([*range(10, 60, 5), 12, 33, 52])


def test_an_imported_log_makes_nobody_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_reader, "PIECE_BYTES", 300)
    write(tmp_path, "log", [-500_000 + minute for minute in range(20)])
    write(tmp_path, "a", [0, 1])
    assert {"a0", "a1"} <= set(read_all(tmp_path)[0])


def test_a_clock_that_ran_backwards_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_reader, "PIECE_BYTES", 400)
    write(tmp_path, "a", [60, 61, 1, 2, 3, 62])
    write(tmp_path, "b", [0, 30, 61, 90])
    read = [address for batch in read_all(tmp_path) for address in batch]
    assert sorted(read) == sorted(["a60", "a61", "a1", "a2", "a3", "a62", "b0", "b30", "b61", "b90"])
    assert [address for address in read if address.startswith("a")] == ["a60", "a61", "a1", "a2", "a3", "a62"]


def test_a_torn_end_does_not_hide_the_writers_next_segment(tmp_path: Path) -> None:
    first = write(tmp_path, "a", [0])
    with open(tmp_path / first, "ab") as file:
        file.write(b'{"received_at":')
    write(tmp_path, "a", [5], number=2, begun=NINE + timedelta(minutes=4))
    assert read_all(tmp_path) == [["a0"], ["a5"]]


def test_a_line_that_is_no_hit_keeps_its_place_and_says_why(tmp_path: Path) -> None:
    name = write(tmp_path, "a", [0])
    with open(tmp_path / name, "ab") as file:
        file.write(b"no json\n")
    (piece,) = next_pieces(tmp_path, lambda _: 0, Senders())
    assert [[one.detail for one in line.unread] for line in piece.lines] == [[], ["not JSON"]]
    assert piece.end == (tmp_path / name).stat().st_size


def test_lines_that_are_decoded_together_hold_what_each_holds_alone() -> None:
    """Whatever bytes stand next to one another: halves of an object, two in a line, a string that goes on, nothing."""
    chance = random.Random(12)
    good = [encode_line([Hit(NINE, f"192.0.2.{number}", event=WireEvent(u="https://a.fr/"))]) for number in range(3)]
    half = len(good[0]) // 2
    pieces = [*good, good[0] + good[1], good[0] + b" " + good[1], good[0][:half], good[0][half:], b"[" + good[1] + b"]"]
    pieces += [b"", b" ", b"{}", b"}", b"{", b'{"ip":"}', b'{"}', b"null", good[2] + b" ", b"\xff", b"[" * 900]
    pieces += [good[0][:-1], good[0][:-1] + b',"x":{}', good[1][:-2] + b'","x":"}']
    pieces += [
        good[0].replace(b'"event":', b'"scanner":"x","event":'),
        good[0].replace(b',"ip"', b',"ip":"192.0.2.9","ip"'),
    ]
    pieces += [good[1].replace(b"Z", b""), good[1].replace(b"Z", b"+01:00"), good[1].replace(b'"u"', b'"u":[[]],"n"')]
    pieces += [good[2].replace(b"192.0.2.2", rb"\",\"event\":{"), good[2].replace(b'{"u', b'{"p":{"a":[1]},"u')]
    senders, plain = Senders(), Counter[bool]()
    for _ in range(3_000):
        lines = chance.choices(pieces, k=chance.randrange(1, 5))
        found = read_lines(lines, senders)
        plain.update(type(hit) is PlainHit for content in found for hit in content.hits)
        assert [in_full(content) for content in found] == [read_line(line) for line in lines]
    assert min(plain[True], plain[False]) > 500


def in_full(content: Content) -> Content:
    """With hits in the place of plain ones, of what these say by themselves."""
    for hit in content.hits:
        assert timestamp_of(hit) == timestamp_of(full(hit))
        assert isinstance(hit, Hit) or hit.occurred_at_us == full(hit).occurred_at_us
    return Content([full(hit) for hit in content.hits], content.unread, content.replayed)


def full(hit: AnyHit) -> Hit:
    if isinstance(hit, Hit):
        return hit
    event = WireEvent(**{name: getattr(hit.event, name) for name in hit.event.__struct_fields__})
    whole = Hit(hit.received_at, hit.ip, hit.user_agent, hit.headers, event, hit.scanner)
    assert whole == hit.whole()
    return whole


FIELDS = {
    "n": st.none() | st.sampled_from(["pageview", "engagement", "Signup"]),
    "u": st.none() | st.text(max_size=20),
    "d": st.none() | st.text(max_size=20),
    "r": st.none() | st.text(max_size=20),
    "e": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "sd": st.none() | st.integers(-5, 200),
    "t": st.none() | st.text(max_size=20),
    "w": st.none() | st.integers(0, 4000),
    "id": st.none() | st.text(max_size=20),
    "h": st.none() | st.booleans() | st.just(1),
    "wd": st.none() | st.booleans() | st.just(1),
    "age": st.none() | st.integers(0, 10_000) | st.floats(-1e4, 1e13) | st.just(1e308),
    "p": st.none() | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    "title": st.none() | st.text(max_size=5),
}
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2210, 1, 1), timezones=st.none() | st.just(UTC))  # noqa: DTZ001
HITS = st.builds(
    Hit,
    MOMENTS,
    st.text(max_size=12),
    st.text(max_size=20),
    st.dictionaries(st.sampled_from(["accept-language", "dnt"]), st.text(max_size=5)),
    st.fixed_dictionaries({}, optional=FIELDS).map(lambda fields: WireEvent(**fields)),  # type: ignore[arg-type]
)


@given(st.lists(HITS, max_size=8))
def test_hits_that_are_decoded_together_are_those_that_each_line_holds(hits: list[Hit]) -> None:
    lines = [encode_line([hit]) for hit in hits]
    assert [in_full(content).hits for content in read_lines(lines, Senders())] == [[hit] for hit in hits]
