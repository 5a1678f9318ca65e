"""Channels: Google's published rules in their order, AI assistants, and what the rules leave unassigned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.source.channels import channel_of

CHANNELS = frozenset(
    {
        "Direct",
        "Cross-network",
        "Paid Shopping",
        "Paid Search",
        "Paid Social",
        "Paid Video",
        "Display",
        "Paid Other",
        "AI Assistants",
        "Organic Shopping",
        "Organic Social",
        "Organic Video",
        "Organic Search",
        "Referral",
        "Email",
        "Affiliates",
        "Audio",
        "SMS",
        "Mobile Push Notifications",
        "Unassigned",
    }
)


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "category", "channel"),
    [
        # Google's rules, in Google's order.
        pytest.param(None, None, None, None, "Direct", id="nothing"),
        pytest.param("(direct)", "(none)", None, None, "Direct", id="direct-in-googles-words"),
        pytest.param("(direct)", "(not set)", None, None, "Direct", id="direct-not-set"),
        pytest.param("google", "cpc", "eu-cross-network-7", "search", "Cross-network", id="cross-network"),
        pytest.param("amazon", "cpc", None, "shopping", "Paid Shopping", id="paid-on-a-shop"),
        pytest.param("google", "cpc", "fr-shopping", "search", "Paid Shopping", id="shopping-campaign"),
        pytest.param("google", "cpc", "eshop", "search", "Paid Shopping", id="eshop-is-one"),
        pytest.param("google", "cpc", "workshop", "search", "Paid Search", id="workshop-is-none"),
        pytest.param("google", "ppc", None, "search", "Paid Search", id="paid-search"),
        pytest.param("google", "cpm", None, "search", "Paid Search", id="cpm-on-search-is-paid-search-first"),
        pytest.param("google", "CPC", None, "search", "Paid Search", id="upper-case"),
        pytest.param("facebook", "retargeting", None, "social", "Paid Social", id="retargeting"),
        pytest.param("facebook", "paidsocial", None, "social", "Paid Social", id="paid-whatever"),
        pytest.param("youtube", "cpv-cpc", None, "video", "Paid Video", id="paid-video"),
        pytest.param("youtube", "display", None, "video", "Display", id="display-on-video"),
        pytest.param("site", "banner", None, None, "Display", id="banner"),
        pytest.param("site", "cpm", None, None, "Display", id="cpm-elsewhere-is-display"),
        pytest.param("site", "cpc", None, None, "Paid Other", id="paid-elsewhere"),
        pytest.param("site", "paid-social", None, None, "Paid Other", id="google-goes-by-the-source"),
        pytest.param("etsy", "referral", None, "shopping", "Organic Shopping", id="shop"),
        pytest.param("site", None, "summer-shop", None, "Organic Shopping", id="shopping-campaign-unpaid"),
        pytest.param("facebook", "referral", None, "social", "Organic Social", id="network"),
        pytest.param("site", "social-network", None, None, "Organic Social", id="social-medium"),
        pytest.param("youtube", "social", None, "video", "Organic Social", id="social-before-video"),
        pytest.param("youtube", "referral", None, "video", "Organic Video", id="video-site"),
        pytest.param("site", "webvideo", None, None, "Organic Video", id="video-medium"),
        pytest.param("google", None, None, "search", "Organic Search", id="engine"),
        pytest.param("site", "organic", None, None, "Organic Search", id="organic-medium"),
        pytest.param("site", "link", None, None, "Referral", id="link"),
        pytest.param("app", "app", None, None, "Referral", id="app"),
        pytest.param("e-mail", None, None, None, "Email", id="email-source"),
        pytest.param("site", "e mail", None, None, "Email", id="email-medium"),
        pytest.param("site", "affiliate", None, None, "Affiliates", id="affiliate"),
        pytest.param("site", "audio", None, None, "Audio", id="audio"),
        pytest.param("sms", None, None, None, "SMS", id="sms-source"),
        pytest.param("site", "sms", None, None, "SMS", id="sms-medium"),
        pytest.param("site", "webpush", None, None, "Mobile Push Notifications", id="push"),
        pytest.param("firebase", "x", None, None, "Mobile Push Notifications", id="firebase"),
        pytest.param("site", "qr", None, None, "Unassigned", id="unassigned"),
        # Ours.
        pytest.param("ChatGPT", "ai-assistant", None, "ai", "AI Assistants", id="assistant"),
        pytest.param("chatgpt.com", "referral", None, "ai", "AI Assistants", id="assistant-as-referral"),
        pytest.param("ChatGPT", "cpc", None, "ai", "Paid Other", id="assistants-advertisement"),
        pytest.param("Gmail", "referral", None, "email", "Email", id="webmail"),
        pytest.param("brevo", "sms", None, "email", "SMS", id="a-mailing-services-sms"),
        pytest.param("facebook", "social-paid", None, "social", "Paid Social", id="paid-at-the-end"),
        pytest.param("agence", "sea", None, None, "Paid Search", id="sea"),
        pytest.param("lettre", "newsletter", None, None, "Email", id="newsletter"),
        pytest.param("lettre", "courriel", None, None, "Email", id="courriel"),
        pytest.param("page", "réseaux sociaux", None, None, "Organic Social", id="accents"),
        pytest.param("page", "bannière", None, None, "Display", id="more-accents"),
        pytest.param("agence", "sea-marque", None, None, "Paid Search", id="sea-and-more"),
        pytest.param("google", "pmax", None, "search", "Paid Search", id="googles-own-word"),
        pytest.param("outil", "linkedin", None, None, "Organic Social", id="a-network-as-the-medium"),
        pytest.param("acme", "partenariat", None, None, "Referral", id="partner"),
        pytest.param("page", "organic_social", None, None, "Organic Social", id="organic-social"),
        pytest.param("page", "affiliation", None, None, "Affiliates", id="affiliation"),
        # In French, with and without accents.
        pytest.param("google", "payant", None, "search", "Paid Search", id="payant-on-a-search-engine"),
        pytest.param("linkedin", "Payant", None, "social", "Paid Social", id="payant-on-a-network"),
        pytest.param("acme", "affilié", None, None, "Affiliates", id="affilié"),
        pytest.param("acme", "vidéo", None, None, "Organic Video", id="vidéo"),
        pytest.param("acme", "réseaux sociaux", None, None, "Organic Social", id="réseaux-sociaux"),
        pytest.param("acme", "RS", None, None, "Organic Social", id="rs"),
        pytest.param("acme", "référencement naturel", None, None, "Organic Search", id="référencement-naturel"),
        pytest.param("acme", "texto", None, None, "SMS", id="texto"),
        pytest.param("acme", "lien", None, None, "Referral", id="lien"),
        pytest.param("facebook", "bannière", None, "social", "Display", id="bannière-is-banner"),
        pytest.param("acme", "news-letter", None, None, "Email", id="news-letter"),
        pytest.param("newsletter", "web", None, None, "Email", id="a-newsletter-by-its-source"),
        pytest.param("acme", "remarketing", None, None, "Paid Other", id="remarketing"),
        # A kind of advertisement says more than that it is one.
        pytest.param("acme", "Display-Ads", None, None, "Display", id="display-ads"),
        pytest.param("acme", "email ads", None, None, "Email", id="email-ads-are-email-by-googles-rule"),
        pytest.param("spotify", "audio_ads", None, None, "Audio", id="audio-ads"),
        pytest.param("acme", "social ads", None, "social", "Paid Social", id="social-ads-are-paid"),
        pytest.param("spotify", "paid-audio", None, None, "Paid Other", id="paid-by-googles-rule-first"),
        # Words among others.
        pytest.param("acme", "sms-marketing", None, None, "SMS", id="sms-marketing"),
        pytest.param("acme", "push_web", None, None, "Mobile Push Notifications", id="push-first"),
        pytest.param("acme", "affiliate-marketing", None, None, "Affiliates", id="affiliate-marketing"),
        pytest.param("llm", "ai", None, None, "AI Assistants", id="ai"),
    ],
)
def test_a_channel_follows_from_source_medium_campaign_and_kind(
    source: str | None, medium: str | None, campaign: str | None, category: str | None, channel: str
) -> None:
    assert channel_of(source, medium, campaign, category) == channel


_texts = st.one_of(st.none(), st.text(max_size=60))


@given(_texts, _texts, _texts, st.sampled_from([None, "search", "social", "shopping", "video", "ai", "email"]))
def test_there_is_a_channel_for_whatever_is_said(
    source: str | None, medium: str | None, campaign: str | None, category: str | None
) -> None:
    assert channel_of(source, medium, campaign, category) in CHANNELS
