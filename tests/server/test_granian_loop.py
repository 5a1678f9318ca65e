"""granian's coroutines run on granian's thread, and with the same answers as tasks of asyncio's own loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tracker.server.granian_loop import GranianLoop


@pytest.fixture(params=[GranianLoop, asyncio.SelectorEventLoop])
def loop(request: pytest.FixtureRequest) -> Iterator[asyncio.AbstractEventLoop]:
    made: asyncio.AbstractEventLoop = request.param()
    runs = threading.Thread(target=made.run_forever)
    runs.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    runs.join(10)
    made.close()


def start(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, None]) -> None:
    """As granian's scheduler does it, from a thread of granian's."""

    def make_task(one: Coroutine[Any, Any, None], _watcher: object) -> None:
        loop.create_task(one)

    loop.call_soon_threadsafe(make_task, coroutine, object())


def waits_for(future: Any, said: list[object], done: threading.Event) -> Callable[[], Coroutine[Any, Any, None]]:
    async def run() -> None:
        try:
            said.append(await future)
        except asyncio.CancelledError:
            said.append("cancelled")
        finally:
            done.set()

    return run


def test_a_coroutine_goes_on_when_its_future_is_done(loop: asyncio.AbstractEventLoop) -> None:
    said: list[object] = []
    done = threading.Event()
    future = loop.create_future()
    start(loop, waits_for(future, said, done)())
    loop.call_soon_threadsafe(future.set_result, b"body")
    assert done.wait(10)
    assert said == [b"body"]


def test_a_coroutine_whose_future_is_cancelled_is_told(loop: asyncio.AbstractEventLoop) -> None:
    said: list[object] = []
    done = threading.Event()
    future = loop.create_future()
    start(loop, waits_for(future, said, done)())
    loop.call_soon_threadsafe(future.cancel)
    assert done.wait(10)
    assert said == ["cancelled"]


def test_a_coroutine_may_wait_for_a_pool(loop: asyncio.AbstractEventLoop) -> None:
    said: list[object] = []
    done = threading.Event()
    with ThreadPoolExecutor(1) as pool:

        async def run() -> None:
            said.append(await loop.run_in_executor(pool, lambda: "answered"))
            done.set()

        start(loop, run())
        assert done.wait(10)
    assert said == ["answered"]


def test_a_coroutine_runs_in_the_thread_that_gives_it() -> None:
    loop = GranianLoop()
    ran_in: list[int] = []

    async def run() -> None:
        ran_in.append(threading.get_ident())

    start(loop, run())
    assert ran_in == [threading.get_ident()]
    loop.close()
