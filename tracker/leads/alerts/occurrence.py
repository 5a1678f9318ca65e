"""What a trigger finds: something that happened, by the key under which it is told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.leads.alerts.look import Look, Watched


@dataclass(frozen=True)
class Occurrence:
    """Something that a rule tells, once for each `key`; `facts` are plain values, None for what is not known."""

    key: str
    happened_at: datetime
    company: Watched | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def of_day(look: Look, company: Watched, at: datetime) -> str:
    """The key of what is told at most once a company and day."""
    return f"{company.id} {look.day(at)}"
