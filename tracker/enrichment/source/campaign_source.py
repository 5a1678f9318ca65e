"""What the word means that a campaign gives as its source (`utm_source`, `ref` and their like).

Pure but for the data files behind the lists.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.source.channels import MEDIUM_TOKENS, channel_of, without_accents
from tracker.enrichment.source.host_origins import origin_of_host
from tracker.enrichment.source.origin import Origin, make_origin, paid
from tracker.enrichment.source.registry import SEPARATORS, source_lists

_PAID_TOKENS = frozenset(
    "paid ad ads adv advert adverts advertising cpc ppc pmax sea sem sponsored promoted boosted boost publicite"
    " retargeting remarketing demandgen adwords".split()
)
_MAIL_TOKENS = frozenset(
    "newsletter newsletters email emails emailing emailings mail mails mailing mailings mailer infolettre nl newsletterfr"
    " enews enewsletter eblast edm digest lettre courriel courriels".split()
)
_MEDIUM_TOKENS = MEDIUM_TOKENS | frozenset(
    "paid payant payante cpc ppc sea sem media network video videos brand nonbrand non unbrand branded notification"
    " notifications ctv ott".split()
)
# A newsletter, with or without something attached: `newsletter2026`, `weeklynewsletter`, `NL2610`.
_NEWSLETTER = re.compile(r"newsletter|infolettre|e?mailing|(?<![a-z])nl\d+")
# Words that name a channel beside another name: `sms-mars`, `podcast_12`.
_CHANNEL_WORDS = frozenset("sms texto mms rcs push webpush podcast podcasts affiliate affiliates affiliation".split())
_ASSISTANTS = frozenset(("ai_assistant", "ai_assistants"))
# Advertising on televisions that are connected.
_TELEVISION = frozenset(("ctv", "ott"))
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
    "gad": "google",
    "gads_search": "google",
    "googledisplay": "google_display",
    "pmax": "google",
    "performance_max": "google",
    "demandgen": "google",
    "demand_gen": "google",
    "discovery_ads": "google",
    "msads": "bing",
    "msft": "bing",
    "audience_network": "facebook",
    "audiencenetwork": "facebook",
    "fban": "facebook",
}
# What stands glued to a network's name where it was an advertisement (`fbad`, `igads`, `linkedincpc`).
_GLUED = re.compile(
    r"(?:(?P<name>[a-z]{1,12}?)_?(?:ads?|adv|adverts?|cpc|ppc|paid)|(?:ads|paid)_?(?P<behind>[a-z]{2,12}))"
)
# Where on a network a link stood, glued to its name: `linkedinpost`, `igstory`.
_PLACE_GLUED = re.compile(
    r"(?P<name>[a-z]{2,12}?)(?:posts?|story|stories|bio|reels?|pages?|groups?|feed|shorts|organic|readme)"
)
# Short forms that stand for a network with such a word only, or are read as nothing else.
_SHORT = {
    "tw": "x",
    "twt": "x",
    "twttr": "x",
    "tt": "tiktok",
    "ttk": "tiktok",
    "lnkd": "linkedin",
    "lkd": "linkedin",
    "ln": "linkedin",
    "ytb": "youtube",
    "msgr": "messenger",
    "pins": "pinterest",
}
_SHORT_OF_ADS = {
    "ms": "bing",
    "microsoft": "bing",
    "msft": "bing",
    "g": "google",
    "x": "x",
    "sc": "snapchat",
    "rd": "reddit",
    "pin": "pinterest",
    "am": "amazon",
    "amz": "amazon",
    "li": "linkedin",
    "vk": "vk",
}
# Words that mean their network also as the first of several (`Facebook_Mobile_Feed`); others are everyday words too.
_LEADING = frozenset(
    "facebook fb instagram ig insta linkedin twitter youtube yt tiktok pinterest snapchat whatsapp messenger reddit telegram"
    " bluesky mastodon viadeo xing quora tumblr google bing yahoo duckduckgo ecosia qwant yandex baidu chatgpt openai"
    " perplexity claude gemini copilot deepseek amazon criteo taboola outbrain mailchimp brevo sendinblue meta pocket"
    " hackernews producthunt discord slack twitch vimeo dailymotion flipboard feedly github stackoverflow substack klaviyo"
    " hubspot wechat weibo nextdoor ebay etsy aliexpress leboncoin spotify gmb gbp".split()
)
# What people write beside a network's name, and what says nothing of where a visitor comes from.
_PLACES = frozenset(
    "post posts page pages story stories bio feed reel reels group groupe channel profile profil company share shares dm"
    " organic organique social account compte event events live shorts video app android ios mobile desktop web website"
    " link links official com broadcast status campaign campagne".split()
)
_HANGING_ON = re.compile(r"[?&]\w+=.*", re.DOTALL)


@lru_cache(maxsize=4096)
def origin_of_word(word: str) -> Origin:
    """What a campaign's source word means: `fb` is Facebook, `newsletter` is itself, `facebook_ads` was paid."""
    if "=" in word:
        word = _HANGING_ON.sub("", word) or word
    lower = word.lower().strip("\"'“”«»[](){}<> ") or word
    if "." in lower and " " not in lower:
        origin = _of_url(lower)
        if origin is not None:
            return origin
    plain = without_accents(SEPARATORS.sub("_", lower)).strip("_")
    known = _known_word(lower) or _known_word(plain)
    if known is not None:
        return paid(known) if plain.endswith(("_ads", "_ad")) else known
    return _glued(plain) or _of_tokens(word, plain.split("_"))


def _glued(word: str) -> Origin | None:
    """The network to which a word is glued: `fbad` is Facebook, paid, and `igstory` is Instagram."""
    found = _GLUED.fullmatch(word)
    if found is None:
        place = _PLACE_GLUED.fullmatch(word)
        return _known_word(place["name"]) if place is not None and place["name"] in _LEADING else None
    name = found["name"] or found["behind"]
    known = (
        _known_word(_SHORT_OF_ADS.get(name, name))
        if name in _SHORT_OF_ADS or name in _SHORT or name in _LEADING
        else None
    )
    return None if known is None else paid(known)


def _of_tokens(word: str, tokens: list[str]) -> Origin:
    """What a word means by its parts: `facebook_ads` was paid, `linkedin_post` is LinkedIn."""
    unpaid = [token for token in tokens if token not in _PAID_TOKENS]
    known = None
    if len(unpaid) < len(tokens):
        known = _known_word("_".join(unpaid)) or (_known_word(unpaid[0]) if unpaid and unpaid[0] in _LEADING else None)
        if known is not None:
            return paid(known)
    if tokens[0] in _LEADING:
        known = _known_word(tokens[0])
    elif not _PLACES.isdisjoint(tokens):
        known = _known_word("_".join(token for token in tokens if token not in _PLACES))
    if known is not None:
        return _shown_as_banner(known) if "display" in tokens else known
    if "_".join(tokens) in _ASSISTANTS:
        return make_origin(word, "ai")
    sender = _sender(tokens)
    if sender is not None:
        return sender
    if not _MAIL_TOKENS.isdisjoint(tokens) or _NEWSLETTER.search(without_accents(word.lower())):
        return make_origin(word, "email")
    return _as_medium(word, tokens) or _unknown_word(word, tokens)


def _shown_as_banner(origin: Origin) -> Origin:
    return origin._replace(medium="display", channel="Display", paid=True)


def _sender(tokens: list[str]) -> Origin | None:
    """The mailing service or affiliate network that a word names beside what it does: `marketo-email`, `awin_affiliate`."""
    rest = [
        token for token in tokens if token not in _PLACES and token not in _MAIL_TOKENS and token not in _CHANNEL_WORDS
    ]
    known = _known_word("_".join(rest)) if rest and len(rest) < len(tokens) else None
    if known is None or known.category == "email":
        return known
    through = next((channel_of(None, token, None, None) for token in tokens if token in _CHANNEL_WORDS), None)
    return known._replace(channel="Affiliates") if known.category is None and through == "Affiliates" else None


def _of_url(word: str) -> Origin | None:
    """The origin of a URL or a known host as a campaign's source; None for another word with a dot in it."""
    rest = word.partition("://")[2]
    host = (rest or word).partition("/")[0].removeprefix("www.")
    origin, _ = origin_of_host(host)
    return origin if rest or origin.name != host or origin.category is not None else None


def _unknown_word(word: str, tokens: list[str]) -> Origin:
    """A word that names nothing known: Google's rules for a source decide (`sms`, `firebase`), else it is a referral."""
    word = word[4:] if word[:4].lower() == "www." else word
    channel_word = next((token for token in tokens if token in _CHANNEL_WORDS), None)
    channel = channel_of(word, channel_word, None, None)
    return make_origin(word, None)._replace(channel="Referral" if channel == "Unassigned" else channel)


def _as_medium(word: str, tokens: list[str]) -> Origin | None:
    """What a source means that is only a medium's words: `paid_search` and `display` name no site."""
    plain = {token.removeprefix("paid") or "paid" for token in tokens}
    if not plain <= _MEDIUM_TOKENS:
        return None
    is_paid = not _PAID_TOKENS.isdisjoint(tokens) or any(token.startswith("paid") for token in tokens)
    category = next((kind for kind in ("search", "social", "video") if kind in plain), None)
    if not plain.isdisjoint(_TELEVISION):
        return paid(make_origin(word, "video"))
    if not plain.isdisjoint(("sea", "sem", "seo")):
        category = "search"
    if not is_paid and category is None:
        channel = channel_of(word, word, None, None)
        return make_origin(word, None)._replace(channel="Referral" if channel == "Unassigned" else channel)
    origin = make_origin(word, category)
    return paid(origin) if is_paid else origin


def _known_word(word: str) -> Origin | None:
    if word in _ADS_WORDS:
        named = source_lists().words.get(_ADS_WORDS[word])
        return None if named is None else paid(named)
    lists = source_lists()
    return lists.words.get(_SHORT.get(word, word)) or lists.joined_words.get(word)
