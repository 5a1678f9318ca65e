"""The words of alert rules: triggers, channels, paces, and what numbers they take."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Trigger(StrEnum):
    """What a rule tells. The value is stored; never rename one."""

    VISIT = "visit"
    FIRST_VISIT = "first_visit"
    BACK = "back"
    SEGMENT = "segment"
    SCORE = "score"
    GOAL = "goal"
    OWNER = "owner"
    REMINDER = "reminder"
    SPIKE = "spike"
    DROP = "drop"
    SILENCE = "silence"
    OTHER_DOMAIN = "other_domain"


class Channel(StrEnum):
    """Where to. The value is stored; never rename one."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    SLACK = "slack"
    TEAMS = "teams"
    HUBSPOT = "hubspot"
    PIPEDRIVE = "pipedrive"


class Pace(StrEnum):
    """How often. The value is stored; never rename one."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


# What the number of a rule is, with its least and its most; the other triggers have none.
AMOUNTS: Mapping[Trigger, tuple[int, int, int]] = {
    Trigger.BACK: (1, 365, 30),
    Trigger.SCORE: (1, 100, 70),
    Trigger.SPIKE: (10, 10_000, 200),
    Trigger.DROP: (10, 100, 80),
    Trigger.SILENCE: (1, 720, 6),
}
# Those that are about the site as a whole.
OF_SITE = frozenset({Trigger.SPIKE, Trigger.DROP, Trigger.SILENCE, Trigger.OTHER_DOMAIN})
# Those whose message is a company that is added or brought up to date.
CRMS = frozenset({Channel.HUBSPOT, Channel.PIPEDRIVE})
