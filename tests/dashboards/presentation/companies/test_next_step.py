"""What to do about a company: each state of the work has its sentence, and nobody is told to call who is not to be called."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.presentation.companies.next_step import next_step

GOALS, PAGES = ["goals", "pages_read"], ["buying_pages"]


def said(**changes: Any) -> str:
    usual = {"score": 75, "codes": [], "standing": "", "status": "new", "kind": None, "is_possible": False}
    return next_step("en", **(usual | changes))


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"codes": GOALS, "score": 30}, "Answer them first"),
        ({}, "Contact them this week"),
        ({"status": "to_contact", "score": 50}, "Find whom to talk to"),
        ({"score": 10}, "Too early"),
        ({"status": "contacted", "standing": "cooling", "codes": GOALS}, "Follow up before"),
        ({"status": "of our own", "score": 45}, "Follow up now"),
        ({"status": "in_conversation", "score": 10}, ""),
        ({"status": "customer", "codes": PAGES}, "Ask what they need"),
        ({"kind": "customer"}, ""),
        ({"status": "lost"}, "Have another look"),
        ({"status": "not_interesting", "score": 20}, ""),
        ({"kind": "competitor", "codes": GOALS}, ""),
        ({"kind": "ignored"}, ""),
        ({"is_possible": True, "codes": GOALS}, "Say first whether"),
    ],
)
def test_each_state_has_its_sentence(changes: dict[str, Any], begins: str) -> None:
    assert said(**changes).startswith(begins)
    assert bool(said(**changes)) is bool(begins)
