"""A register that is replaced again and again while it is asked: every answer is of one edition or the next."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.reference.registers.published import NOW, seat, stock, unit
from tracker.reference.registers.matching import Asked, match
from tracker.reference.registers.sirene import import_files
from tracker.reference.registers.store import RegisterStore

_EDITIONS = 6


def test_no_question_fails_and_no_company_changes_while_a_register_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "sirene.sqlite"
    editions = [
        stock(
            tmp_path / str(number),
            [unit("552100554", "BREGUET SYSTEMES", size="32"), unit(f"{number + 1:09d}", "OMEGA")],
            [seat("552100554", "BESANCON")],
        )
        for number in range(2)
    ]
    import_files(target, editions[0], now=NOW)
    store, stop, found, problems = RegisterStore("sirene", target), threading.Event(), set[str | None](), list[str]()

    def ask() -> None:
        while not stop.is_set():
            try:
                best = match(store, Asked("Breguet Systèmes", "FR", "Besançon")).best
                found.add(best.entry.number if best else None)
            except Exception as problem:  # noqa: BLE001 - whatever it is, it must not be
                problems.append(repr(problem))

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for one in asking:
        one.start()
    for number in range(_EDITIONS):
        import_files(target, editions[number % 2], now=NOW)
    stop.set()
    for one in asking:
        one.join()
    assert (found, problems) == ({"552100554"}, [])
