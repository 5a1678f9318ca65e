"""The door answers hits that come whole, and carries everything else to granian, without anyone's noticing."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests import raw_http
from tests.journalled import ip_of, kept_hits
from tests.running_service import RunningService, webleads
from tests.server.carried import carried_through_a_tunnel
from tracker.server.tunnels import Answer, Peers

SITE = "blog.example.fr"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    data = tmp_path_factory.mktemp("door") / "data"
    assert webleads("site", "add", SITE, data=data).returncode == 0
    running = RunningService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1").start()
    yield running
    running.stop()


def is_of_the_door(answer: bytes) -> bool:
    """granian names itself in each answer."""
    return b"\r\nserver: granian" not in answer.lower()


@pytest.mark.parametrize(
    ("changed", "is_at_the_door"),
    [
        pytest.param((b"", b""), True, id="plain"),
        pytest.param((b"HTTP/1.1", b"HTTP/1.0"), True, id="of-an-old-proxy"),
        pytest.param((b"Host:", b"Connection: close\r\nHost:"), True, id="the-last"),
        pytest.param((b"Host:", b"X-Forwarded-For: 203.0.113.9\r\nHost:"), True, id="of-a-proxy"),
        pytest.param((b"Host:", b"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.9\r\nHost:"), False, id="a-header-twice"),
        pytest.param((b"Host:", b"X_Forwarded_For: 6.6.6.6\r\nHost:"), False, id="underscore"),
        pytest.param((b"Host:", b"X-A: \xc3\xa9\r\nHost:"), False, id="beyond-ascii"),
        pytest.param((b"Host:", b"TE: trailers\r\nHost:"), False, id="another-way-of-bodies"),
        pytest.param((b"Host:", b"Connection: upgrade\r\nHost:"), False, id="another-connection"),
        pytest.param((b"/api/event", b"/api/event?a=b"), False, id="a-query"),
    ],
)  # fmt: skip
def test_a_hit_is_kept_whoever_answers(
    service: RunningService, changed: tuple[bytes, bytes], *, is_at_the_door: bool, request: pytest.FixtureRequest
) -> None:
    page = f"/{request.node.callspec.id}/"
    with raw_http.connect(service.port) as client:
        client.sendall(raw_http.page_view(page).replace(*changed, 1))
        status, answer = raw_http.read_answer(client)
    assert (status, answer[-2:], is_of_the_door(answer)) == (202, b"ok", is_at_the_door)
    assert ip_of(service.data, page) == ("203.0.113.9" if b"203.0.113.9" in changed[1] else "127.0.0.1")


def test_a_connection_comes_back_to_the_door_once_another_request_is_answered(service: RunningService) -> None:
    with raw_http.connect(service.port) as client:
        answers = []
        for request in (
            raw_http.page_view("/first/"),
            raw_http.page_view("/second/"),
            raw_http.head("GET", "/healthz", 0),
            raw_http.page_view("/third/"),
        ):
            client.sendall(request)
            answers.append(raw_http.read_answer(client))
    assert [status for status, _ in answers] == [202, 202, 200, 202]
    assert [is_of_the_door(answer) for _, answer in answers] == [True, True, False, True]


def test_a_connection_stays_with_granian_where_the_end_of_an_answer_is_not_plain(service: RunningService) -> None:
    with raw_http.connect(service.port) as client:
        client.sendall(raw_http.head("OPTIONS", "/api/event", 0))
        assert client.recv(65_536).startswith(b"HTTP/1.1 204 ")
        client.sendall(raw_http.page_view("/after/"))
        status, answer = raw_http.read_answer(client)
    assert (status, is_of_the_door(answer)) == (202, False)


@pytest.mark.parametrize("pieces", [1, 7, 4_000])
@pytest.mark.parametrize(
    ("answer", "is_whole"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: granian\r\nContent-Length: 5\r\n\r\nabcde", True),
        (b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /\r\n\r\n", True),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 1\r\n\r\na", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcd", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcdef", False),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na", False),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", False),
        (b"HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n", False),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", False),
    ],
)
def test_an_answer_is_whole_at_its_length_and_in_no_other_case(answer: bytes, pieces: int, *, is_whole: bool) -> None:
    followed = Answer()
    for start in range(0, len(answer), pieces):
        followed.see(answer[start : start + pieces])
    assert followed.is_whole is is_whole


def test_hits_in_pieces_or_two_at_once_are_kept(service: RunningService) -> None:
    hit = raw_http.page_view("/pieces/")
    with raw_http.connect(service.port) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(hit[:60])
        client.sendall(hit[60:])
        assert raw_http.read_answer(client)[0] == 202
    with raw_http.connect(service.port) as client:
        last = raw_http.page_view("/other/").replace(b"Host:", b"Connection: close\r\nHost:", 1)
        client.sendall(raw_http.page_view("/one/") + last)
        answers = b"".join(iter(lambda: client.recv(65_536), b""))
    assert answers.count(b"HTTP/1.1 202 ") == 2
    pages = {hit.event.page_url for hit in kept_hits(service.data)}
    assert {f"https://{SITE}/{page}/" for page in ("pieces", "one", "other")} <= pages


def test_an_answer_as_large_as_a_page_comes_whole(service: RunningService) -> None:
    whole = raw_http.ask(service.port, raw_http.head("GET", "/js/webleads.js", 0))
    assert whole[0] == 200
    length = int(whole[1].lower().partition(b"content-length: ")[2].partition(b"\r")[0])
    assert len(whole[1].partition(b"\r\n\r\n")[2]) == length > 1000


def sender_of(peers: Peers, client: str) -> str:
    with socket.socket() as connection:
        return peers.bind(connection, client)


def test_a_client_that_leaves_at_once_is_not_taken_for_another() -> None:
    peers = Peers()
    senders = [sender_of(peers, f"203.0.113.{number}") for number in range(3)]
    peers.leave(senders[0])
    assert [peers.of(sender) for sender in senders] == ["203.0.113.0", "203.0.113.1", "203.0.113.2"]
    assert len({sender.partition(":")[0] for sender in senders}) == 3
    peers.end(senders[1])
    assert peers.of(senders[1]) == "", "granian is done with it, so that another program may have its sender next"


def test_a_program_of_this_machine_that_finds_granian_s_port_is_nobody() -> None:
    peers = Peers()
    ip, _, port = sender_of(peers, "127.0.0.1").partition(":")
    assert [peers.of(sender) for sender in ("127.0.0.1:4000", f"127.0.0.1:{port}", f"{ip}:{int(port) ^ 1}")] == [""] * 3


def test_of_clients_that_left_only_the_latest_are_remembered_and_not_for_long() -> None:
    now = 0.0
    peers = Peers(monotonic=lambda: now)
    first, stays, last = (sender_of(peers, "203.0.113.1") for _ in range(3))
    peers.leave(first)
    for number in range(16_384 - 1):
        peers.leave(f"127.9.9.9:{number}")
    peers.leave(last)
    assert (peers.of(first), peers.of(stays), peers.of(last)) == ("", "203.0.113.1", "203.0.113.1")
    now = 6.0
    peers.forget()
    assert (peers.of(stays), peers.of(last)) == ("203.0.113.1", "")


def test_bytes_go_both_ways_as_they_are_and_to_their_end() -> None:
    sent = bytes(range(256)) * 4_000
    assert carried_through_a_tunnel(sent, answer=sent[::-1]) == (sent, sent[::-1])
