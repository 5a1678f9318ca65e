"""Google Analytics 4's default channel groups, in its order, and `AI Assistants` in front of the unpaid ones.

Source: https://support.google.com/analytics/answer/9756891, rules quoted in dbt-ga4's default_channel_grouping. What
those rules leave unassigned, ours below read the way marketers write it (`social-paid`, `sea`, `newsletter`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, normalize

# Google's expressions are `^(.*cp.*|ppc|retargeting|paid.*)$` and `^(.*(([^a-df-z]|^)shop|shopping).*)$`.
_PAID = re.compile(r"ppc|retargeting|paid.*", re.DOTALL)
_SHOPPING_CAMPAIGN = re.compile(r"(?:[^a-df-z]|^)shop|shopping")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})
_TELLING_SOURCES = frozenset({"", "(direct)", "sms", "firebase"})
_EMAIL = re.compile(r"e[-_ ]?mail")
_TOKENS = re.compile(r"[\W_]+")

# `sl` are the sponsored links of Piano Analytics.
_PAID_TOKENS = frozenset(
    "paid sea sem sl ad ads adwords pmax sponsored boosted pub pubs publicite sponsorise sponsorisee sma".split()
)
_PAID_SEARCH = frozenset({"sea", "sem", "sl", "adwords", "pmax"})
# Where Google's rules end, by a token of the medium.
_BY_TOKEN = {
    "display": "Display",
    "banner": "Display",
    "banners": "Display",
    "banniere": "Display",
    "bannieres": "Display",
    "habillage": "Display",
    "programmatic": "Display",
    "programmatique": "Display",
    "rtb": "Display",
    "native": "Display",
    "social": "Organic Social",
    "socials": "Organic Social",
    "socialmedia": "Organic Social",
    "reseaux": "Organic Social",
    "reseau": "Organic Social",
    "smo": "Organic Social",
    **dict.fromkeys(
        "facebook fb instagram insta linkedin twitter tiktok pinterest snapchat whatsapp telegram messenger".split(),
        "Organic Social",
    ),
    "youtube": "Organic Video",
    "newsletter": "Email",
    "newsletters": "Email",
    "emailing": "Email",
    "mailing": "Email",
    "mail": "Email",
    "infolettre": "Email",
    "courriel": "Email",
    "nl": "Email",
    "seo": "Organic Search",
    "organic": "Organic Search",
    "affiliates": "Affiliates",
    "affiliation": "Affiliates",
    "podcast": "Audio",
    "backlink": "Referral",
    "partner": "Referral",
    "partners": "Referral",
    "partenaire": "Referral",
    "partenaires": "Referral",
    "partenariat": "Referral",
}


def without_accents(text: str) -> str:
    """A text as those write it who cannot trust what becomes of an accent in an address."""
    if text.isascii():
        return text
    return "".join(letter for letter in normalize("NFKD", text) if not combining(letter))


def channel_of(source: str | None, medium: str | None, campaign: str | None, category: str | None) -> str:
    """The channel of a source, medium and campaign.

    `category` is what kind of site the source is: search, social, shopping, video, ai, email or None.
    """
    return _channel(_telling_source(source or ""), medium or "", category, _telling_word(campaign))


# Sources and campaigns are many, and only these words of theirs count.
def _telling_source(source: str) -> str:
    source = source.lower()
    if source in _TELLING_SOURCES:
        return source
    return "email" if "mail" in source and _EMAIL.search(source) else "other"


def _telling_word(campaign: str | None) -> str | None:
    if not campaign:
        return None
    campaign = campaign.lower()
    if "cross-network" in campaign:
        return "cross-network"
    return "shopping" if "shop" in campaign and _SHOPPING_CAMPAIGN.search(campaign) else "other"


@lru_cache(maxsize=4096)
def _channel(source: str, medium: str, category: str | None, campaign: str | None) -> str:
    medium = medium.lower()
    if source in ("", "(direct)") and medium in ("", "(none)", "(not set)") and not campaign:
        return "Direct"
    if campaign == "cross-network" or medium == "cross-network":
        return "Cross-network"
    tokens = frozenset(_TOKENS.split(without_accents(medium)))
    shopping = category == "shopping" or campaign == "shopping"
    if "cp" in medium or _PAID.fullmatch(medium) or not _PAID_TOKENS.isdisjoint(tokens):
        return _paid(category, medium, tokens, shopping=shopping)
    if medium in _DISPLAY:
        return "Display"
    return _unpaid(source, medium, category, tokens, shopping=shopping)


def _paid(category: str | None, medium: str, tokens: frozenset[str], *, shopping: bool) -> str:
    if shopping:
        return "Paid Shopping"
    kinds = {"search": "Paid Search", "social": "Paid Social", "video": "Paid Video"}
    if category in kinds:
        return kinds[category]
    if medium in _DISPLAY:
        return "Display"
    return "Paid Other" if _PAID_SEARCH.isdisjoint(tokens) else "Paid Search"


def _unpaid(source: str, medium: str, category: str | None, tokens: frozenset[str], *, shopping: bool) -> str:
    if category == "ai" or medium == "ai-assistant":
        return "AI Assistants"
    if shopping:
        return "Organic Shopping"
    if category == "social" or medium in _SOCIAL:
        return "Organic Social"
    if category == "video" or "video" in medium:
        return "Organic Video"
    if category == "search" or medium == "organic":
        return "Organic Search"
    if medium in ("referral", "app", "link"):
        # Google does not know webmail.
        return "Email" if category == "email" else "Referral"
    if source == "email" or _EMAIL.search(medium):
        return "Email"
    exact = {"affiliate": "Affiliates", "audio": "Audio", "sms": "SMS"}
    if medium in exact or source == "sms":
        return exact.get(medium, "SMS")
    if medium.endswith("push") or "mobile" in medium or "notification" in medium or source == "firebase":
        return "Mobile Push Notifications"
    by_token = next((channel for token, channel in _BY_TOKEN.items() if token in tokens), None)
    return by_token or ("Email" if category == "email" else "Unassigned")
