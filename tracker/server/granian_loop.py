"""An event loop in which granian's coroutines run at once, on the thread that granian calls from.

granian hands each request and each body to the loop's thread, which must be woken: asyncio's own loop halves the
collector's throughput. Here the calling thread runs the request itself, as in granian's WSGI interface. Everything else
(timers, signals, a pool's results) is asyncio's own. If a later granian calls the loop in another way, requests run as
asyncio tasks: slower, with the same answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from types import CoroutineType
from typing import Any

from granian import loops

NAME = "webleads"


class _Running:
    """A coroutine that continues in the thread that completes the future it awaits."""

    __slots__ = ("_coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine

    def go_on(self, done: Any = None) -> None:
        """Runs the coroutine until it waits again; `done` is the future that it waited for."""
        try:
            if done is not None:
                done.result()
        except BaseException as problem:  # noqa: BLE001 - the coroutine is told, whatever it is
            self._wait(self._coroutine.throw, problem)
        else:
            self._wait(self._coroutine.send, None)

    def _wait(self, step: Callable[[Any], Any], value: Any) -> None:
        try:
            future = step(value)
        except StopIteration:
            return
        future._asyncio_future_blocking = False  # noqa: SLF001 - as asyncio's tasks tell a future that it is heard
        future.add_done_callback(self.go_on)


class Moment:
    """What a coroutine may wait for that comes about in another thread, and in that one the coroutine then goes on.

    `when` is given what is to be called then. As a task of asyncio's own loop a coroutine goes on in the loop's thread.
    """

    def __init__(self, when: Callable[[Callable[[], Any]], Any], loop: asyncio.AbstractEventLoop | None) -> None:
        self._when = when
        self._loop = loop
        self._asyncio_future_blocking = False

    def __await__(self) -> Generator[Any, None, None]:
        self._asyncio_future_blocking = True
        yield self

    def get_loop(self) -> asyncio.AbstractEventLoop | None:
        return self._loop

    def add_done_callback(self, callback: Callable[..., Any], *, context: Any = None) -> None:
        """As a future's: asyncio and `_Running` call it with what to call."""
        if type(getattr(callback, "__self__", None)) is _Running:
            self._when(partial(callback, self))
        else:
            assert self._loop is not None
            self._when(partial(self._loop.call_soon_threadsafe, callback, self, context=context))

    def result(self) -> None:
        """Nothing is handed over."""


class GranianLoop(asyncio.SelectorEventLoop):
    """asyncio's loop, but for granian's own calls."""

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> Any:
        """Where granian gives a request (a function that makes a task, the coroutine), and says that a body is here."""
        if args and type(args[0]) is CoroutineType:
            return _Running(args[0]).go_on()
        if args and type(getattr(callback, "__self__", None)) is _Running:
            return callback(*args)
        return super().call_soon_threadsafe(callback, *args, context=context)

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """A coroutine may wait for a future in another thread than the loop's, which is then woken."""
        if type(getattr(callback, "__self__", None)) is _Running:
            return super().call_soon_threadsafe(callback, *args, context=context)
        return super().call_soon(callback, *args, context=context)


@loops.register(NAME)
def _build() -> GranianLoop:
    loop = GranianLoop()
    asyncio.set_event_loop(loop)
    return loop
