"""How long a request waits for its figures, and the end of that when the same person asks for the page anew.

Whoever chooses another period before the first has come wants only the second: the statements of the first are stopped.
In another tab the first is still wanted. It is told to ask again, and that time it ends no other.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import ExitStack

from flask import Flask, g, request
from flask_login import current_user

from tracker.store.patience import Superseded, Waiting, waiting

# A person, and the page by its name and its site.
_View = tuple[int, str, str]
# What one person's tabs ask for by themselves, and one answer serves all: none ends another.
_SHARED = frozenset({"realtime.show", "realtime.now"})
# So many URLs are remembered whose views were ended and may be asked for again.
_MOST_ENDED = 1000


class _Views:
    """The view of each page that each person waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[_View, tuple[Waiting, str]] = {}
        self._ended: OrderedDict[tuple[_View, str], None] = OrderedDict()

    def begin(self, view: _View, one: Waiting, url: str) -> None:
        """Ends the view before, unless this one was itself ended and is asked for again."""
        with self._lock:
            if (view, url) in self._ended:
                del self._ended[view, url]
                return
            before = self._waiting.get(view)
            self._waiting[view] = one, url
            if before is None:
                return
            waits, ended = before
            self._ended[view, ended] = None
            if len(self._ended) > _MOST_ENDED:
                self._ended.popitem(last=False)
        waits.end(Superseded("a newer view of this page was asked for"))

    def end(self, view: _View, one: Waiting) -> None:
        with self._lock:
            if self._waiting.get(view, (None, ""))[0] is one:
                del self._waiting[view]


def register(app: Flask, seconds: float) -> None:
    """Each request gets `seconds` for its statements. Comes after the login, which knows the person."""
    views = _Views()

    @app.before_request
    def begin() -> None:
        one = Waiting(seconds)
        ending = g.waiting = ExitStack()
        ending.enter_context(waiting(one))
        site = (request.view_args or {}).get("site")
        if (
            request.method == "GET"
            and site is not None
            and request.endpoint not in _SHARED
            and current_user.is_authenticated
        ):
            view = current_user.id, str(request.endpoint), str(site)
            views.begin(view, one, request.full_path)
            ending.callback(views.end, view, one)

    @app.teardown_request
    def end(_problem: BaseException | None) -> None:
        let_go()


def let_go() -> None:
    """Nobody waits any more: what is asked from now on in this request, such as for the page of an error, has its time."""
    ending: ExitStack | None = g.pop("waiting", None)
    if ending is not None:
        ending.close()
