"""Why a hit is not counted: a closed list, so that every missing hit has a reason a publisher can read."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class DropReason(StrEnum):
    """One reason a hit was kept out of the event store. The value is stored and shown; never rename one."""

    UNKNOWN_SITE = "unknown_site"
    BOT = "bot"
    SCANNER = "scanner"
    REFERRER_SPAM = "referrer_spam"
    EXCLUDED_IP = "excluded_address"
    INVALID_URL = "invalid_url"
    INVALID_HIT = "invalid_hit"
    TOO_OLD = "too_old"
    DUPLICATE = "duplicate"
    NO_VISIT = "no_visit"
    OPTED_OUT = "opted_out"
    DEVELOPMENT_HOST = "development_host"
    STAGING_HOST = "staging_host"
    SAME_PAGE = "same_page"
    EXCLUDED_PAGE = "excluded_page"


class Drop(NamedTuple):
    """A hit that is not counted: `detail` is a short word for people (a bot's name, the host), never an IP address."""

    reason: DropReason
    detail: str = ""
