"""What the visits of possible companies say, in points: each kind of evidence on its own."""

from __future__ import annotations

import pandas as pd
import pytest

from tracker.leads.possible.evidence import AT_WORK, COMES_AGAIN, GOALS, VISITORS, evidence_of, points_of

ONE = {
    "visits": 10, "in_office_hours": 5, "on_desktops": 5, "visitors_a_day": 1.0, "most_on_a_day": 1, "days": 1,
    "goals_reached": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "changed", "points"),
    [
        (AT_WORK, {}, 0),
        (AT_WORK, {"visits": 40, "in_office_hours": 38, "on_desktops": 40}, 84),
        (AT_WORK, {"visits": 1, "in_office_hours": 1, "on_desktops": 1}, 9),
        (AT_WORK, {"in_office_hours": 0, "on_desktops": 0}, -90),
        (VISITORS, {"most_on_a_day": 3}, 5),
        (VISITORS, {"most_on_a_day": 30, "visitors_a_day": 30.0}, -60),
        (COMES_AGAIN, {"days": 6}, 10),
        (COMES_AGAIN, {"days": 60}, 10),
        (GOALS, {"goals_reached": 1}, 20),
        (GOALS, {"goals_reached": 9}, 30),
    ],
)
def test_points_of_a_kind_of_evidence(code: str, changed: dict[str, float], points: int) -> None:
    assert points_of(pd.DataFrame([ONE | changed])).loc[0, code] == points


def test_each_piece_of_evidence_has_its_values_and_goals_are_said_only_if_reached() -> None:
    record = (
        ONE
        | {"visitors": 4, "weeks": 1, "goals": ()}
        | {f"points_{code}": 1 for code in (GOALS, AT_WORK, VISITORS, COMES_AGAIN)}
    )
    said = evidence_of(record)
    assert [one.code for one in said] == [AT_WORK, VISITORS, COMES_AGAIN]
    assert said[1] == (VISITORS, 1, {"visitors": 4, "most_on_a_day": 1})
