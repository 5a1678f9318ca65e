"""A page's figures have their time, and give way to a newer view that the same person asks for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin

from dashboards.web import waiting
from tests.dashboards.web.conftest import Browser
from tracker.store.patience import Interrupted, Superseded, TookTooLong, asker, interruptible


class Person(UserMixin):  # type: ignore[misc]  # flask_login has no types
    def __init__(self, number: int) -> None:
        self.id = number


class Pages:
    """Pages that take as long as they are let, for people whom a header names."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.closing = threading.Event()
        self.app = Flask("pages")
        self.app.secret_key = "only for tests"
        people = LoginManager(self.app)
        people.request_loader(
            lambda asked: Person(int(asked.headers["X-Person"])) if "X-Person" in asked.headers else None
        )
        waiting.register(self.app, 30)
        self.app.add_url_rule("/<site>", "overview", self.page, methods=["GET", "POST"])
        self.app.add_url_rule("/<site>/leads", "leads", self.page)
        self.app.register_error_handler(Interrupted, self.told)
        self.pool = ThreadPoolExecutor(3)

    def page(self, site: str) -> str:
        stopped = threading.Event()
        with interruptible(stopped.set):
            if "quick" in request.args:
                return f"{site} at once"
            self.begun.release()
            while not stopped.wait(0.02):
                if self.closing.is_set():
                    return site
            raise RuntimeError("the engine says that it was stopped")

    def close(self) -> None:
        """Answers those who are still waited for."""
        self.closing.set()

    def told(self, error: Interrupted) -> tuple[str, int]:
        """An error page asks the store, too: how the service is."""
        waiting.let_go()
        with interruptible(lambda: None):
            return type(error).__name__, 503

    def slow(self, path: str, person: int) -> Future[tuple[int, str]]:
        found = self.pool.submit(self.ask, path, person)
        assert self.begun.acquire(timeout=60)
        return found

    def ask(self, path: str, person: int | None, method: str = "GET") -> tuple[int, str]:
        headers = {} if person is None else {"X-Person": str(person)}
        answer = self.app.test_client().open(path, method=method, headers=headers)
        return answer.status_code, answer.text


@pytest.fixture
def pages() -> Iterator[Pages]:
    made = Pages()
    yield made
    made.pool.shutdown()


def test_a_newer_view_of_the_page_ends_the_older(pages: Pages) -> None:
    older = pages.slow("/a.fr?period=12mo", 1)
    assert pages.ask("/a.fr?quick", 1) == (200, "a.fr at once")
    assert older.result(timeout=60) == (503, "Superseded")


def test_a_view_that_was_ended_may_be_asked_for_again_and_ends_no_other(pages: Pages) -> None:
    """So two tabs of one person both get their page."""
    first_tab = pages.slow("/a.fr?period=12mo", 1)
    second_tab = pages.slow("/a.fr?period=30d", 1)
    assert first_tab.result(timeout=60) == (503, "Superseded")
    again = pages.slow("/a.fr?period=12mo", 1)
    assert not second_tab.done()
    assert pages.ask("/a.fr?quick", 1) == (200, "a.fr at once")
    assert second_tab.result(timeout=60) == (503, "Superseded")
    assert not again.done()
    pages.close()
    assert again.result(timeout=60) == (200, "a.fr")


@pytest.mark.parametrize(
    ("path", "person", "method"),
    [
        pytest.param("/a.fr?quick", 2, "GET", id="of-another-person"),
        pytest.param("/b.fr?quick", 1, "GET", id="of-another-site"),
        pytest.param("/a.fr/leads?quick", 1, "GET", id="of-another-page"),
        pytest.param("/a.fr?quick", 1, "POST", id="a-form"),
        pytest.param("/a.fr?quick", None, "GET", id="of-nobody"),
    ],
)
def test_what_is_no_newer_view_of_it_ends_nothing(pages: Pages, path: str, person: int | None, method: str) -> None:
    older = pages.slow("/a.fr", 1)
    assert pages.ask(path, person, method)[0] == 200
    assert not older.done()
    pages.ask("/a.fr?quick", 1)
    assert older.result(timeout=60) == (503, "Superseded")


def test_nobody_waits_once_the_request_is_answered(pages: Pages) -> None:
    pages.ask("/a.fr?quick", 1)
    assert asker() is None


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "This page loads again in a moment"), ("fr", "Cette page se recharge dans un instant")],
)
def test_a_view_that_gave_way_loads_itself_again(
    app: Flask, signed_in: Browser, site: str, language: str, title: str
) -> None:
    def gave_way() -> None:
        raise Superseded("a newer view of this page was asked for")

    app.before_request_funcs.setdefault("overview", []).append(gave_way)
    answer: FlaskClient = signed_in.get(f"/{site}", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["Refresh"]) == (503, "2")
    assert title in answer.text


@pytest.mark.parametrize(
    ("language", "title"), [("en", "These figures took too long"), ("fr", "Ces chiffres ont pris trop de temps")]
)
def test_figures_that_took_too_long_are_told_with_a_remedy(
    app: Flask, signed_in: Browser, site: str, language: str, title: str
) -> None:
    def too_long() -> None:
        raise TookTooLong("the answer took longer than 60 seconds; ask for a shorter period")

    app.before_request_funcs.setdefault("overview", []).append(too_long)
    answer: FlaskClient = signed_in.get(f"/{site}", headers={"Accept-Language": language})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert title in answer.text
