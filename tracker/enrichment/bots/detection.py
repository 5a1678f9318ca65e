"""The rules in order, for one hit: the user agent first, then the headers, then the IP address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from tracker.enrichment.bots.lists import any_list_or, find_in_crawler_detect, known_bots, named_crawlers
from tracker.enrichment.bots.marks import is_whole_browser, without_office_words
from tracker.enrichment.bots.naming import name_of
from tracker.enrichment.bots.people import without_people_words
from tracker.enrichment.bots.shape import find_odd, is_program, odd_forms
from tracker.enrichment.bots.signs import bots_by_signs
from tracker.enrichment.bots.verdict import Bot, BotKind, BotRule, NamelessBot, Signs
from tracker.enrichment.bots.words import bot_words, contact, written_contact
from tracker.enrichment.remembered import is_short
from tracker.enrichment.text.pattern_set import FirstMatch, PatternMatch
from tracker.hit import UNREADABLE_AGENT

_CACHED = 8_192
_ALL_RULES: frozenset[str] = frozenset()
_NO_SIGNS = Signs()


def detect_bot(
    user_agent: str,
    headers: Mapping[str, str],
    signs: Signs = _NO_SIGNS,
    *,
    disabled_rules: frozenset[str] = _ALL_RULES,
) -> Bot | None:
    """The bot behind a hit, or None for a person. Rules in `disabled_rules` are skipped.

    `headers` have lower-case names. Few sites disable rules, so the first verdict on a user agent is cached for all
    others.
    """
    if disabled_rules:
        verdicts = _by_agent(user_agent) if is_short(user_agent) else _verdicts(user_agent)
        said = next((bot for bot in verdicts if bot.rule not in disabled_rules), None)
    else:
        said = (_first_by_agent if is_short(user_agent) else _first_by_agent.__wrapped__)(user_agent)
    if said is not None:
        return said
    if not disabled_rules:
        return next(bots_by_signs(user_agent, headers, signs), None)
    return next((bot for bot in bots_by_signs(user_agent, headers, signs) if bot.rule not in disabled_rules), None)


@lru_cache(maxsize=_CACHED)
def _first_by_agent(agent: str) -> Bot | None:
    return next(_verdicts(agent), None)


@lru_cache(maxsize=1024)
def _by_agent(agent: str) -> tuple[Bot, ...]:
    return tuple(_verdicts(agent))


@lru_cache(maxsize=1)
def _any_sign() -> FirstMatch:
    """All that words, lists, contacts and forms look for, in one pass: most user agents have none of it."""
    return any_list_or(bot_words(), contact(), odd_forms())


def _verdicts(agent: str) -> Iterator[Bot]:
    """Each rule's verdict on an agent in the rules' order, so that one switched off leaves the others."""
    if agent == UNREADABLE_AGENT:
        return
    if not any(map(str.isalnum, agent)):
        yield Bot(NamelessBot.NO_AGENT.value, BotKind.UNKNOWN, BotRule.NO_AGENT)
        return
    plain = without_people_words(agent) if _any_sign().find(agent) is not None else ""
    if plain:
        yield from _verdicts_on_words(agent, plain)
    odd = find_odd(plain)
    if odd is not None and odd.kind != BotKind.UNKNOWN:
        yield Bot(odd.name, BotKind(odd.kind), BotRule.ODD_BROWSER)
    elif is_program(agent):
        yield _called(agent, None, BotRule.PROGRAM)
    elif odd is not None:
        yield _called(agent, odd, BotRule.ODD_BROWSER)


def _verdicts_on_words(agent: str, plain: str) -> Iterator[Bot]:
    known = known_bots().find(plain)
    if known is not None:
        rule = BotRule.HEADLESS if known.kind == BotKind.HEADLESS else BotRule.KNOWN_BOT
        yield Bot(known.name, BotKind(known.kind), rule)
    listed = named_crawlers().find(plain)
    if listed is not None:
        yield _called(agent, listed, BotRule.LISTS)
    whole = is_whole_browser(agent)
    if whole:
        plain = without_office_words(plain)
    words = bot_words().find(plain)
    if words is not None:
        yield _called(agent, words, BotRule.NAMES_ITSELF)
    if (written_contact() if whole else contact()).find(plain) is not None:
        yield _called(agent, None, BotRule.CONTACT)
    if listed is None and find_in_crawler_detect(plain, names_only=whole):
        yield _called(agent, None, BotRule.LISTS)


def _called(agent: str, found: PatternMatch | None, rule: BotRule) -> Bot:
    """A verdict with the best name and kind that there are for an agent, whichever rule gave it."""
    known = known_bots().find(agent) or named_crawlers().find(agent)
    words = bot_words().find(agent)
    kinds = [one.kind for one in (known, found, words) if one is not None and one.kind != BotKind.UNKNOWN]
    kind = BotKind(kinds[0]) if kinds else BotKind.LIBRARY if rule is BotRule.PROGRAM else BotKind.UNKNOWN
    return Bot((known.name if known else "") or (found.name if found else "") or name_of(agent), kind, rule)
