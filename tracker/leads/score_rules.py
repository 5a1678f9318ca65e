"""What earns points on a site besides its visits: its goals, and the pages that somebody reads who thinks of buying."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.db.models import Site
from tracker.stats.goals import Goal, goals_of
from tracker.stats.goals.buying_pages import BuyingPages, buying_pages_of


@dataclass(frozen=True)
class Rules:
    """The goals and the buying pages of a site."""

    goals: tuple[Goal, ...]
    buying_pages: BuyingPages


def rules_of(site: Site) -> Rules:
    """Returns what its publisher said, else the defaults."""
    return Rules(goals_of(site), buying_pages_of(site))


DEFAULT_RULES = rules_of(Site())
