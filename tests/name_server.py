"""A name server on loopback whose answers a test sets: right, false, slow or none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tracker.settings import NameServer


class FakeNameServer:
    """Answers over UDP. `records` maps (name, type) to values. Other names do not exist (NXDOMAIN).

    `silent`: never answers. `gate`: waits for it before each answer.
    """

    def __init__(
        self,
        records: Mapping[tuple[str, str], list[str]] | None = None,
        *,
        silent: bool = False,
        gate: threading.Event | None = None,
        rcode: dns.rcode.Rcode | None = None,
    ) -> None:
        self._records = {(name.lower(), kind): values for (name, kind), values in (records or {}).items()}
        self._silent = silent
        self._gate = gate
        self._rcode = rcode
        self.questions: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> NameServer:
        return NameServer("127.0.0.1", self._socket.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._gate is not None:
            self._gate.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                packet, sender = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            query = dns.message.from_wire(packet)
            [question] = query.question
            name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
            self.questions.append((name, kind))
            if self._silent:
                continue
            if self._gate is not None:
                self._gate.wait()
            answer = dns.message.make_response(query)
            values = self._records.get((name, kind))
            if self._rcode is not None:
                answer.set_rcode(self._rcode)
            elif values is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif values:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
            self._socket.sendto(answer.to_wire(), sender)
