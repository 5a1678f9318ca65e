"""The social networks that a publisher meets, in all the forms in which a reader arrives from them.

Kinds are the six of Fred Cavazza's panorama of social media (https://fredcavazza.net/panorama-des-medias-sociaux).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class SocialKind(StrEnum):
    """What people do on a network."""

    PUBLISHING = "publishing"
    SHARING = "sharing"
    NETWORKING = "networking"
    MESSAGING = "messaging"
    COLLABORATING = "collaborating"
    DISCUSSING = "discussing"


class SocialNetwork(NamedTuple):
    """A network: its hosts (with redirectors and short links), its apps, its words in utm_source, its click ids."""

    name: str
    kind: SocialKind
    hosts: str
    apps: str = ""
    words: str = ""
    click_ids: str = ""


_P, _S, _N, _M, _C, _D = SocialKind

NETWORKS: tuple[SocialNetwork, ...] = (
    SocialNetwork("Facebook", _N, "facebook.com facebook.net fb.com fb.me fb.watch", "com.facebook.katana com.facebook.lite com.facebook.Facebook", "facebook fb facebook_ads facebook-ads", "fbclid"),
    SocialNetwork("Messenger", _M, "messenger.com m.me", "com.facebook.orca com.facebook.Messenger", "messenger"),
    SocialNetwork("Instagram", _S, "instagram.com instagr.am ig.me", "com.instagram.android com.burbn.instagram", "instagram ig insta", "igshid igsh"),
    SocialNetwork("Threads", _D, "threads.net threads.com", "com.instagram.barcelona", "threads"),
    SocialNetwork("LinkedIn", _N, "linkedin.com lnkd.in licdn.com", "com.linkedin.android com.linkedin.LinkedIn", "linkedin li linkedin_ads lkdn", "li_fat_id"),
    SocialNetwork("Pinterest", _S, "pinterest.com pinterest.fr pinterest.co.uk pinterest.de pinterest.es pinterest.it pinterest.ca pinterest.ch pinterest.at pinterest.jp pin.it", "com.pinterest", "pinterest pin", "epik"),
    SocialNetwork("Snapchat", _M, "snapchat.com", "com.snapchat.android com.toyopagroup.picaboo", "snapchat snap", "sccid"),
    SocialNetwork("TikTok", _S, "tiktok.com vm.tiktok.com", "com.zhiliaoapp.musically com.ss.android.ugc.trill", "tiktok", "ttclid"),
    SocialNetwork("X", _D, "x.com twitter.com t.co", "com.twitter.android com.atebits.Tweetie2", "x twitter twitter_ads", "twclid"),
    SocialNetwork("YouTube", _S, "youtube.com youtu.be youtube-nocookie.com", "com.google.android.youtube com.google.ios.youtube", "youtube yt"),
    SocialNetwork("WhatsApp", _M, "whatsapp.com wa.me whatsapp.net", "com.whatsapp com.whatsapp.w4b net.whatsapp.WhatsApp", "whatsapp wa"),
    SocialNetwork("Clubhouse", _D, "clubhouse.com joinclubhouse.com", "com.clubhouse.app", "clubhouse"),
    SocialNetwork("Bluesky", _D, "bsky.app bsky.social go.bsky.app skyfeed.app", "xyz.blueskyweb.app", "bluesky bsky"),
    SocialNetwork("Mastodon", _D, "mastodon.social mastodon.online mastodon.world mas.to mstdn.social mstdn.jp mamot.fr piaille.fr fosstodon.org hachyderm.io infosec.exchange mastodon.cloud social.vivaldi.net framapiaf.org pouet.chapril.org h4.io toot.aquilenet.fr joinmastodon.org", "org.joinmastodon.android", "mastodon"),
    SocialNetwork("Reddit", _D, "reddit.com redd.it out.reddit.com", "com.reddit.frontpage com.reddit.Reddit", "reddit", "rdt_cid"),
    SocialNetwork("Telegram", _M, "telegram.org telegram.me t.me web.telegram.org", "org.telegram.messenger org.telegram.plus ph.telegra.Telegraph", "telegram"),
    SocialNetwork("Discord", _M, "discord.com discordapp.com discord.gg", "com.discord", "discord"),
    SocialNetwork("Slack", _C, "slack.com slack-redir.net", "com.Slack com.tinyspeck.chatlyio", "slack"),
    SocialNetwork("Microsoft Teams", _C, "teams.microsoft.com teams.live.com teams.cloud.microsoft statics.teams.cdn.office.net", "com.microsoft.teams", "teams microsoft-teams microsoft_teams"),
    SocialNetwork("Viadeo", _N, "viadeo.com viadeo.journaldunet.com", "com.viadeo.android", "viadeo"),
    SocialNetwork("Xing", _N, "xing.com", "com.xing.android", "xing"),
    SocialNetwork("Medium", _P, "medium.com link.medium.com", "com.medium.reader", "medium"),
    SocialNetwork("Substack", _P, "substack.com open.substack.com", "com.substack.app", "substack"),
    SocialNetwork("Quora", _D, "quora.com fr.quora.com qr.ae", "com.quora.android", "quora"),
    SocialNetwork("Twitch", _S, "twitch.tv", "tv.twitch.android.app", "twitch"),
    SocialNetwork("VK", _N, "vk.com vk.ru vkontakte.ru away.vk.com", "com.vkontakte.android", "vk vkontakte"),
    SocialNetwork("Line", _M, "line.me liff.line.me", "jp.naver.line.android", "line"),
    SocialNetwork("WeChat", _M, "wechat.com weixin.qq.com mp.weixin.qq.com", "com.tencent.mm", "wechat weixin"),
    SocialNetwork("Signal", _M, "signal.org signal.me signal.group", "org.thoughtcrime.securesms", "signal"),
)  # fmt: skip

BY_HOST = {host: network for network in NETWORKS for host in network.hosts.split()}
BY_APP = {app.lower(): network for network in NETWORKS for app in network.apps.split()}
BY_WORD = {word: network for network in NETWORKS for word in [*network.words.split(), network.name.lower()]}
BY_CLICK_ID = {click_id: network for network in NETWORKS for click_id in network.click_ids.split()}

KIND_BY_NAME = {network.name: network.kind for network in NETWORKS}
