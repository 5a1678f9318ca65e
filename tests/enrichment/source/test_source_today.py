"""Sources as people name them today: ad networks' short words, documents, link pages, assistants."""

from __future__ import annotations

import pytest

from tracker.enrichment.source.campaign_source import origin_of_word
from tracker.enrichment.source.host_origins import origin_of_host

PAID = {
    "Facebook": ("fbad fbads fb_ad fb-ads fb.ads facebookad facebook_ads metaad meta-ads fban audience_network fbcpc paidfacebook adsfacebook", "Paid Social"),
    "Instagram": ("igad igads ig_ads instagram-ads instagramad instaads", "Paid Social"),
    "LinkedIn": ("liads li_ads linkedinad linkedin-ads linkedincpc", "Paid Social"),
    "X": ("twads xads x_ads twitterad twitter-ads", "Paid Social"),
    "TikTok": ("ttads tt_ads tiktokad tiktok-ads", "Paid Social"),
    "Pinterest": ("pinads pin_ads pinterestad", "Paid Social"),
    "Google": ("gads gad googlead google-ads google_adwords pmax performance_max demandgen", "Paid Search"),
    "Bing": ("bingad bing-ads msads ms_ads microsoftads microsoft_ads msft_ads", "Paid Search"),
    "YouTube": ("ytads yt_ads youtubead youtube-ads", "Paid Video"),
    "Amazon": ("amazonads amazon-ads amzads", "Paid Shopping"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "words", "channel"), [(name, *row) for name, row in PAID.items()], ids=PAID)
def test_an_advertisements_word_names_its_network_and_was_paid(name, words, channel):
    found = {word: origin_of_word(word)[:4:3] for word in words.split()}
    assert found == dict.fromkeys(found, (name, channel))


@pytest.mark.parametrize("word", ["leads", "squads", "salad", "uploads", "heads", "roads", "nomad", "brad", "granada"])
def test_a_word_that_ends_like_an_advertisement_is_none(word):
    assert origin_of_word(word).name == word
    assert not origin_of_word(word).paid


@pytest.mark.parametrize(
    ("word", "name"),
    [("tw", "X"), ("tt", "TikTok"), ("lnkd", "LinkedIn"), ("msgr", "Messenger"), ("ytb", "YouTube"), ("linktr.ee", "Linktree"), ("linkinbio", "Link in bio"), ("cohere.com", "Cohere"), ("gdocs", "Google Docs"), ("sharepoint", "SharePoint")],
)  # fmt: skip
def test_a_short_word_names_its_site(word, name):
    assert origin_of_word(word).name == name


@pytest.mark.parametrize(
    ("host", "path", "name", "medium"),
    [
        ("euc-word-edit.officeapps.live.com", "/", "Microsoft Office", "referral"),
        ("word-view.officeapps.live.com", "/we/wordeditorframe.aspx", "Microsoft Office", "referral"),
        ("excel.officeapps.live.com", "/", "Microsoft Office", "referral"),
        ("powerpoint.cloud.microsoft", "/", "Microsoft Office", "referral"),
        ("www.office.com", "/", "Microsoft Office", "referral"),
        ("onedrive.live.com", "/", "OneDrive", "referral"),
        ("qorvax.sharepoint.com", "/sites/x", "SharePoint", "referral"),
        ("fra01.safelinks.protection.outlook.com", "/", "Outlook.com", "email"),
        ("statics.teams.cdn.office.net", "/", "Microsoft Teams", "social"),
        ("docs.google.com", "/document/d/1", "Google Docs", "referral"),
        ("docs.google.com", "/spreadsheets/d/1", "Google Sheets", "referral"),
        ("docs.google.com", "/presentation/d/1", "Google Slides", "referral"),
        ("drive.google.com", "/file/d/1", "Google Drive", "referral"),
        ("qorvax.atlassian.net", "/wiki", "Atlassian", "referral"),
        ("linktr.ee", "/qorvax", "Linktree", "referral"),
        ("heylink.me", "/qorvax", "HeyLink.me", "referral"),
        ("cohere.com", "/", "Cohere", "ai-assistant"),
        ("chat.cohere.com", "/", "Cohere", "ai-assistant"),
    ],
)
def test_documents_link_pages_and_assistants_have_their_names(host, path, name, medium):
    origin, _ = origin_of_host(host, path)
    assert (origin.name, origin.medium) == (name, medium)
