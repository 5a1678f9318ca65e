"""Google Analytics 4's default channel groups, in its order, and `AI Assistants` in front of `Referral`.

Source: https://support.google.com/analytics/answer/9756891, rules quoted in dbt-ga4's default_channel_grouping.
"""

from __future__ import annotations

import re

_PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
_SHOPPING_CAMPAIGN = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media", "paid_social"})
_EMAIL = re.compile(r"e[-_ ]?mail")


def channel_of(source: str | None, medium: str | None, campaign: str | None, category: str | None) -> str:
    """The channel of a source, medium and campaign.

    `category` is what kind of site the source is: search, social, shopping, video, ai, email or None.
    """
    source, medium, campaign = (source or "").lower(), (medium or "").lower(), (campaign or "").lower()
    if not source and not medium and not campaign:
        return "Direct"
    if "cross-network" in campaign:
        return "Cross-network"
    paid = bool(_PAID.match(medium))
    shopping = category == "shopping" or bool(_SHOPPING_CAMPAIGN.match(campaign))
    if paid and medium not in _DISPLAY:
        kinds = {"search": "Paid Search", "social": "Paid Social", "video": "Paid Video"}
        return "Paid Shopping" if shopping else kinds.get(category or "", "Paid Other")
    if medium in _DISPLAY:
        return "Display"
    return _unpaid(source, medium, category, shopping=shopping)


def _unpaid(source: str, medium: str, category: str | None, *, shopping: bool) -> str:
    if shopping:
        return "Organic Shopping"
    if category == "ai":
        return "AI Assistants"
    if category == "social" or medium in _SOCIAL:
        return "Organic Social"
    if category == "video" or "video" in medium:
        return "Organic Video"
    if category == "search" or medium == "organic":
        return "Organic Search"
    if category == "email" or _EMAIL.search(source) or _EMAIL.search(medium):
        return "Email"
    if medium in ("referral", "app", "link"):
        return "Referral"
    exact = {"affiliate": "Affiliates", "audio": "Audio", "sms": "SMS"}
    if medium in exact or source == "sms":
        return exact.get(medium, "SMS")
    if medium.endswith("push") or "mobile" in medium or "notification" in medium or source == "firebase":
        return "Mobile Push Notifications"
    return "Unassigned"
