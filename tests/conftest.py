"""Fixtures of all tests: no network beyond this machine, no settings from the developer's shell, no time limits."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from types import CodeType
from typing import Any

import hypothesis
import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright
from werkzeug.routing import Rule

from tests.chromium import ARGUMENTS, find_chromium, find_headless_chromium
from tests.databases import migrated_once, translated_once

# A busy machine is no failing test; in CI the same examples come each time.
# A busy machine is no fault of what is tested.
_PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("here", _PATIENT)
hypothesis.settings.register_profile("ci", _PATIENT, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the longest tests: one that is begun last keeps one worker busy while the others have none left."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


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
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium, one for all tests of a process."""
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def headless_shell(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without its window where there is one. It says in each request that it is no person's browser."""
    browser = playwright.chromium.launch(executable_path=find_headless_chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a visitor's browser, without a trace of those before; takes Playwright's options. It is closed in the end."""
    with ExitStack() as opened:
        yield lambda **options: opened.enter_context(chromium.new_context(**options))
