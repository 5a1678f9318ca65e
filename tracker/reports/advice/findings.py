"""The shapes of advice: what was found, and what it would take where there are too few visits to find anything.

The words are dashboards.presentation.advice's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One advice: its code, the facts that its words take, and the `visits` that it rests on."""

    code: str
    visits: int
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """A kind of advice (`code`) that there are too few visits for: what there is, and what it would take."""

    code: str
    has: int
    needed: int
