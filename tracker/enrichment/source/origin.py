"""What sends a visitor: a name, a medium, a channel and, for a social network, its kind.

Pure. Owns what follows from the kind of a site; which site is of which kind is said by the lists.
"""

from __future__ import annotations

from typing import NamedTuple

from tracker.enrichment.source.channels import channel_of
from tracker.enrichment.source.social_networks import KIND_BY_NAME, VIDEO, SocialNetwork


class Origin(NamedTuple):
    """What sends a visitor: `category` is its kind of site, `channel` the one of its visitors when no campaign says more.

    `medium` is the house's word for it; `paid` is set for what only advertisers say (`facebook_ads`).
    """

    name: str
    medium: str
    category: str | None
    channel: str
    social_kind: str | None = None
    paid: bool = False


# Category -> the medium of its visitors. Google Analytics says ai-assistant since May 2026 and referral for the rest;
# a publisher wants to read social, email and video (Plausible, Matomo).
_MEDIUM = {
    "search": "organic",
    "social": "social",
    "video": "video",
    "ai": "ai-assistant",
    "email": "email",
    "ads": "cpc",
    "display": "display",
    "app": "app",
}


def make_origin(name: str, category: str | None) -> Origin:
    """An origin of a category, with the medium and the channel that it has without a campaign."""
    if category is None:
        return Origin(name, "referral", None, "Referral")
    medium = _MEDIUM.get(category or "", "referral")
    if category in ("ads", "display"):
        kind, paid_medium = ("search", "cpc") if category == "ads" else (None, "display")
        return Origin(name, medium, kind, channel_of(name, paid_medium, None, kind), None, paid=True)
    # The channel is that of the kind of site: the house's own word for the medium decides nothing.
    channel = channel_of(name, "organic" if category == "search" else "referral", None, category)
    return Origin(name, medium, category, channel, KIND_BY_NAME.get(name))


def network_origin(network: SocialNetwork) -> Origin:
    """The origin of a social network: its visitors are `social`, also of those that count as video."""
    return make_origin(network.name, "video" if network.name in VIDEO else "social")._replace(medium="social")


def paid(origin: Origin) -> Origin:
    """The same origin, reached through an advertisement; what is only ever that stays as it is."""
    if origin.paid:
        return origin
    channel = channel_of(origin.name, "cpc", None, origin.category)
    return origin._replace(medium="cpc", channel=channel, paid=True)
