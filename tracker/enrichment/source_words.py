"""What the word means that a campaign gives as its source (`utm_source`, `ref` and their like).

Pure but for the data files behind the lists.
"""

from __future__ import annotations

from functools import lru_cache

from tracker.enrichment.channels import channel_of
from tracker.enrichment.origin import Origin, make_origin, paid
from tracker.enrichment.origins import origin_of_host
from tracker.enrichment.source_lists import SEPARATORS, source_lists

_PAID_TOKENS = frozenset(
    "ad ads adv advert adverts advertising paid cpc ppc pmax sea sem sponsored publicite retargeting demandgen boost".split()
)
_MAIL_TOKENS = frozenset(
    "newsletter newsletters email emails emailing emailings mail mails mailing mailer infolettre nl newsletterfr enews"
    " lettre".split()
)
_MEDIUM_TOKENS = frozenset(
    "paid cpc ppc sea sem seo search social socials media network organic video display banner brand nonbrand non unbrand"
    " branded sms push affiliate affiliates audio notification programmatic native".split()
)
_ADS_WORDS = {
    "adwords": "google",
    "googleadwords": "google",
    "googleads": "google",
    "gads": "google",
    "bingads": "bing",
    "microsoft": "bing",
    "microsoftads": "bing",
    "facebookads": "facebook",
    "fbads": "facebook",
    "metaads": "facebook",
    "instagramads": "instagram",
    "linkedinads": "linkedin",
    "tiktokads": "tiktok",
    "youtubeads": "youtube",
    "ytads": "youtube",
    "twitterads": "x",
    "snapads": "snapchat",
    "pinterestads": "pinterest",
    "redditads": "reddit",
}
# Words that mean their network also as the first of several (`Facebook_Mobile_Feed`); others are everyday words too.
_LEADING = frozenset(
    "facebook fb instagram ig insta linkedin twitter youtube yt tiktok pinterest snapchat whatsapp messenger reddit telegram"
    " bluesky mastodon viadeo xing quora tumblr google bing yahoo duckduckgo ecosia qwant yandex baidu chatgpt openai"
    " perplexity claude gemini copilot deepseek amazon criteo taboola outbrain mailchimp brevo sendinblue meta".split()
)


@lru_cache(maxsize=8192)
def origin_of_word(word: str) -> Origin:
    """What a campaign's source word means: `fb` is Facebook, `newsletter` is itself, `facebook_ads` was paid."""
    lower = word.lower()
    if "." in lower and " " not in lower:
        host = lower.partition("://")[2] or lower
        host = host.partition("/")[0].removeprefix("www.")
        origin, _ = origin_of_host(host)
        if origin.name != host or origin.category is not None:
            return origin
    plain = SEPARATORS.sub("_", lower).strip("_")
    known = _known_word(lower) or _known_word(plain)
    if known is not None:
        return known
    tokens = plain.split("_")
    unpaid = [token for token in tokens if token not in _PAID_TOKENS]
    if len(unpaid) < len(tokens):
        known = _known_word("_".join(unpaid)) or (_known_word(unpaid[0]) if unpaid and unpaid[0] in _LEADING else None)
        if known is not None:
            return paid(known)
    if tokens[0] in _LEADING:
        known = _known_word(tokens[0])
    if known is not None:
        return known
    if not _MAIL_TOKENS.isdisjoint(tokens):
        return make_origin(word, "email")
    return _as_medium(word, tokens) or _unknown_word(word)


def _unknown_word(word: str) -> Origin:
    """A word that names nothing known: Google's rules for a source decide (`sms`, `firebase`), else it is a referral."""
    word = word[4:] if word[:4].lower() == "www." else word
    channel = channel_of(word, None, None, None)
    return make_origin(word, None)._replace(channel="Referral" if channel == "Unassigned" else channel)


def _as_medium(word: str, tokens: list[str]) -> Origin | None:
    """What a source means that is only a medium's words: `paid_search` and `display` name no site."""
    plain = {token.removeprefix("paid") or "paid" for token in tokens}
    if not plain <= _MEDIUM_TOKENS:
        return None
    is_paid = not _PAID_TOKENS.isdisjoint(tokens) or any(token.startswith("paid") for token in tokens)
    category = next((kind for kind in ("search", "social", "video") if kind in plain), None)
    if not plain.isdisjoint(("sea", "sem", "seo")):
        category = "search"
    if not is_paid and category is None:
        channel = channel_of(word, word, None, None)
        return make_origin(word, None)._replace(channel="Referral" if channel == "Unassigned" else channel)
    origin = make_origin(word, category)
    return paid(origin) if is_paid else origin


def _known_word(word: str) -> Origin | None:
    if word in _ADS_WORDS:
        return paid(source_lists().words[_ADS_WORDS[word]])
    return source_lists().words.get(word)
