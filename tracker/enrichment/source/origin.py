"""The origin of a visit: a name, a medium, a channel and, for a social network, its kind.

Pure. Owns what follows from the kind of a site. The lists own which kind each site is.
"""

from __future__ import annotations

from typing import NamedTuple

from tracker.enrichment.source.channels import channel_of
from tracker.enrichment.source.social_networks import KIND_BY_NAME, VIDEO, SocialNetwork


class Origin(NamedTuple):
    """A site or app that visitors come from. `category` is its kind of site.

    `medium` and `channel` are those of its visitors without a campaign. `paid` is set for words that only advertisers use
    (`facebook_ads`).
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
    """Returns an origin of a category, with its medium and channel without a campaign."""
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
    """Returns the origin of a social network. Its medium is `social`, also for networks that count as video."""
    return make_origin(network.name, "video" if network.name in VIDEO else "social")._replace(medium="social")


def paid(origin: Origin) -> Origin:
    """Returns the same origin, reached through an advertisement. An origin that is always paid stays unchanged."""
    if origin.paid:
        return origin
    channel = channel_of(origin.name, "cpc", None, origin.category)
    return origin._replace(medium="cpc", channel=channel, paid=True)
