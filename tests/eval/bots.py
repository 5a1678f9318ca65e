"""Bots: recall by source, and people mistaken for bots by source, over the labelled agents.

`the same, rules alone` is the result without the packages' lists, as for a bot that nobody has listed yet. The cases of
monperrus come from crawler-user-agents, which is one of these lists, so for them only that line shows how well the
rules generalise.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterable
from typing import NamedTuple

from tests.enrichment.test_bots_marks import BOTS, BROWSERS, MARKS, agents_with
from tests.eval.measure import SHARED, Measure, timed
from tracker.enrichment.bots import Bot, BotRule, detect_bot

_BOT_SOURCES = ("monperrus", "device-detector:bots")
_OTHERS = ("app", "feed_reader", "mediaplayer", "pim", "library", "unknown")
_NO_LISTS = frozenset({BotRule.LISTS})


class LabelledAgent(NamedTuple):
    """An agent with its label (bot, browser, app, …) and where both come from."""

    agent: str
    label: str
    source: str


def labelled_agents() -> list[LabelledAgent]:
    with gzip.open(SHARED / "ua" / "ua_labels_open.csv.gz", "rt", newline="") as lines:
        return [LabelledAgent(row["ua"], row["label"], row["source"]) for row in csv.DictReader(lines)]


def measures() -> Iterable[Measure]:
    cases = labelled_agents()
    detect_bot("Mozilla/5.0 (X11; Linux x86_64)", {})  # compiles the patterns
    verdicts, microseconds = timed(lambda case: detect_bot(case.agent, {}), cases)
    found = list(zip(cases, verdicts, strict=True))
    for source in _BOT_SOURCES:
        yield _recall(f"bots of {source}", found, source, microseconds)
    unlisted, microseconds_of_all = timed(lambda case: detect_bot(case.agent, {}, disabled_rules=_NO_LISTS), cases)
    for source in _BOT_SOURCES:
        pairs = list(zip(cases, unlisted, strict=True))
        yield _recall(f"the same, rules alone: {source[-8:]}", pairs, source, microseconds_of_all)
    for source in sorted({family_of_source(case.source) for case in cases if case.label == "browser"}):
        chosen = [
            (case, bot) for case, bot in found if case.label == "browser" and family_of_source(case.source) == source
        ]
        yield _taken(f"browsers of {source}", chosen, microseconds)
    yield _taken("browsers, all", [pair for pair in found if pair[0].label == "browser"], microseconds)
    for label in _OTHERS:
        yield _taken(f"{label}, all", [pair for pair in found if pair[0].label == label], microseconds)
    yield _named(found, microseconds)
    yield from _made_up()


def family_of_source(source: str) -> str:
    """Returns a source's name without the number that device-detector adds to files of one kind of device."""
    return re.sub(r"-(?:\d+|even)$", "", source)


def _recall(data: str, pairs: list[tuple[LabelledAgent, Bot | None]], source: str, microseconds: float) -> Measure:
    chosen = [(case, bot) for case, bot in pairs if case.label == "bot" and case.source == source]
    missed = [f"missed: {case.agent}" for case, bot in chosen if bot is None]
    recall = 1 - len(missed) / len(chosen)
    return Measure("bots", data, len(chosen), {"recall": recall}, microseconds, missed)


def _taken(data: str, pairs: list[tuple[LabelledAgent, Bot | None]], microseconds: float) -> Measure:
    taken = [f"taken for {bot.name} by {bot.rule}: {case.agent}" for case, bot in pairs if bot is not None]
    return Measure("bots", data, len(pairs), {"taken for bots": len(taken) / len(pairs)}, microseconds, taken)


def _made_up() -> Iterable[Measure]:
    """Measures generated agents: browsers with every mark in both places, and every bot's word after every browser."""
    marked = [
        LabelledAgent(agent, "browser", "ours")
        for marks in MARKS.values()
        for mark in marks.split("|")
        for agent in agents_with(mark)
    ]
    bots = [
        LabelledAgent(f"{browser.format('')} {word}", "bot", "ours")
        for words in BOTS.values()
        for word in words.split("|")
        for browser in BROWSERS.values()
    ]
    verdicts, microseconds = timed(lambda case: detect_bot(case.agent, {}), [*marked, *bots])
    pairs = list(zip([*marked, *bots], verdicts, strict=True))
    yield _taken("marked browsers of our own making", pairs[: len(marked)], microseconds)
    yield _recall("bots of our own making", pairs[len(marked) :], "ours", microseconds)


def _named(pairs: list[tuple[LabelledAgent, Bot | None]], microseconds: float) -> Measure:
    """Returns how many of the detected bots have a kind, and a name that is not the whole agent."""
    bots = [(case, bot) for case, bot in pairs if case.label == "bot" and bot is not None]
    figures = {
        "with a kind": sum(bot.kind != "unknown" for _, bot in bots) / len(bots),
        "with a name": sum(bot.name != case.agent[:60] or len(case.agent) < 40 for case, bot in bots) / len(bots),
    }
    return Measure("bots", "names and kinds of bots found", len(bots), figures, microseconds)
