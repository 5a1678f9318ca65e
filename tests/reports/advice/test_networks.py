"""Networks by kind: keep, try, leave; and open where the visits do not say."""

from __future__ import annotations

import pandas as pd

from tracker.enrichment.source.social_networks import SocialKind
from tracker.reports.advice.bringing import bringing
from tracker.reports.advice.networks import Verdict, networks
from tracker.reports.advice.window import WEEKS

# Visits a week by source, and in how many of them companies came.
WEEKLY = {"LinkedIn": (30, 14), "Xing": (0, 0), "Facebook": (120, 0), "X": (90, 1), "Bluesky": (20, 3), "Google": (300, 40)}  # fmt: skip


def test_networks_are_kept_left_and_tried_by_the_companies_they_bring() -> None:
    of_all = pd.DataFrame({week: {name: number for name, (number, _) in WEEKLY.items()} for week in range(WEEKS)})
    of_all.loc["Xing", 3] = 4
    theirs = pd.DataFrame(
        [
            {"company": f"C{(week * number + one) % 60}", "source": name, "week": week}
            for week in range(WEEKS)
            for name, (_, number) in WEEKLY.items()
            for one in range(number)
        ]
    )
    found = networks(of_all, bringing(of_all, theirs, "source"))
    assert [(one.name, one.verdict) for one in found] == [
        ("Facebook", Verdict.LEAVE),
        ("LinkedIn", Verdict.KEEP),
        ("Xing", Verdict.TRY),
        ("X", Verdict.LESS),
        ("Bluesky", Verdict.OPEN),
    ]
    assert {one.name: (one.kind, one.visits, one.theirs) for one in found}["LinkedIn"] == (
        SocialKind.NETWORKING,
        390,
        182,
    )


def test_without_companies_nothing_is_said_of_a_network() -> None:
    of_all = pd.DataFrame({week: {"LinkedIn": 30, "Google": 50} for week in range(WEEKS)})
    assert [(one.name, one.verdict) for one in networks(of_all, [])] == [("LinkedIn", Verdict.FEW)]
