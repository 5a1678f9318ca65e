"""Parses a user agent with its client hints. Pure and cached: a browser sends the same ones with every hit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import attrgetter
from types import ModuleType
from typing import NamedTuple, Protocol, cast

from ua_parser.loaders import load_lazy_builtins
from ua_parser_rs import OSExtractor, UserAgentExtractor

from tracker.enrichment.agent.browsers import name_browser
from tracker.enrichment.agent.devices import device_kind, is_ipad_as_mac
from tracker.enrichment.agent.frozen import ipad_version
from tracker.enrichment.agent.hints import Hints, read_hints
from tracker.enrichment.agent.systems import name_system
from tracker.enrichment.remembered import is_short

_CACHED = 8_192
_NO_HINTS = Hints()


class Agent(NamedTuple):
    """A parsed user agent. `device` is one of desktop, mobile, tablet, tv, console, other; empty is None."""

    device: str | None
    browser: str | None
    browser_version: str | None
    os: str | None
    os_version: str | None


NO_AGENT = Agent(None, None, None, None, None)


def parse_agent(user_agent: str, headers: Mapping[str, str], screen_width: float | None = None) -> Agent:
    """What a user agent and the client hints in `headers` (lower-case names) say. Never raises.

    `screen_width`, in CSS pixels, detects an iPad that sends a Mac's user agent.
    """
    as_ipad = is_ipad_as_mac(user_agent, screen_width)
    parse = _parse if is_short(user_agent) else _parse.__wrapped__
    return parse(user_agent, read_hints(headers) if headers else None, as_ipad)


@lru_cache(maxsize=_CACHED)
def _parse(agent: str, hinted: Hints | None, as_ipad: bool) -> Agent:  # noqa: FBT001 - the cache wants what tells agents apart
    hints = hinted or _NO_HINTS
    if not agent and hints == _NO_HINTS:
        return NO_AGENT
    database, parsers = _database(), _parsers()
    said_browser = parsers.parse_browser(*_parts(database.browsers.extract(agent)))
    said_system = parsers.parse_operating_system(*_parts(database.systems.extract(agent)))
    browser, browser_version = name_browser(agent, said_browser.family, said_browser.version_string, hints)
    system, system_version = name_system(agent, said_system.family, said_system.version_string, hints)
    if as_ipad:
        system, system_version = "iPadOS", ipad_version(agent)
    device = "tablet" if as_ipad else device_kind(agent, system, hints)
    return Agent(device, browser, browser_version, system, system_version)


class _Database(NamedTuple):
    """ua-parser's engines of browsers and systems. Its third one, makes and models, costs as much as both and is not shown."""

    browsers: UserAgentExtractor
    systems: OSExtractor


@lru_cache(maxsize=1)
def _database() -> _Database:
    """The database without ua-parser's own cache, since results are cached here."""
    browsers, systems, _ = load_lazy_builtins()
    fields = attrgetter("regex", "family", "major", "minor", "patch", "patch_minor")
    return _Database(UserAgentExtractor(map(fields, browsers)), OSExtractor(map(fields, systems)))


@lru_cache(maxsize=1)
def _parsers() -> ModuleType:
    """With the patterns of an older engine, a fifth of a second to import and unused: not where no hit is enriched."""
    from user_agents import parsers

    return cast(ModuleType, parsers)


class _Found(Protocol):
    """The result of ua-parser's engine: a family with the parts of its version."""

    family: str
    major: str | None
    minor: str | None
    patch: str | None


def _parts(found: _Found | None) -> tuple[str, str | None, str | None, str | None]:
    return ("Other", None, None, None) if found is None else (found.family, found.major, found.minor, found.patch)
