"""Who waits for a sync is told once, whichever comes first: the sync or the waiting."""

from __future__ import annotations

import threading

import pytest

from tracker.journal import JournalUnavailable, Receipt


def test_what_waits_is_called_once_by_whoever_comes_second() -> None:
    for settle_first in (True, False):
        receipt, calls = Receipt(1), list[int]()
        steps = [lambda: receipt.settle(None), lambda: receipt.then(lambda: calls.append(1))]  # noqa: B023
        for step in steps if settle_first else steps[::-1]:
            step()
        assert calls == [1]


def test_waiting_ends_with_the_sync_or_says_why_it_failed() -> None:
    good, bad = Receipt(1), Receipt(2)
    threading.Thread(target=good.settle, args=(None,)).start()
    good.wait()
    threading.Thread(target=bad.settle, args=("the disk is gone",)).start()
    with pytest.raises(JournalUnavailable, match="the disk is gone"):
        bad.wait()
