"""What the cascade finds: an organisation with how it was identified."""

from __future__ import annotations

from typing import NamedTuple


class Company(NamedTuple):
    """An organisation with how it was identified; `confidence` is 0–1.

    `evidence` is the text that is stored: `tracker.enrichment.company.evidence` reads it.
    """

    name: str
    domain: str | None
    method: str
    evidence: str
    confidence: float
