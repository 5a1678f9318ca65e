"""Click ids: which network sold the click, and whose links and emails have one.

Pure. The ids stand in parameters.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from tracker.enrichment.source.campaign_source import origin_of_word
from tracker.enrichment.source.origin import Origin, paid
from tracker.enrichment.source.url_parameters import AD_NETWORK, FREE_CLICK_IDS, MAIL_IDS, PAID_CLICK_IDS

_SELLING = frozenset((*PAID_CLICK_IDS, AD_NETWORK))
# The kinds of sites that show advertisements. If the referrer is of another kind, the seller is the source.
_PLACES = ("search", "social", "video", "shopping")
# Engines that show no advertisements of a seller. If a URL with the seller's click id is found there, it is in the
# engine's index, and nobody paid for the click (Plausible has the same rule).
_RIVALS: Mapping[str, frozenset[str]] = {
    "Google": frozenset({"Bing", "Bing Images", "DuckDuckGo", "Yandex", "Baidu", "Qwant", "Brave", "Kagi", "Mojeek"}),
    "Bing": frozenset({"Google", "Google Images", "Google News", "Yandex", "Baidu", "Brave", "Kagi", "Startpage"}),
    "Yandex": frozenset({"Google", "Google Images", "Bing", "DuckDuckGo", "Baidu", "Qwant", "Brave", "Kagi"}),
}


def seller_of(params: Mapping[str, str]) -> Origin | None:
    """Returns the seller of the click, by its click id or HubSpot's tag; None if it was not sold."""
    if _SELLING.isdisjoint(params):
        return None
    word = next((PAID_CLICK_IDS[name] for name in params if name in PAID_CLICK_IDS), None) or params[AD_NETWORK]
    if word == "yandex" and params.get("yclid", "").startswith(("YSS.", "YJAD.")):
        word = "yahoo"  # Yahoo! Japan's click id has the same name
    return origin_of_word(word)


def is_own_click(origin: Origin, seller: Origin) -> bool:
    """Returns whether an engine's click id comes with the engine's own name. Then the click was paid, whatever the medium is.

    Google Analytics and Plausible call `utm_source=google&utm_medium=organic&gclid=1` paid.
    """
    if origin.name == seller.name:
        return origin.category == "search"
    return (origin.name, seller.name) == ("YouTube", "Google")


def of_click(params: Mapping[str, str], seller: Origin | None, referrer: Origin | None) -> Origin | None:
    """Returns the click's seller; else the referrer; else the network or mailing service whose links have such an id."""
    if seller is not None:
        if referrer is None or referrer.category not in _PLACES:
            return paid(seller)
        # Google sells clicks on YouTube, Microsoft on DuckDuckGo: there the site is the source, not the seller.
        return referrer if referrer.name in _RIVALS.get(seller.name, ()) else paid(referrer)
    if referrer is not None:
        return referrer
    for ids in (FREE_CLICK_IDS, MAIL_IDS):
        shared = next((ids[name] for name in params if name in ids), None)
        if shared is not None:
            return origin_of_word(shared)
    return None
