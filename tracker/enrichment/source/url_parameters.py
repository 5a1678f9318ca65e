"""The parameters of a page's URL that show where its visitor comes from, and the meaning of each.

Pure. Sources of the names: Google Analytics (utm_*, gclid, gbraid, wbraid, dclid, gad_source), Matomo (mtm_*, pk_*,
piwik_*), Plausible (ref, source), and the help pages of the networks and mailing services that append their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

from tracker.enrichment.source.social_networks import NETWORKS
from tracker.enrichment.text.urls import UNSAFE

_MAX_VALUE = 200
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_MAX_PARAMETERS = 200
# More than any link has. It bounds what is kept of a page.
_MOST_KEPT = 24
# Parameters that became a part of a value because of a second `?` or an escaped `&`.
_HANGING_ON = re.compile(r"[?&][\w.-]+=.*", re.DOTALL)

# In order of preference: Google's names, Matomo's, then those of Piano Analytics (AT Internet), which French publishers
# use. The weak ones are words of everyday navigation too, so a link within the site does not count.
SOURCE = ("utm_source", "mtm_source", "matomo_source", "pk_source", "piwik_source", "at_platform", "at_network")
WEAK_SOURCE = ("ref", "source", "referrer", "referer", "via")
MEDIUM = ("utm_medium", "mtm_medium", "matomo_medium", "pk_medium", "piwik_medium", "at_medium")
CAMPAIGN = (
    *("utm_campaign", "mtm_campaign", "matomo_campaign", "pk_campaign", "piwik_campaign"),
    *("mtm_cpn", "pk_cpn", "at_campaign"),
)
CONTENT = ("utm_content", "mtm_content", "matomo_content", "pk_content", "piwik_content", "at_creation", "at_variant")
TERM = (
    *("utm_term", "mtm_keyword", "mtm_kwd", "matomo_keyword", "matomo_kwd"),
    *("pk_keyword", "pk_kwd", "piwik_keyword", "piwik_kwd", "at_term"),
)
# AT Internet's older tag, `xtor=EPR-42-[lettre]`: the letters before the first hyphen are the kind of campaign.
XTOR = "xtor"
XTOR_MEDIUM: Mapping[str, str] = {
    "sec": "cpc",
    "epr": "email",
    "erec": "email",
    "es": "email",
    "ad": "display",
    "al": "affiliate",
    "rss": "referral",
}

# The networks' click ids that only advertisements carry; shared posts have the others too.
_PAID_SOCIAL = frozenset({"li_fat_id", "ttclid", "twclid", "sccid", "rdt_cid", "qclid"})
_SOCIAL = {click_id: network.words.split()[0] for network in NETWORKS for click_id in network.click_ids.split()}
# Click ids that only advertisements carry, by the word of who sold the click.
PAID_CLICK_IDS: Mapping[str, str] = {
    "gclid": "google",
    "gbraid": "google",
    "wbraid": "google",
    "gad_source": "google",
    "gad_campaignid": "google",
    "dclid": "dv360",
    "msclkid": "bing",
    "yclid": "yandex",
    "ymclid": "yandex",
    "tblci": "taboola",
    "obclid": "outbrain",
    "dicbo": "outbrain",
    "ttd_uuid": "ttd",
    "rb_clickid": "vk",
    "ndclid": "nextdoor",
    "ldtag_cl": "line",
    "bd_vid": "baidu",
    "qhclickid": "360_search",
    "n_ad": "naver",
    "n_ad_group": "naver",
    **{click_id: word for click_id, word in _SOCIAL.items() if click_id in _PAID_SOCIAL},
}
# Click ids that any link from a network or an engine may carry.
FREE_CLICK_IDS: Mapping[str, str] = {
    "srsltid": "google",
    "ysclid": "yandex",
    **{click_id: word for click_id, word in _SOCIAL.items() if click_id not in _PAID_SOCIAL},
}
# Parameters that mailing services append to the links of a newsletter.
MAIL_IDS: Mapping[str, str] = {
    "mc_cid": "mailchimp",
    "mc_eid": "mailchimp",
    "_hsenc": "hubspot",
    "_hsmi": "hubspot",
    "vero_id": "vero",
    "vero_conv": "vero",
    "_kx": "klaviyo",
    "mkt_tok": "marketo",
    "_bhlid": "beehiiv",
    "ck_subscriber_id": "convertkit",
    "ml_subscriber": "mailerlite",
    "ml_subscriber_hash": "mailerlite",
    "elqtrackid": "eloqua",
    "sfmc_sub": "sfmc",
    "sfmc_id": "sfmc",
    "et_rid": "sfmc",
    "_ke": "klaviyo",
    "vgo_ee": "activecampaign",
    "trk_contact": "listrak",
    "trk_msg": "listrak",
    "sc_llid": "emarsys",
    "sc_lid": "emarsys",
    "omnisendcontactid": "omnisend",
    "ss_email_id": "squarespace_email",
    "iterable_campaign": "iterable",
    "bsft_clkid": "email",
    "spmailingid": "email",
    "oly_enc_id": "email",
    "oly_anon_id": "email",
    "dm_i": "email",
    "wickedid": "email",
}
# HubSpot's tags of an advertisement: `hsa_net` names the network.
AD_NETWORK = "hsa_net"
_SILENT = frozenset(
    "utm_id utm_source_platform utm_creative_format utm_marketing_tactic utm_name utm_cid mtm_cid mtm_group"
    " mtm_placement gclsrc gad _gl _ga hsctatracking hsa_acc hsa_cam hsa_grp hsa_ad hsa_src hsa_tgt hsa_kw hsa_mt hsa_ver"
    " fb_action_ids fb_action_types fb_source fb_ref igsh igshid s_cid s_kwcid irclickid cjevent awc _openstat"
    " mibextid si feature spm scm _branch_match_id _branch_referrer share_id trk trkinfo lipi refid".split()
)

# The role of each parameter, and its priority among the parameters of that role.
ROLES: Mapping[str, tuple[str, int]] = {
    name: (role, rank)
    for role, names in (
        ("source", SOURCE),
        ("weak_source", WEAK_SOURCE),
        ("medium", MEDIUM),
        ("campaign", CAMPAIGN),
        ("content", CONTENT),
        ("term", TERM),
    )
    for rank, name in enumerate(names)
}
RECOGNISED = frozenset((*ROLES, *PAID_CLICK_IDS, *FREE_CLICK_IDS, *MAIL_IDS)) | {AD_NETWORK, XTOR}
# Also taken out of a fragment that is kept: they identify people or advertisements.
STRIPPED = RECOGNISED | _SILENT
_LONGEST_NAME = 64


class Parameters(dict[str, str]):
    """Parameters by name; hashed by identity, since a URL is parsed once and the results are cached."""

    __hash__ = object.__hash__  # type: ignore[assignment]


def campaign_parameters(query: str) -> Parameters:
    """Returns the RECOGNISED parameters of a query by lower-case name. Of a repeated one, the first with a value counts."""
    found = Parameters()
    if "=" not in query:
        return found
    for pair in query.split("&", _MAX_PARAMETERS):
        name, equals, value = pair.partition("=")
        if not equals or not value or len(name) > _LONGEST_NAME:
            continue
        key = name.lower().removeprefix("amp;")
        if key in RECOGNISED and key not in found:
            text = readable(value)
            if ("?" in text or "&" in text) and key in ROLES and "://" not in text:
                text = _HANGING_ON.sub("", text)
            if text:
                found[key] = text
                if len(found) == _MOST_KEPT:
                    break
    return found


def said_by(params: Mapping[str, str]) -> dict[str, str]:
    """Returns the values of parameters by role (source, weak_source, medium, campaign, content, term)."""
    said: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for name, value in params.items():
        if name in ROLES:
            role, rank = ROLES[name]
            if rank < ranks.get(role, rank + 1):
                said[role], ranks[role] = value, rank
    if XTOR in params and "medium" not in said:
        medium = XTOR_MEDIUM.get(params[XTOR].partition("-")[0].lower())
        if medium is not None:
            said["medium"] = medium
    return said


def readable(value: str) -> str:
    """Returns a parameter's value in readable form: decoded, on one line, at most 200 characters."""
    text = unquote_plus(value[: 12 * _MAX_VALUE]) if "%" in value or "+" in value else value
    if "%" in text and _ESCAPE.search(text):
        text = unquote_plus(text)  # a redirector escaped it twice
    if not text.isprintable():
        text = UNSAFE.sub(" ", text)
    return text.strip()[:_MAX_VALUE]


def without_campaign(query: str) -> str:
    """Returns a query without the parameters that show where a visitor comes from."""
    kept = [
        pair
        for pair in query.split("&", _MAX_PARAMETERS)
        if pair.partition("=")[0].lower().removeprefix("amp;") not in STRIPPED
    ]
    return "&".join(kept)
