"""Each reverse proxy of deploy/, with the configuration there, before a real service: forged headers and slow clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import proxies, raw_http
from tests.journalled import ip_of
from tests.running_service import ForkedService, RunningService, webleads

SITE = "blog.example.fr"
# The proxies are at 127.0.0.1, which is trusted; these are nobody's proxies.
VISITOR, SLOW_CLIENT = "127.0.0.9", "127.0.0.8"

LIES = {
    "nothing": [],
    "the header": [b"X-Forwarded-For: 6.6.6.6"],
    "the header twice": [b"X-Forwarded-For: 6.6.6.6", b"X-Forwarded-For: 7.7.7.7"],
    "a list": [b"X-Forwarded-For: 6.6.6.6, 127.0.0.1, 127.0.0.1"],
    "a folded name": [b"X_Forwarded_For: 6.6.6.6"],
    "half a folded name": [b"X-Forwarded_For: 6.6.6.6", b"X_Forwarded-For: 6.6.6.6"],
    "both names": [b"X-Forwarded-For: 7.7.7.7", b"X_Forwarded_For: 6.6.6.6"],
    "other headers": [b"X-Real-IP: 6.6.6.6", b"CF-Connecting-IP: 6.6.6.6", b"True-Client-IP: 6.6.6.6"],
    "another standard": [b"Forwarded: for=6.6.6.6"],
    "another standard, a quote left open": [b'Forwarded: for=6.6.6.6;x="'],
    "garbage": [b"X-Forwarded-For: ,,unknown, _hidden, [::1"],
    "no value": [b"X-Forwarded-For:"],
    "a peer": [b"Remote-Addr: 6.6.6.6", b"Remote_Addr: 6.6.6.6", b"webleads.client_ip: 6.6.6.6"],
    "above 0x7F": [b"X-Forwarded-For: \xe9"],
    "above 0x7F in a list": [b"X-Forwarded-For: 6.6.6.6, \xe9, 7.7.7.7"],
    "above 0x7F in two lines": [b"X-Forwarded-For: 6.6.6.6", b"X-Forwarded-For: \xc3\xa9"],
    "a connection's header": [b"Connection: X-Forwarded-For", b"X-Forwarded-For: 6.6.6.6"],
    "a long list": [b"X-Forwarded-For: " + b"6.6.6.6, " * 400 + b"7.7.7.7"],
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    data = tmp_path_factory.mktemp("behind") / "data"
    assert webleads("site", "add", SITE, data=data).returncode == 0
    running = ForkedService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1").start()
    yield running
    running.stop()


@pytest.fixture(scope="module", params=proxies.PROXIES)
def proxy(
    request: pytest.FixtureRequest, service: RunningService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with proxies.running(request.param, folder, service.port) as port:
        yield port


@pytest.mark.parametrize("lie", LIES)
def test_the_recorded_ip_is_the_client_s(
    proxy: int, service: RunningService, lie: str, request: pytest.FixtureRequest
) -> None:
    page = f"/{request.node.callspec.id}/".replace(" ", "-")
    status = raw_http.ask(proxy, raw_http.page_view(page, *LIES[lie]), source=VISITOR)[0]
    if status == 400:  # some proxies refuse what is no header at all
        pytest.skip("this proxy refuses it")
    assert status == 202
    assert ip_of(service.data, page) == VISITOR


def test_clients_that_send_byte_by_byte_hold_up_nobody(proxy: int, service: RunningService) -> None:
    with ExitStack() as open_connections:
        for path in ("/api/event", "/sign-in") * 40:
            client = open_connections.enter_context(raw_http.connect(proxy, source=SLOW_CLIENT))
            client.sendall(raw_http.head("POST", path, 1000) + b"{")
        for page in ("/one/", "/two/", "/three/"):
            assert raw_http.ask(proxy, raw_http.page_view(page), source=VISITOR)[0] == 202
        assert raw_http.ask(proxy, raw_http.head("GET", "/healthz", 0), source=VISITOR)[0] == 200
        assert raw_http.ask(proxy, raw_http.head("POST", "/sign-in", 0), source=VISITOR)[0] == 400  # no token
    assert ip_of(service.data, "/three/") == VISITOR
