"""From a blog page to the dashboard: a real browser, a real service, nothing in between made up."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.running_service import ForkedService, RunningService, free_port, webleads
from tests.webhook_server import Hooks, hook_server

NewContext = Callable[..., BrowserContext]
PASSWORD = "un mot de passe assez long"
PAGE = """<!doctype html><html lang="fr"><head><title>Publier au bon moment &lt;b&gt;vite&lt;/b&gt;</title>
<script defer data-domain="localhost" src="{url}/js/webleads.js"></script></head><body><p>Bonjour</p></body></html>"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    data = tmp_path / "data"
    data.mkdir()
    (data / "networks.csv").write_text("network,name,domain\n203.0.113.0/24,Armor,armor.example\n", encoding="utf-8")
    running = RunningService(
        data,
        WEBLEADS_SCHEDULER="yes",
        WEBLEADS_PRIVATE_TARGETS="127.0.0.1",
        WEBLEADS_TRUSTED_PROXIES="127.0.0.1",
    )
    yield running.start()
    running.stop()


@pytest.fixture
def blog(tmp_path: Path, service: RunningService) -> Iterator[str]:
    folder = tmp_path / "blog"
    folder.mkdir()
    (folder / "article.html").write_text(PAGE.format(url=service.url), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_server() as running:
        yield running


def test_a_visit_in_chromium_is_in_the_dashboard_and_causes_the_webhook(
    new_context: NewContext, new_visitor: NewContext, service: RunningService, blog: str, hooks: Hooks
) -> None:
    link = re.search(r"/setup/\S+", service.log.read_text())
    assert link is not None
    publisher = new_context(locale="fr-FR").new_page()
    publisher.goto(service.url + link[0])
    publisher.fill("input[name=email]", "anna@example.fr")
    for field in publisher.query_selector_all("input[type=password]"):
        field.fill(PASSWORD)
    publisher.press("input[name=email]", "Enter")
    publisher.wait_for_url(lambda url: "/setup/" not in url)
    publisher.fill("input[name=domain]", "localhost")
    publisher.press("input[name=domain]", "Enter")
    publisher.get_by_text("webleads.js").first.wait_for()
    publisher.goto(f"{service.url}/localhost/alerts")
    publisher.fill("input[name=name]", "Anybody")
    publisher.select_option("select[name=channel]", "webhook")
    publisher.fill("input[name=target]", hooks.url + "/told")
    publisher.press("input[name=target]", "Enter")
    publisher.locator(".device-name").get_by_text("Anybody").wait_for()
    told = threading.Event()
    hooks.answer = lambda _: (told.set() or 204, {})

    reader = new_visitor(extra_http_headers={"X-Forwarded-For": "203.0.113.7"})
    page = reader.new_page()
    page.goto(blog + "/article.html", referer="https://www.linkedin.com/feed/")
    sent_at = time.monotonic()

    publisher.goto(f"{service.url}/localhost")
    # The panels are read one after the other, so the first page that has the article may lack the rest.
    expected = ("Publier au bon moment <b>vite</b>", "LinkedIn", "Ordinateur")
    while not all(words in (shown := publisher.inner_text("main")) for words in expected):
        assert time.monotonic() - sent_at < 60, shown
        publisher.wait_for_timeout(200)
        publisher.reload()
    reader.close()

    assert told.wait(120), service.log.read_text()
    (one,) = hooks.received
    (alert,) = json.loads(one.body)["data"]["alerts"]
    assert (one.path, alert["company"]["name"], alert["source"]) == ("/told", "Armor", "LinkedIn")
    print(f"the webhook came {time.monotonic() - sent_at:.1f} s after the page, at the latest")


def test_a_second_service_on_the_same_folder_says_so_and_ends(service: RunningService) -> None:
    second = webleads("serve", "--port", str(free_port()), data=service.data)
    assert second.returncode == 2
    assert "in use by another webleads" in second.stderr
    assert service.get("/healthz")[0] == 200


def test_commands_ask_the_service_that_runs(service: RunningService) -> None:
    assert webleads("site", "add", "a.fr", data=service.data).returncode == 0
    assert service.post({"n": "pageview", "u": "https://a.fr/x", "d": "a.fr"})[0] == 202
    query = '{"metrics": ["pageviews"], "date_range": "today"}'
    deadline = time.monotonic() + 60
    while (
        '"metrics": [\n        1\n      ]'
        not in (answer := webleads("query", "--site", "a.fr", query, data=service.data)).stdout
    ):
        assert time.monotonic() < deadline, answer.stdout + answer.stderr
    assert (service.data / "service.json").stat().st_mode & 0o077 == 0


def test_operations_are_for_those_who_hold_the_key(service: RunningService) -> None:
    assert service.get("/operations/leads")[0] in (404, 405)
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    connection.request(
        "POST",
        "/operations/leads",
        b'{"site":"a.fr","period":"7d"}',
        {"Content-Type": "application/json", "X-Webleads-Key": "guess"},
    )
    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param(b"", 400, "empty", id="empty"),
        pytest.param(b"{", 400, "not valid JSON", id="invalid-json"),
        pytest.param(
            b'{"n":"pageview","u":"https://a.fr/","t":"' + b"x" * 300_000 + b'"}',
            413,
            "at most",
            id="three-hundred-kilobytes",
        ),
        pytest.param(b'{"name":"pageview","url":7}', 400, "is none of a page", id="number-for-url"),
        pytest.param(b'{"name":"pageview","url":"javascript:alert(1)"}', 400, "is none of a page", id="javascript"),
        pytest.param(b'{"name":"\xff","url":"https://a.fr/"}', 202, "ok", id="another-encoding"),
        pytest.param(b'{"url":"https://a.fr/"}', 400, "`name` is missing", id="no-name"),
    ],
)
def test_bad_input_is_named_by_the_real_server(running: RunningService, body: bytes, status: int, words: str) -> None:
    answered, answer = running.post(body)
    assert answered == status
    assert words in answer.decode()
    assert running.post({"n": "pageview", "u": "https://a.fr/"})[0] == 202


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    service = ForkedService(tmp_path_factory.mktemp("service") / "data").start()
    yield service
    assert service.stop() == 0
