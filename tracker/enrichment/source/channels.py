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
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm", "banniere", "bannieres"})
_SOCIAL = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})
_SOURCES_WITH_A_CHANNEL = frozenset({"", "(direct)", "sms", "firebase"})
# Google's own are the first two; Plausible counts newsletters too.
_EMAIL = re.compile(r"e[-_ ]?mail|news[-_ ]?letter|infolettre")
_TOKENS = re.compile(r"[\W_]+")

# `sl` are the sponsored links of Piano Analytics.
_PAID_TOKENS = frozenset(
    "paid sea sem sl ad ads adwords pmax sponsored boosted pub pubs publicite sponsorise sponsorisee sponsorises sponsoring"
    " sponso boost remarketing sma payant payante payants payantes".split()
)
# What an advertisement can be besides, which says more: `display-ads`, `audio_ads`. Google calls `email-ads` email.
_KINDS_OF_ADS = ("Display", "Email", "Audio", "SMS", "Mobile Push Notifications", "Affiliates")
_PAID_SEARCH = frozenset({"sea", "sem", "sl", "adwords", "pmax"})
# Where Google's rules end, by a token of the medium.
_BY_TOKEN = {
    token: channel
    for channel, tokens in (
        ("AI Assistants", "ai llm llms chatbot chatbots ia"),
        ("Display", "display banner banners banniere bannieres habillage programmatic programmatique rtb native"),
        ("Organic Social", "social socials socialmedia socialnetwork organicsocial sociaux reseaux reseau rs smo"),
        (
            "Organic Social",
            "facebook fb instagram insta linkedin twitter tiktok pinterest snapchat whatsapp telegram messenger",
        ),
        ("Organic Video", "youtube"),
        ("SMS", "sms texto textos mms rcs"),
        ("Mobile Push Notifications", "push webpush notif notifs"),
        ("Email", "newsletter newsletters enewsletter emailing emailings mailing mailings mail mails nl edm"),
        ("Email", "infolettre infolettres courriel courriels"),
        ("Affiliates", "affiliate affiliates affiliation affilie affilies affiliee"),
        ("Audio", "audio podcast podcasts radio"),
        ("Organic Search", "seo organic organique search recherche naturel naturelle referencement"),
        (
            "Referral",
            "ref referal referrals backlink backlinks partner partners partenaire partenaires partenariat partnership lien liens",
        ),
    )
    for token in tokens.split()
}
# The words of a medium that name no site: a source that is made of them names none either.
MEDIUM_TOKENS = frozenset(_BY_TOKEN) - frozenset(
    "ai ia facebook fb instagram insta linkedin twitter tiktok pinterest snapchat whatsapp telegram messenger youtube".split()
)
# What a medium can say that a source of ours, which Google's lists do not have, does not outweigh.
_OTHER_WAYS = frozenset(("Email", "SMS", "Audio", "Affiliates", "Mobile Push Notifications"))


def without_accents(text: str) -> str:
    """Returns the text without accents, as many people write words in URLs."""
    if text.isascii():
        return text
    return "".join(letter for letter in normalize("NFKD", text) if not combining(letter))


def channel_of(source: str | None, medium: str | None, campaign: str | None, category: str | None) -> str:
    """Returns the channel of a source, medium and campaign.

    `category` is the kind of site that the source is: search, social, shopping, video, ai, email or None.
    """
    return _channel(_telling_source(source or ""), medium or "", category, _telling_word(campaign))


def names_another_way(medium: str) -> bool:
    """Returns whether a medium means email, SMS, audio, push or an affiliate, whatever the source is."""
    return _channel("other", medium, None, None) in _OTHER_WAYS


# Sources and campaigns are many, and only these words of theirs count.
def _telling_source(source: str) -> str:
    source = source.lower()
    if source in _SOURCES_WITH_A_CHANNEL:
        return source
    return "email" if _EMAIL.search(source) else "other"


def _telling_word(campaign: str | None) -> str | None:
    if not campaign:
        return None
    campaign = campaign.lower()
    if "cross-network" in campaign:
        return "cross-network"
    return "shopping" if "shop" in campaign and _SHOPPING_CAMPAIGN.search(campaign) else "other"


@lru_cache(maxsize=4096)
def _channel(source: str, medium: str, category: str | None, campaign: str | None) -> str:
    medium = without_accents(medium.lower()).strip()
    if source in ("", "(direct)") and medium in ("", "(none)", "(not set)") and not campaign:
        return "Direct"
    if campaign == "cross-network" or medium == "cross-network":
        return "Cross-network"
    tokens = frozenset(_TOKENS.split(medium))
    shopping = category == "shopping" or campaign == "shopping"
    if "cp" in medium or _PAID.fullmatch(medium):
        return _paid(category, medium, tokens, shopping=shopping)
    if not _PAID_TOKENS.isdisjoint(tokens):
        kind = _kind_of_medium(source, medium, tokens)
        return kind if kind in _KINDS_OF_ADS else _paid(category, medium, tokens, shopping=shopping)
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
    return _kind_of_medium(source, medium, tokens) or ("Email" if category == "email" else "Unassigned")


def _kind_of_medium(source: str, medium: str, tokens: frozenset[str]) -> str | None:
    """Returns the channel by the words of a medium, or of a source that consists of such words; None without one."""
    if source == "email" or _EMAIL.search(medium):
        return "Email"
    exact = {"affiliate": "Affiliates", "audio": "Audio", "sms": "SMS"}
    if medium in exact or source == "sms":
        return exact.get(medium, "SMS")
    if medium.endswith("push") or "mobile" in medium or "notification" in medium or source == "firebase":
        return "Mobile Push Notifications"
    return next((channel for token, channel in _BY_TOKEN.items() if token in tokens), None)
