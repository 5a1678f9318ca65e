"""Ingest beside name servers that are slow, dead or lying: it stores every hit, and believes no forged name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.mmdb import write_asn
from tests.name_server import FakeNameServer
from tests.running_service import FIREFOX, keep_hits
from tracker.clock import utc_now
from tracker.hit import Hit, WireEvent
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.schema import events

SITE = "blog.example.fr"
# 198.51.100.0/24 is Example Telecom's in the test database, 192.0.2.0/24 a company's own.
READER, FORGER, OWN_NETWORK = "198.51.100.7", "198.51.100.66", "192.0.2.7"
RECORDS = {
    ("7.100.51.198.in-addr.arpa", "PTR"): ["gw.armor.example."],
    ("gw.armor.example", "A"): [READER],
    ("66.100.51.198.in-addr.arpa", "PTR"): ["www.acme.example."],
    ("www.acme.example", "A"): ["203.0.113.80"],
}
HITS = 3_000


@contextmanager
def service_beside(server: FakeNameServer, folder: Path) -> Iterator[Service]:
    settings = Settings(data=folder, reverse_dns=True, name_server=server.address)
    (folder / "geo").mkdir(parents=True)
    write_asn(folder / "geo" / "asn.mmdb")
    service = Service(settings)
    add_site(service.app_database, SITE, now=utc_now())
    try:
        yield service
    finally:
        service.stop()


def read(service: Service, addresses: Sequence[str], agent: str = FIREFOX) -> None:
    """Each address reads one page, and ingest stores what there is."""
    journal(service, addresses, agent)
    while service.ingest.run_once().lines:
        pass


def journal(service: Service, addresses: Sequence[str], agent: str = FIREFOX) -> None:
    event = WireEvent(name="pageview", url=f"https://{SITE}/", domain=SITE)
    keep_hits(service, (Hit(utc_now().isoformat(), address, agent, event=event) for address in addresses))


def companies(service: Service) -> list[str | None]:
    return [row[0] for row in service.events.rows(select(events.c.company_domain).order_by(events.c.occurred_at))]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def distinct(count: int) -> list[str]:
    return [f"100.64.{number // 250}.{number % 250}" for number in range(count)]


def test_a_dead_server_keeps_no_hit_from_being_stored(tmp_path: Path) -> None:
    with FakeNameServer(silent=True) as server, service_beside(server, tmp_path / "data") as service:
        read(service, distinct(HITS))
        assert companies(service) == [None] * HITS
        # Had the hits waited, each of their addresses had been asked for by now: eight at once, two seconds each.
        assert len({name for name, _ in server.questions}) <= HITS / 10


def test_a_slow_server_keeps_no_hit_from_being_stored(tmp_path: Path) -> None:
    gate = threading.Event()
    with FakeNameServer(RECORDS, gate=gate) as server, service_beside(server, tmp_path / "data") as service:
        read(service, [READER, *distinct(HITS)])
        assert len(companies(service)) == HITS + 1  # and the server has not answered once
        gate.set()


def test_a_visit_after_the_answer_is_the_companys(tmp_path: Path) -> None:
    with FakeNameServer(RECORDS) as server, service_beside(server, tmp_path / "data") as service:
        assert service.names is not None
        read(service, [READER])
        until(lambda: service.names and service.names.counts.named)
        read(service, [READER], agent=FIREFOX.replace("145", "144"))
        assert companies(service) == [None, "armor.example"]


def test_the_first_hit_of_a_running_service_has_its_name(tmp_path: Path) -> None:
    with FakeNameServer(RECORDS) as server, service_beside(server, tmp_path / "data") as service:
        service.start()
        journal(service, [READER])
        until(lambda: companies(service))
        assert companies(service) == ["armor.example"]


def test_a_running_service_stores_hits_beside_a_dead_server(tmp_path: Path) -> None:
    with FakeNameServer(silent=True) as server, service_beside(server, tmp_path / "data") as service:
        service.start()
        assert service.names is not None
        ended = []
        for number, address in enumerate(distinct(5), 1):
            journal(service, [address])
            until(lambda number=number: len(companies(service)) == number)
            ended.append(service.names.counts.unanswered)
        # Were look-ups waited for, each would have ended unanswered before its hit was stored.
        assert any(count < number for number, count in enumerate(ended, 1))


@pytest.mark.parametrize("times", [1, 3])
def test_a_forged_name_is_not_believed(tmp_path: Path, times: int) -> None:
    with FakeNameServer(RECORDS) as server, service_beside(server, tmp_path / "data") as service:
        for _ in range(times):
            read(service, [FORGER])
            until(lambda: ("www.acme.example", "A") in server.questions)
        assert companies(service) == [None] * times


def test_an_address_whose_network_names_the_company_is_not_asked_for(tmp_path: Path) -> None:
    with FakeNameServer(RECORDS) as server, service_beside(server, tmp_path / "data") as service:
        read(service, [OWN_NETWORK])
        assert service.names is not None
        assert service.names.counts.asked == 0
        assert server.questions == []


def test_nothing_is_asked_when_it_is_switched_off(tmp_path: Path) -> None:
    with FakeNameServer(RECORDS) as server:
        service = Service(Settings(data=tmp_path / "data", name_server=server.address))
        add_site(service.app_database, SITE, now=utc_now())
        read(service, [READER])
        service.stop()
        assert server.questions == []
