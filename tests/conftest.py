"""Fixtures of all tests: no network beyond this machine, no settings from the developer's shell, no time limits."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from types import CodeType
from typing import Any, TypeVar

import hypothesis
import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright
from werkzeug.routing import Rule

from tests.chromium import ARGUMENTS, find_chromium, find_headless_chromium
from tests.databases import migrated_once, translated_once

# What a person's browser says. A service takes a headless one for a bot.
VISITOR = {
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "viewport": {"width": 1280, "height": 800},
}

# A busy machine is no fault of what is tested; in CI the same examples come each time.
_PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("here", _PATIENT)
hypothesis.settings.register_profile("ci", _PATIENT, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


T = TypeVar("T")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects thousands of tests without looking for garbage among them, then or ever: all of them stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(100_000, 50, 100)  # looking for garbage took a sixteenth of the tests' time
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = deal(items, workers, is_long=lambda item: item.get_closest_marker("long") is not None)


def deal(tests: list[T], workers: int, is_long: Callable[[T], bool]) -> list[T]:
    """Orders tests so that each worker begins with its share of the longest.

    A long test that is begun last keeps one worker busy while the others have none left, and so do all of them on one
    worker. xdist gives each worker a part of the list, as long as the others' and in one piece, before any steals.
    """
    long = [one for one in tests if is_long(one)]
    others = [one for one in tests if not is_long(one)]
    dealt: list[T] = []
    for worker in range(workers):
        own = long[worker::workers]
        number = (len(tests) - len(dealt)) // (workers - worker) - len(own)
        dealt += own + others[: max(number, 0)]
        del others[: max(number, 0)]
    return dealt + others


class NetworkUsed(RuntimeError):
    """A test tried to reach another machine."""


def is_here(address: Any) -> bool:
    """Returns whether a socket's address (as Python's `socket` has it) is a path or a loopback host."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0]).partition("%")[0]
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuses connections, datagrams and look-ups that would leave this machine."""

    def guarded(name: str, address_of: Any) -> Any:
        real = getattr(socket.socket, name)

        def call(self: socket.socket, *arguments: Any) -> Any:
            if not is_here(address_of(arguments)):
                raise NetworkUsed(f"{name} to {address_of(arguments)}: tests stay on this machine")
            return real(self, *arguments)

        return call

    real_look_up = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_here((name,)):
            raise NetworkUsed(f"a look-up of {name}: tests stay on this machine")
        return real_look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded("connect", lambda arguments: arguments[0]))
        patch.setattr(socket.socket, "connect_ex", guarded("connect_ex", lambda arguments: arguments[0]))
        patch.setattr(socket.socket, "sendto", guarded("sendto", lambda arguments: arguments[-1]))
        patch.setattr(socket, "getaddrinfo", look_up)
        yield


@pytest.fixture(autouse=True)
def default_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the service's variables out of the environment; the browser may be named there."""
    for variable in [name for name in os.environ if name.startswith("WEBLEADS_") and name != "WEBLEADS_CHROMIUM"]:
        monkeypatch.delenv(variable)


class CompiledTemplates(BytecodeCache):
    """What pages' templates were compiled to. Without it each application that a test makes compiles them anew."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.checksum, bucket.code


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Applications share what the templates were compiled to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", CompiledTemplates())
        yield


@pytest.fixture(scope="session", autouse=True)
def app_databases() -> Iterator[None]:
    """What Alembic makes of an empty app database is made once; tests/db holds what it makes of others."""
    with migrated_once(), translated_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """Applications share what builds their URLs: Werkzeug compiles two functions for each route of each of them."""
    real = Rule._compile_builder
    compiled: dict[tuple[bool, tuple[tuple[bool, str], ...]], Callable[..., tuple[str, str]]] = {}

    def shared(self: Rule, append_unknown: bool) -> Callable[..., tuple[str, str]]:
        if self.defaults:  # a part of the function, too
            return real(self, append_unknown)
        key = append_unknown, tuple(self._trace)
        if key not in compiled:
            compiled[key] = real(self, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", shared)
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, started once in a process: a second one would find the first one's event loop and refuse.

    What a page is expected to show is waited for as long as the busiest machine may need; by itself that is 5 s.
    """
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def headless_shell(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without its window where there is one. It says in each request that it is no person's browser."""
    browser = playwright.chromium.launch(executable_path=find_headless_chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A whole Chromium, for visits that a real service counts: it takes the headless shell for a bot."""
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def new_context(headless_shell: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser without a trace of those before; takes Playwright's options. It is closed in the end."""
    with ExitStack() as opened:
        # The headless shell has no language of its own.
        yield lambda **options: _patient(opened, headless_shell, **{"locale": "en-GB"} | options)


@pytest.fixture
def new_visitor(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser that a real service takes for a person's. It is closed in the end."""
    with ExitStack() as opened:

        def enter(**options: Any) -> BrowserContext:
            context = _patient(opened, chromium, **VISITOR | options)
            context.add_init_script("Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false})")
            return context

        yield enter


def _patient(opened: ExitStack, browser: Browser, **options: Any) -> BrowserContext:
    """A browser that waits for pages as long as the busiest machine may need; by itself that is 30 s."""
    context = opened.enter_context(browser.new_context(**options))
    context.set_default_timeout(180_000)
    return context
