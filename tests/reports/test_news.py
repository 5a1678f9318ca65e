"""The news of a week: which, in what order, and never the same kind twice in a row."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tracker.reports.brought import Brought
from tracker.reports.news import TURNS, News, news_of, of_preheader, of_sentence, of_subject, worth_acting_on
from tracker.reports.report import Report, period_of
from tracker.stats.companies.identified import Identified

READ = pd.DataFrame([{"value": "/a", "title": "Un article", "pageviews": 34}])


def leads(*rows: tuple[str, int, str | None]) -> pd.DataFrame:
    columns = ["company", "score", "standing", "standing_values"]
    return pd.DataFrame([(*row, {"weeks": 5} if row[2] == "back" else {}) for row in rows], columns=columns)


def what_brought(*pairs: tuple[str | None, str, int], of_sources: dict[str | None, int]) -> Brought:
    sources = pd.DataFrame([(one, n, n) for one, n in of_sources.items()], columns=["value", "companies", "visits"])
    named = pd.DataFrame(
        [(source, page, None, n) for source, page, n in pairs], columns=["source", "page", "title", "companies"]
    )
    return Brought(sources.astype({"value": object}), pd.DataFrame(), named)


NOTHING = what_brought(of_sources={})


def visitors(number: int) -> pd.DataFrame:
    return pd.DataFrame([{"visitors": number}])


def codes(news: list[News]) -> list[str]:
    return [one.code for one in news]


def test_a_week_with_companies() -> None:
    of_companies = leads(("Acme", 62, None), ("Borée", 41, "new"), ("Calme", 55, "back"), ("Deux", 12, "new"))
    news = news_of(of_companies, what_brought(("LinkedIn", "/a", 3), of_sources={None: 4, "LinkedIn": 3}),
                   visitors(120), visitors(100), READ)  # fmt: skip
    assert news == [
        News("to_call", {"company": "Calme", "others": 2}),
        News("back", {"company": "Calme", "weeks": 5}),
        News("companies", {"companies": 4, "new": 2}),
        News("brought", {"source": "LinkedIn", "companies": 3, "article": "/a"}),
        News("change", {"visitors": 120, "before": 100}),
        News("read", {"article": "Un article", "views": 34}),
        News("visitors", {"visitors": 120}),
    ]
    assert of_subject(news).code == "to_call"


def test_an_article_is_said_only_where_it_brought_all_companies_of_its_source() -> None:
    found = news_of(
        leads(("Acme", 10, None)),
        what_brought(("LinkedIn", "/a", 2), ("LinkedIn", "/b", 2), of_sources={"LinkedIn": 3}),
        visitors(5), visitors(5), READ,
    )  # fmt: skip
    assert News("brought", {"source": "LinkedIn", "companies": 3, "article": None}) in found


@pytest.mark.parametrize(("now", "before", "said"), [(110, 100, True), (109, 100, False), (18, 9, False), (9, 20, True), (20, 0, False)])  # fmt: skip
def test_a_change_is_news_from_a_tenth_of_twenty_visitors_on(now: int, before: int, said: bool) -> None:
    assert ("change" in codes(news_of(leads(), NOTHING, visitors(now), visitors(before), READ))) is said


def test_nobody_came() -> None:
    assert news_of(leads(), NOTHING, visitors(0), visitors(50), READ[:0]) == [News("nobody")]


@pytest.mark.parametrize(
    "of_companies", [leads(), leads(("Acme", 10, None)), leads(("Acme", 62, "new"), ("Borée", 41, "rising"))]
)
def test_no_two_weeks_in_a_row_open_alike(of_companies: pd.DataFrame) -> None:
    news = news_of(of_companies, NOTHING, visitors(40), visitors(40), READ)
    opened = [of_sentence(news, number)[0].code for number in range(12)]
    assert all(first != second for first, second in pairwise(opened))


def test_what_came_and_what_brought_it_are_one_sentence() -> None:
    news = news_of(
        leads(("Acme", 62, None)), what_brought(of_sources={"LinkedIn": 1}), visitors(40), visitors(40), READ
    )
    said = {tuple(codes(of_sentence(news, number))) for number in range(2)}
    assert said == {("to_call",), ("companies", "brought")}


def test_the_preheader_says_what_subject_and_sentence_do_not() -> None:
    news = news_of(leads(("Acme", 62, None)), NOTHING, visitors(40), visitors(40), READ)
    second = [of_preheader(news, number) for number in range(2)]
    assert {one.code for one in second if one} <= {"read", "companies"}
    assert of_preheader([News("nobody")], 0) is None


def test_new_ones_are_listed_first_and_cool_ones_not_at_all() -> None:
    listed = worth_acting_on(
        leads(
            ("Acme", 90, None),
            ("Borée", 20, "new"),
            ("Calme", 19, "new"),
            ("Deux", 30, "rising"),
            ("Est", 95, "cooling"),
        )
    )
    assert list(listed["company"]) == ["Deux", "Borée", "Est", "Acme"]


def test_every_news_has_its_turn() -> None:
    assert set(TURNS[0]) == set(TURNS[1])


@pytest.mark.parametrize(
    ("kind", "labels"),
    [("weekly", ["2026-W52", "2026-W53", "2027-W01"]), ("monthly", ["2026-11", "2026-12", "2027-01"])],
)
def test_turns_go_on_over_new_year(kind: str, labels: list[str]) -> None:
    empty = pd.DataFrame()
    first, second, third = (
        Report("a.fr", kind, one, period_of(kind, one, ZoneInfo("Europe/Paris")), datetime.now(UTC), *[empty] * 7,
               NOTHING, Identified()).turn
        for one in labels
    )  # fmt: skip
    assert (second, third) == (first + 1, first + 2)
