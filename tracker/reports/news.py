"""The news of a report: what can be said of its week, each as a code with values, the most important first.

The words are dashboards.email.news_words's. A report opens with one sentence. So that it does not open in the same way
twice in a row, weeks (and months) by turns open with who came (`TURNS[0]`) and with what brought them (`TURNS[1]`): a week with any
visitor has a news of either.

Example: a week in which Acme (score 62) and two other companies scored 40 and more, and LinkedIn brought three companies
to one article, has the news `to_call` (company Acme, others 2), `companies`, `brought`, `read` and `visitors`. Its email's
subject says `to_call`. Its sentence says `to_call` too in one week, and `companies` in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from tracker.reports.brought import Brought

# From this score on a company deserves a call.
CALL_FROM = 40
# A change of visitors is news from this part on, if there were this many visitors in one of the two weeks.
_LEAST_CHANGE, _LEAST_VISITORS = 0.1, 20

# A company with a lower score is not worth acting on.
LEAST_SCORE = 20
_NEWS_OF_COMPANIES = ("new", "back", "rising")

TURNS = (
    ("to_call", "back", "rising", "change", "visitors", "companies", "brought", "read", "nobody"),
    ("companies", "brought", "read", "to_call", "back", "rising", "change", "visitors", "nobody"),
)
_OF_SUBJECTS = ("to_call", "back", "companies", "change", "visitors", "nobody")
_OF_PREHEADERS = ("brought", "back", "companies", "rising", "change", "read", "visitors")


@dataclass(frozen=True)
class News:
    """One news: its code, and the values that its words take."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def news_of(
    leads: pd.DataFrame, brought: Brought, totals: pd.DataFrame, previous: pd.DataFrame, pages: pd.DataFrame
) -> list[News]:
    """Returns all that can be said, from the frames of a Report."""
    visitors, before = _visitors(totals), _visitors(previous)
    if not visitors:
        return [News("nobody")]
    found = [*_of_companies(leads), *_of_brought(brought)]
    if before and max(visitors, before) >= _LEAST_VISITORS and abs(visitors - before) >= _LEAST_CHANGE * before:
        found.append(News("change", {"visitors": visitors, "before": before}))
    if len(pages):
        first = pages.iloc[0]
        found.append(News("read", {"article": first["title"] or first["value"], "views": int(first["pageviews"])}))
    return [*found, News("visitors", {"visitors": visitors})]


def worth_acting_on(leads: pd.DataFrame) -> pd.DataFrame:
    """Returns the leads that a report lists: those that are new, back or rising first, each group by score."""
    worth = leads[leads["score"] >= LEAST_SCORE].sort_values("score", ascending=False, kind="stable")
    first = worth["standing"].isin(_NEWS_OF_COMPANIES)
    return pd.concat([worth[first], worth[~first]])


def of_subject(news: Sequence[News]) -> News:
    """Returns the news for an email's subject."""
    return _first(news, _OF_SUBJECTS) or news[0]


def of_sentence(news: Sequence[News], turn: int) -> list[News]:
    """Returns the news that a report opens with, one or two; `turn` is its Report.turn."""
    first = _first(news, TURNS[turn % len(TURNS)]) or news[0]
    second = _first(news, ["brought"]) if first.code == "companies" else None
    return [first, second] if second else [first]


def of_preheader(news: Sequence[News], turn: int) -> News | None:
    """Returns the second news, for the line that mail programs show after the subject; None if there is none.

    It is one that neither the subject nor the opening sentence says, where there is one.
    """
    subject, said = of_subject(news).code, {one.code for one in of_sentence(news, turn)}
    others = [one for one in news if one.code != subject]
    return _first([one for one in others if one.code not in said], _OF_PREHEADERS) or _first(others, _OF_PREHEADERS)


def _first(news: Sequence[News], codes: Sequence[str]) -> News | None:
    by_code = {one.code: one for one in news}
    return next((by_code[code] for code in codes if code in by_code), None)


def _of_companies(leads: pd.DataFrame) -> list[News]:
    if leads.empty:
        return []
    found = []
    ranked = worth_acting_on(leads)
    hot = ranked[ranked["score"] >= CALL_FROM]
    if len(hot):
        found.append(News("to_call", {"company": hot.iloc[0]["company"], "others": len(hot) - 1}))
    for standing in ("back", "rising"):
        of_standing = ranked[ranked["standing"] == standing]
        if len(of_standing):
            first = of_standing.iloc[0]
            found.append(News(standing, {"company": first["company"], **first["standing_values"]}))
    new = int((leads["standing"] == "new").sum())
    return [*found, News("companies", {"companies": len(leads), "new": new})]


def _of_brought(brought: Brought) -> list[News]:
    named = brought.sources[brought.sources["value"].notna()]
    if named.empty:
        return []
    source = named.iloc[0]
    values = {"source": source["value"], "companies": int(source["companies"]), "article": None}
    through = brought.pairs[brought.pairs["source"] == source["value"]]
    if len(through) and int(through.iloc[0]["companies"]) == values["companies"]:
        values["article"] = through.iloc[0]["title"] or through.iloc[0]["page"]
    return [News("brought", values)]


def _visitors(totals: pd.DataFrame) -> int:
    value = totals.iloc[0]["visitors"] if len(totals) else 0
    return 0 if pd.isna(value) else int(value)
