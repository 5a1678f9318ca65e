"""Who sent hits lately, by what the journal's lines say of them: the same bytes are the same sender.

Memory is bounded as that of every cache of what strangers choose. What is kept of a sender holds for a time only: see `forget`.
"""

from __future__ import annotations

from tracker.enrichment.remembered import Latest
from tracker.hit.plain import Sender, decode_sender

# Most hits follow others of their visit. Each takes 2 KB at most.
_SENDERS = 8_192
# As much as browsers say: an IP address, a user agent and the headers that enrichment reads.
_LONGEST = 640


class Senders:
    """The latest senders."""

    def __init__(self) -> None:
        self._senders: Latest[bytes, Sender] = Latest(_SENDERS, "decode_sender")
        self._known = self._senders.get

    def of(self, said: bytes) -> Sender | None:
        """The sender of whom a line says this; None where it says something else."""
        known = self._known(said)
        if known is None:
            known = decode_sender(said)
            if known is not None and len(said) <= _LONGEST and said.isascii():
                known.is_kept = True
                self._senders.keep(said, known)
        return known

    def forget(self) -> None:
        """Forgets all: their salts are gone, or other databases say where they are."""
        self._senders.clear()
