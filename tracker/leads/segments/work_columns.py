"""The leads with what the publisher set for them, how well they fit and what registers say, as further columns of their rows."""

from __future__ import annotations

import pandas as pd

from tracker.leads.fit.fits import Fits
from tracker.leads.registers.kept import KeptFacts
from tracker.leads.workflow.site_work import SiteWork

NO_FACTS = KeptFacts()
COLUMNS = ("fit", "status", "relationship", "owner", "tags", "lists", "reminder", "hidden", "register")


def with_work(frame: pd.DataFrame, work: SiteWork, fits: Fits, kept: KeptFacts = NO_FACTS) -> pd.DataFrame:
    """Returns the rows of tracker.leads.report.leads with COLUMNS, as plain values.

    `fit` is 0 to 100, None without rules; `owner` is an email, empty for nobody; `tags` and `lists` are lists of texts;
    `reminder` is a day or None; `register` is a tracker.leads.registers.facts.CompanyFacts or None.
    """
    facts = [work.of(name) for name in frame["company"]]
    found = [fits.of(name) for name in frame["company"]]
    columns = {
        "fit": [None if one is None else one.points for one in found],
        "status": [one.state.status for one in facts],
        "relationship": [one.kind.value for one in facts],
        "owner": [one.owner for one in facts],
        "tags": [list(one.state.tags) for one in facts],
        "lists": [list(one.lists) for one in facts],
        "reminder": [one.state.remind_on for one in facts],
        "hidden": [one.state.is_hidden for one in facts],
        "register": [kept.of(name) for name in frame["company"]],
    }
    return pd.concat([frame, pd.DataFrame(columns, index=frame.index, dtype=object)], axis=1)


def fit_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The certain companies first, then by fit, and by the order that they have, which is by score, where it is the same."""
    keys = frame.assign(rank=[-(one or 0) for one in frame["fit"]], unsure=~frame["sure"].astype(bool))
    return frame.loc[keys.sort_values(["unsure", "rank"], kind="stable").index]
