"""Every network that a French publisher meets, in every form in which its readers arrive."""

from __future__ import annotations

import pytest

from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import Attribution, attribute
from tracker.enrichment.source.social_networks import NETWORKS, SocialKind, is_mastodon

PAGE = "https://blog.exemple.fr/article"

# Network: kind, and the forms in which it sends readers. `?` is a page's query, the others are referrers.
FORMS = {
    ("Facebook", "networking"): {
        "site": "https://www.facebook.com/",
        "mobile": "https://m.facebook.com/story.php?id=1",
        "touch": "https://touch.facebook.com/",
        "redirector": "https://l.facebook.com/l.php?u=https%3A%2F%2Fblog.exemple.fr",
        "mobile-redirector": "https://lm.facebook.com/",
        "android": "android-app://com.facebook.katana/",
        "ios": "ios-app://284882215/fb",
        "short": "https://fb.me/abc",
        "video-short": "https://fb.watch/abc/",
        "click-id": "?fbclid=IwAR0",
        "word": "?utm_source=fb",
        "placement": "?utm_source=Facebook_Mobile_Feed&utm_medium=social",
        "domain-word": "?utm_source=facebook.com",
    },
    ("Messenger", "messaging"): {
        "site": "https://www.messenger.com/",
        "redirector": "https://l.messenger.com/",
        "android": "android-app://com.facebook.orca",
        "short": "https://m.me/page",
        "word": "?utm_source=messenger",
    },
    ("Instagram", "sharing"): {
        "site": "https://www.instagram.com/",
        "redirector": "https://l.instagram.com/?u=https%3A%2F%2Fblog.exemple.fr%2F&e=AT0",
        "android": "android-app://com.instagram.android/",
        "short": "https://instagr.am/p/x/",
        "click-id": "?igshid=MzRlODBiNWFlZA",
        "click-id-2024": "?igsh=MzRlODBiNWFlZA==",
        "word": "?utm_source=ig",
        "word-medium": "?utm_source=ig&utm_medium=social&utm_content=link_in_bio",
        "click-id-and-referrer": ("?fbclid=PAAa", "https://l.instagram.com/"),
    },
    ("Threads", "discussing"): {
        "site": "https://www.threads.net/@user/post/ABC",
        "site-2025": "https://www.threads.com/@user/post/ABC",
        "redirector": "https://l.threads.com/l/ABC",
        "android": "android-app://com.instagram.barcelona/",
        "word": "?utm_source=threads",
    },
    ("LinkedIn", "networking"): {
        "site": "https://www.linkedin.com/feed/",
        "country": "https://fr.linkedin.com/",
        "mobile": "https://m.linkedin.com/",
        "android": "android-app://com.linkedin.android/",
        "ios": "ios-app://288429040",
        "short": "https://lnkd.in/gAbCdEf",
        "word": "?utm_source=LinkedIn",
        "redirector": "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fblog.exemple.fr",
    },
    ("Pinterest", "sharing"): {
        "site": "https://www.pinterest.com/pin/1/",
        "country": "https://www.pinterest.fr/",
        "country-host": "https://fr.pinterest.com/",
        "android": "android-app://com.pinterest/",
        "short": "https://pin.it/abc",
        "click-id": "?epik=dj0yJnU9",
        "word": "?utm_source=pinterest",
    },
    ("Snapchat", "messaging"): {
        "site": "https://www.snapchat.com/",
        "android": "android-app://com.snapchat.android",
        "short": "https://t.snapchat.com/abc",
        "word": "?utm_source=snapchat",
    },
    ("TikTok", "sharing"): {
        "site": "https://www.tiktok.com/@user",
        "android": "android-app://com.zhiliaoapp.musically/",
        "short": "https://vm.tiktok.com/ZM/",
        "word": "?utm_source=tiktok",
    },
    ("X", "discussing"): {
        "site": "https://x.com/",
        "old-site": "https://twitter.com/user/status/1",
        "mobile": "https://mobile.twitter.com/",
        "redirector": "https://t.co/chrgFZDb",
        "android": "android-app://com.twitter.android/",
        "word": "?utm_source=twitter",
        "new-word": "?utm_source=x",
    },
    ("YouTube", "sharing"): {
        "site": "https://www.youtube.com/",
        "mobile": "https://m.youtube.com/watch?v=1",
        "redirector": "https://www.youtube.com/redirect?q=https%3A%2F%2Fblog.exemple.fr",
        "android": "android-app://com.google.android.youtube/",
        "short": "https://youtu.be/abc",
        "word": "?utm_source=youtube",
    },
    ("WhatsApp", "messaging"): {
        "site": "https://web.whatsapp.com/",
        "redirector": "https://l.wl.co/l?u=https%3A%2F%2Fblog.exemple.fr",
        "android": "android-app://com.whatsapp/",
        "short": "https://wa.me/33612345678",
        "word": "?utm_source=whatsapp",
    },
    ("Clubhouse", "discussing"): {
        "site": "https://www.clubhouse.com/room/1",
        "android": "android-app://com.clubhouse.app",
        "old-site": "https://www.joinclubhouse.com/event/1",
        "word": "?utm_source=clubhouse",
    },
    ("Bluesky", "discussing"): {
        "site": "https://bsky.app/",
        "redirector": "https://go.bsky.app/redirect?u=https%3A%2F%2Fblog.exemple.fr",
        "android": "android-app://xyz.blueskyweb.app",
        "word": "?utm_source=bluesky",
    },
    ("Mastodon", "discussing"): {
        "site": "https://mastodon.social/@user/109372843234567890",
        "french-server": "https://piaille.fr/",
        "unlisted-server": "https://mastodon.example.net/",
        "own-server": "https://social.exemple-asso.fr/",
        "by-path": "https://journal.example.net/@redaction/109372843234567890",
        "android": "android-app://org.joinmastodon.android",
        "word": "?utm_source=mastodon",
    },
    ("Reddit", "discussing"): {
        "site": "https://www.reddit.com/r/france/",
        "old": "https://old.reddit.com/",
        "redirector": "https://out.reddit.com/t3_abc?url=https%3A%2F%2Fblog.exemple.fr",
        "android": "android-app://com.reddit.frontpage/",
        "short": "https://redd.it/abc",
        "word": "?utm_source=reddit",
    },
    ("Telegram", "messaging"): {
        "site": "https://web.telegram.org/",
        "android": "android-app://org.telegram.messenger/",
        "short": "https://t.me/s/canal",
        "word": "?utm_source=telegram",
    },
    ("Discord", "messaging"): {
        "site": "https://discord.com/channels/1/2",
        "beta": "https://canary.discord.com/",
        "android": "android-app://com.discord",
        "short": "https://discord.gg/abc",
        "word": "?utm_source=discord",
    },
    ("Slack", "collaborating"): {
        "site": "https://app.slack.com/",
        "tenant": "https://acme.slack.com/",
        "redirector": "https://slack-redir.net/link?url=https%3A%2F%2Fblog.exemple.fr",
        "android": "android-app://com.Slack/",
        "word": "?utm_source=slack",
    },
    ("Microsoft Teams", "collaborating"): {
        "site": "https://teams.microsoft.com/",
        "new-site": "https://teams.cloud.microsoft/",
        "redirector": "https://statics.teams.cdn.office.net/",
        "android": "android-app://com.microsoft.teams",
        "word": "?utm_source=teams",
    },
    ("Viadeo", "networking"): {
        "site": "https://www.viadeo.com/fr/",
        "journal-du-net": "https://viadeo.journaldunet.com/p/x",
        "android": "android-app://com.viadeo.android",
        "word": "?utm_source=viadeo",
    },
    ("Xing", "networking"): {
        "site": "https://www.xing.com/",
        "android": "android-app://com.xing.android",
        "word": "?utm_source=XING",
    },
    ("Medium", "publishing"): {
        "site": "https://medium.com/",
        "blog": "https://auteur.medium.com/",
        "redirector": "https://link.medium.com/abc",
        "android": "android-app://com.medium.reader",
        "word": "?utm_source=medium",
    },
    ("Substack", "publishing"): {
        "site": "https://substack.com/",
        "blog": "https://auteur.substack.com/p/x",
        "redirector": "https://open.substack.com/pub/auteur",
        "android": "android-app://com.substack.app",
        "word": "?utm_source=substack",
    },
    ("Quora", "discussing"): {
        "site": "https://fr.quora.com/",
        "android": "android-app://com.quora.android",
        "short": "https://qr.ae/abc",
        "word": "?utm_source=quora",
    },
    ("Twitch", "sharing"): {
        "site": "https://www.twitch.tv/chaine",
        "mobile": "https://m.twitch.tv/",
        "android": "android-app://tv.twitch.android.app",
        "word": "?utm_source=twitch",
    },
    ("VK", "networking"): {
        "site": "https://vk.com/",
        "mobile": "https://m.vk.com/",
        "redirector": "https://away.vk.com/away.php?to=https%3A%2F%2Fblog.exemple.fr",
        "android": "android-app://com.vkontakte.android",
        "old-site": "https://vkontakte.ru/",
        "word": "?utm_source=vkontakte",
    },
    ("Line", "messaging"): {
        "site": "https://liff.line.me/",
        "android": "android-app://jp.naver.line.android",
        "short": "https://lin.ee/abc",
        "word": "?utm_source=line",
    },
    ("WeChat", "messaging"): {
        "site": "https://www.wechat.com/",
        "account": "https://mp.weixin.qq.com/s/abc",
        "android": "android-app://com.tencent.mm",
        "word": "?utm_source=wechat",
    },
    ("Signal", "messaging"): {
        "site": "https://signal.org/",
        "short": "https://signal.group/#x",
        "android": "android-app://org.thoughtcrime.securesms",
        "word": "?utm_source=signal",
    },
}

CASES = [
    pytest.param(network, kind, form, id=f"{network}-{name}")
    for (network, kind), forms in FORMS.items()
    for name, form in forms.items()
]


def attribution_of(form: str | tuple[str, str]) -> Attribution:
    query, referrer = form if isinstance(form, tuple) else (form, None) if form.startswith("?") else ("", form)
    page = parse_page(f"{PAGE}{query}")
    assert page is not None
    return attribute(page, referrer)


@pytest.mark.parametrize(("network", "kind", "form"), CASES)
def test_a_network_is_recognised_in_every_form(network: str, kind: str, form: str | tuple[str, str]) -> None:
    found = attribution_of(form)
    watched = network in ("YouTube", "Twitch")
    assert (found.source, found.medium, found.channel, found.social_kind) == (
        network,
        "social",
        "Organic Video" if watched else "Organic Social",
        kind,
    )


@pytest.mark.parametrize(
    ("query", "network"),
    [
        pytest.param("?li_fat_id=1", "LinkedIn", id="linkedin"),
        pytest.param("?ttclid=1", "TikTok", id="tiktok"),
        pytest.param("?twclid=1", "X", id="x"),
        pytest.param("?ScCid=1", "Snapchat", id="snapchat"),
        pytest.param("?rdt_cid=1", "Reddit", id="reddit"),
        pytest.param("?utm_source=facebook&utm_medium=paidsocial", "Facebook", id="paidsocial"),
        pytest.param("?utm_source=facebook&utm_medium=paid-social", "Facebook", id="paid-social"),
        pytest.param("?utm_source=linkedin&utm_medium=cpc", "LinkedIn", id="cpc"),
        pytest.param("?utm_source=instagram&utm_medium=social-paid", "Instagram", id="social-paid"),
        pytest.param("?utm_source=facebook_ads", "Facebook", id="ads-word"),
        pytest.param("?utm_source=ig&utm_medium=cpc&fbclid=1", "Instagram", id="word-before-click-id"),
    ],
)
def test_what_only_an_advertisement_carries_is_paid_social(query: str, network: str) -> None:
    found = attribution_of(query)
    assert (found.source, found.channel) == (network, "Paid Social")
    assert found.social_kind is not None


def test_every_network_has_one_of_the_six_kinds_and_a_name_of_its_own() -> None:
    assert {network.kind for network in NETWORKS} == set(SocialKind)
    assert len({network.name for network in NETWORKS}) == len(NETWORKS)


def test_no_form_belongs_to_two_networks() -> None:
    for forms in ("hosts", "apps", "words", "click_ids"):
        listed = [form.lower() for network in NETWORKS for form in getattr(network, forms).split()]
        assert sorted(listed) == sorted(set(listed))


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        pytest.param("mastodon.example.org", True, id="named"),
        pytest.param("mstdn.example.org", True, id="abbreviated"),
        pytest.param("toot.community", True, id="toot"),
        pytest.param("hachyderm.io", True, id="listed"),
        pytest.param("social.example.org", True, id="own-server-of-an-organisation"),
        pytest.param("social.com", False, id="a-company-called-social"),
        pytest.param("toothpaste.example.org", False, id="only-begins-like-it"),
        pytest.param("mastodonte.example.org", False, id="a-longer-word"),
        pytest.param("notmastodon.social.example", False, id="ends-like-it"),
    ],
)
def test_a_mastodon_server_is_told_by_its_name(host: str, is_one: bool) -> None:
    assert is_mastodon(host) == is_one
