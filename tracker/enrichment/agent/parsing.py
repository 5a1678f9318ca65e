"""What a user agent and its client hints say together. Pure and cached: a browser sends the same ones with every hit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol

from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

from tracker.enrichment.agent.browsers import name_browser
from tracker.enrichment.agent.devices import device_kind, is_ipad_as_mac
from tracker.enrichment.agent.hints import Hints, read_hints
from tracker.enrichment.agent.systems import name_system

_CACHED = 16_384
_NO_HINTS = Hints()


class Agent(NamedTuple):
    """What reads the page. `device` is one of desktop, mobile, tablet, tv, console, other; empty is None."""

    device: str | None
    browser: str | None
    browser_version: str | None
    os: str | None
    os_version: str | None


def parse_agent(user_agent: str, headers: Mapping[str, str], screen_width: float | None = None) -> Agent:
    """What a user agent and the client hints in `headers` (lower-case names) say. Never raises.

    `screen_width` in CSS pixels tells an iPad that says it is a Mac.
    """
    as_ipad = is_ipad_as_mac(user_agent, screen_width)
    return _parse(user_agent, read_hints(headers) if headers else None, as_ipad)


@lru_cache(maxsize=_CACHED)
def _parse(agent: str, hinted: Hints | None, as_ipad: bool) -> Agent:  # noqa: FBT001 - the cache wants what tells agents apart
    hints = hinted or _NO_HINTS
    if not agent and hints == _NO_HINTS:
        return Agent(None, None, None, None, None)
    # The database's third part, makes and models, costs as much as the other two and is not shown.
    database = _database()
    browser, browser_version = name_browser(agent, *_said(database.ua.extract(agent)), hints)
    system, system_version = name_system(agent, *_said(database.os.extract(agent)), hints)
    if as_ipad:
        system, system_version = "iPadOS", None
    device = "tablet" if as_ipad else device_kind(agent, system, hints)
    return Agent(device, browser, browser_version, system, system_version)


@lru_cache(maxsize=1)
def _database() -> Resolver:
    """ua-parser's database without its own cache: ours stands before it, and its two engines are asked directly."""
    return Resolver(load_lazy_builtins())


class _Found(Protocol):
    """What an engine of ua-parser gives: a family with the parts of its version."""

    family: str
    major: str | None
    minor: str | None
    patch: str | None


def _said(found: _Found | None) -> tuple[str, str]:
    """The family and the version, of which numbers lose their leading zeros."""
    if found is None:
        return "Other", ""
    parts = (found.major, found.minor, found.patch)
    return found.family, ".".join(str(int(one)) if one.isdecimal() else one for one in parts if one is not None)
