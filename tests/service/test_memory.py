"""Memory that answers took is given back once a minute, where it is worth it and nobody is in the way."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tracker.service.memory import Memory, resident_bytes, trim
from tracker.store.protocol import EventStore

MB = 1_000_000


class Store:
    """Gives back 40 MB where it is not asked anything just now."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.is_asked = False

    def give_back_memory(self) -> bool:
        if not self.is_asked:
            self.process.resident -= 40 * MB
        return not self.is_asked


class Process:
    """Has some memory, and counts how often it is trimmed."""

    def __init__(self) -> None:
        self.resident = 200 * MB
        self.trimmed = 0
        self.store = Store(self)
        store = cast("EventStore", cast("Any", self.store))
        self.memory = Memory(store, resident=lambda: self.resident, trim=self.trim)

    def trim(self) -> None:
        self.trimmed += 1
        self.resident -= 10 * MB


def test_what_a_heavy_page_took_is_given_back() -> None:
    process = Process()
    process.memory()
    process.resident = 300 * MB
    process.memory()
    assert (process.resident, process.trimmed) == (250 * MB, 1)
    process.memory()
    assert process.trimmed == 1, "the rest is in use: it is not tried again each minute"
    process.resident = 270 * MB
    process.memory()
    assert process.trimmed == 2


@pytest.mark.parametrize("resident", [215 * MB, 150 * MB], ids=["a-little-more", "less"])
def test_what_is_not_worth_it_is_kept(resident: int) -> None:
    process = Process()
    process.memory()
    process.resident = resident
    process.memory()
    assert (process.resident, process.trimmed) == (resident, 0)


def test_it_is_tried_again_where_the_store_was_asked_something() -> None:
    process = Process()
    process.memory()
    process.resident, process.store.is_asked = 300 * MB, True
    process.memory()
    assert process.trimmed == 0
    process.store.is_asked = False
    process.memory()
    assert process.trimmed == 1


def test_the_memory_of_a_process_is_known_and_can_be_trimmed() -> None:
    before = resident_bytes()
    much = bytearray(b"x" * 50 * MB)
    assert resident_bytes() - before > 40 * MB
    del much
    trim()
    assert resident_bytes() - before < 40 * MB
