"""Two small servers on loopback: the blog whose pages bear the snippet, and the service that records what it sends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ASSETS = Path(__file__).parents[2] / "tracker" / "collector" / "assets"


@dataclass
class Request:
    """One request that the service got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    event: dict[str, Any] | None
    arrived_ms: float = field(default_factory=lambda: time.time() * 1000)

    @property
    def made_ms(self) -> tuple[float, float]:
        """When its event was made, with which the snippet's ids end, and its age; else when the request arrived."""
        event = self.event or {}
        return (int(event["id"][-13:]), event["age"]) if "id" in event else (self.arrived_ms, 0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    answer: Callable[[BaseHTTPRequestHandler], None]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves in the middle of an answer is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        self.server.answer(self)

    do_GET = do_POST = do_OPTIONS = _answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *arguments: Any) -> None:
        """The tests' own output is enough."""


class Host:
    """A server that can be stopped and started again at the same address."""

    def __init__(self) -> None:
        self._port = 0
        self.start()

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.answer = self.answer
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        raise NotImplementedError


def reply(
    request: BaseHTTPRequestHandler, status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None
) -> None:
    request.send_response(status)
    for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


class Service(Host):
    """Answers as the collector does, and keeps every request. `status` is what it answers to an event."""

    def __init__(self) -> None:
        self.status = 202
        self.requests: list[Request] = []
        super().__init__()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        allow = {"Access-Control-Allow-Origin": "*"}
        if request.path.startswith("/js/"):
            script = ASSETS / request.path.removeprefix("/js/").partition("?")[0]
            reply(request, 200, script.read_bytes(), "text/javascript", allow)
            return
        told = body or unquote(request.path.partition("?")[2]).encode()
        event = json.loads(told) if told.startswith(b"{") else None
        self.requests.append(Request(request.command, request.path, dict(request.headers), body, event))
        reply(request, self.status, b"ok", "text/plain", allow)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """What arrived, accepted or not, in the order in which it was made: one request may overtake another."""
        made = sorted(self.requests, key=lambda request: request.made_ms)
        found = [request.event for request in made if request.event is not None]
        return [event for event in found if name is None or event["n"] == name]

    def wait_until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Waits until it holds, or as long as the busiest machine may need."""
        until = time.monotonic() + seconds
        while not holds() and time.monotonic() < until:
            time.sleep(0.01)

    def wait_for(self, name: str, count: int = 1, seconds: float = 30) -> list[dict[str, Any]]:
        """The events of that name, once there are `count` of them. Fails when there are more, or not in time."""
        self.wait_until(lambda: len(self.events(name)) >= count, seconds)
        found = self.events(name)
        assert len(found) == count, f"{len(found)} x {name} and not {count}: {[event['n'] for event in self.events()]}"
        return found

    def settle(self, seconds: float = 0.35) -> list[dict[str, Any]]:
        """Everything that arrived, after a wait in which what should not come would have come.

        It proves nothing of what should come: a busy machine may take longer. `wait_for` waits for that.
        """
        time.sleep(seconds)
        return self.events()


@dataclass
class PageText:
    html: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


class Blog(Host):
    """Serves pages by their path. A path without a page of its own gets the plain article."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.pages: dict[str, PageText] = {}
        super().__init__()

    def snippet(self, attributes: str = "") -> str:
        source = f"{self.service.origin}/js/webleads.js"
        return f'<script defer data-domain="blog.example.fr" {attributes} src="{source}"></script>'

    def article(self, body: str = "", *, attributes: str = "", title: str = "An article", head: str = "") -> str:
        return (
            "<!doctype html><html lang=fr><head><meta charset=utf-8><link rel=icon href='data:,'>"
            f"<title>{title}</title>{head}{self.snippet(attributes)}</head><body><h1>{title}</h1>{body}</body></html>"
        )

    def put(self, path: str, html: str, headers: dict[str, str] | None = None, status: int = 200) -> str:
        """Serves the page there, and returns its address."""
        self.pages[path] = PageText(html, headers or {}, status)
        return self.origin + path

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        request.rfile.read(int(request.headers.get("Content-Length") or 0))
        page = self.pages.get(path) or PageText(self.article())
        reply(request, page.status, page.html.encode(), "text/html; charset=utf-8", page.headers)
