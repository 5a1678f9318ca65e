"""The social networks, with all the hosts, apps and words by which a visitor from them is recognised.

Kinds are the six of Fred Cavazza's panorama of social media (https://fredcavazza.net/panorama-des-medias-sociaux).
"""

from __future__ import annotations

import re
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
    SocialNetwork("Facebook", _N, "facebook.com facebook.net fb.com fb.me fb.watch fb.gg fbcdn.net fbsbx.com facebookcorewwwi.onion facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion", "com.facebook.katana com.facebook.lite com.facebook.Facebook com.facebook.pages.app com.facebook.groups 284882215", "facebook fb meta meta_ads meta_facebook an fcb fbk facebok", "fbclid"),
    SocialNetwork("Messenger", _M, "messenger.com m.me facebook.com/messages", "com.facebook.orca com.facebook.mlite com.facebook.Messenger 454638411", "messenger msg fb_messenger facebook_messenger"),
    SocialNetwork("Instagram", _S, "instagram.com instagr.am ig.me cdninstagram.com", "com.instagram.android com.instagram.lite com.burbn.instagram 389801252", "instagram ig insta facebook_instagram meta_instagram instagrm", "igshid igsh"),
    SocialNetwork("Threads", _D, "threads.net threads.com", "com.instagram.barcelona com.burbn.barcelona 6446901002", "threads meta_threads", "xmt"),
    SocialNetwork("LinkedIn", _N, "linkedin.com lnkd.in licdn.com linkedin.cn linkedin.android", "com.linkedin.android com.linkedin.android.lite com.linkedin.LinkedIn 288429040", "linkedin li lkdn linked_in linkedin_company linkedin_page linkdin linkedln likedin", "li_fat_id"),
    SocialNetwork("Pinterest", _S, "pinterest.com pinterest.{} pin.it", "com.pinterest com.pinterest.twa pinterest 429047995", "pinterest pin", "epik"),
    SocialNetwork("Snapchat", _M, "snapchat.com snap.com sc-cdn.net", "com.snapchat.android com.toyopagroup.picaboo 447188370", "snapchat snap", "sccid"),
    SocialNetwork("TikTok", _S, "tiktok.com tiktokv.com tiktokcdn.com", "com.zhiliaoapp.musically com.zhiliaoapp.musically.go com.ss.android.ugc.trill 835599320", "tiktok tik_tok tictoc", "ttclid"),
    SocialNetwork("X", _D, "x.com twitter.com t.co twimg.com tweetdeck.com", "com.twitter.android com.twitter.android.lite com.atebits.Tweetie2 333903271", "x twitter twiter tweetdeck tweet twitter_x x_twitter x_com x_(twitter x_(twitter) twitter_(x)", "twclid"),
    SocialNetwork("YouTube", _S, "youtube.com youtu.be youtube-nocookie.com youtube.{} ytimg.com youtubekids.com", "com.google.android.youtube com.google.android.youtube.tv com.google.android.apps.youtube.music com.google.ios.youtube 544007664", "youtube yt you_tube youtube_shorts youtub"),
    SocialNetwork("WhatsApp", _M, "whatsapp.com wa.me whatsapp.net wl.co", "com.whatsapp com.whatsapp.w4b net.whatsapp.WhatsApp net.whatsapp.WhatsAppSMB 310633997", "whatsapp wa whatsapp_business whats_app whatsap"),
    SocialNetwork("Clubhouse", _D, "clubhouse.com joinclubhouse.com clubhouseapi.com", "com.clubhouse.app co.alphaexploration.clubhouse 1503133294", "clubhouse"),
    SocialNetwork("Bluesky", _D, "bsky.app bsky.social skyfeed.app deck.blue bsky.link", "xyz.blueskyweb.app 6444370199", "bluesky bsky blue_sky"),
    SocialNetwork("Mastodon", _D, "joinmastodon.org", "org.joinmastodon.android org.joinmastodon.app com.keylesspalace.tusky app.fedilab.android 1571998974", "mastodon fediverse"),
    SocialNetwork("Reddit", _D, "reddit.com redd.it reddit.app.link redditmail.com redditmedia.com reddittorjg6rue252oqsxryoxengawnmo46qy4kyii5wtqnwfj4ooad.onion", "com.reddit.frontpage com.reddit.Reddit com.andrewshu.android.reddit com.laurencedawson.reddit_sync com.laurencedawson.reddit_sync.pro com.laurencedawson.reddit_sync.dev io.syncapps.lemmy_sync free.reddit.news com.onelouder.baconreader com.rubenmayayo.reddit ml.docilealligator.infinityforreddit me.ccrama.redditslide org.quantumbadger.redreader o.o.joey 1064216828", "reddit", "rdt_cid"),
    SocialNetwork("Telegram", _M, "telegram.org telegram.me telegram.dog t.me telesco.pe", "org.telegram.messenger org.telegram.messenger.web org.telegram.plus org.telegram.biftogram org.aka.messenger org.thunderdog.challegram ph.telegra.Telegraph 686449807", "telegram tg"),
    SocialNetwork("Discord", _M, "discord.com discordapp.com discord.gg discordapp.net discord.media", "com.discord com.hammerandchisel.discord 985746746", "discord"),
    SocialNetwork("Slack", _C, "slack.com slack-redir.net slack-msgs.com slack-edge.com", "com.Slack com.tinyspeck.chatlyio 618783545", "slack"),
    SocialNetwork("Microsoft Teams", _C, "teams.microsoft.com teams.live.com teams.cloud.microsoft statics.teams.cdn.office.net teams.cdn.office.net teams.microsoft.us", "com.microsoft.teams com.microsoft.skype.teams 1113153706", "microsoft_teams teams msteams ms_teams"),
    SocialNetwork("Viadeo", _N, "viadeo.com viadeo.journaldunet.com viad.eo", "com.viadeo.android com.viadeo.phone 336850507", "viadeo"),
    SocialNetwork("Xing", _N, "xing.com xing.to", "com.xing.android com.xing.XING 393943081", "xing"),
    SocialNetwork("Medium", _P, "medium.com", "com.medium.reader 828256236", "medium"),
    SocialNetwork("Substack", _P, "substack.com substack.email", "com.substack.app com.substack.Substack 1581650857", "substack"),
    SocialNetwork("Quora", _D, "quora.com qr.ae", "com.quora.android com.quora.app.mobile 456034437", "quora", "qclid"),
    SocialNetwork("Twitch", _S, "twitch.tv twitch.com clips.twitch.tv ttvnw.net", "tv.twitch.android.app tv.twitch 460177396", "twitch"),
    SocialNetwork("VK", _N, "vk.com vk.ru vk.me vk.cc vkontakte.ru vkvideo.ru", "com.vkontakte.android com.vk.vkclient 564177498", "vk vkontakte"),
    SocialNetwork("Line", _M, "line.me line.naver.jp lin.ee page.line.me", "jp.naver.line.android jp.naver.line 443904275", "line"),
    SocialNetwork("WeChat", _M, "wechat.com weixin.qq.com mp.weixin.qq.com weixin110.qq.com wx.qq.com weixin.com", "com.tencent.mm com.tencent.xin 414478124", "wechat weixin"),
    SocialNetwork("Signal", _M, "signal.org signal.me signal.group signal.art", "org.thoughtcrime.securesms org.whispersystems.signal 874139669", "signal"),
    SocialNetwork("Weibo", _D, "weibo.com weibo.cn t.cn sinaurl.cn", "com.sina.weibo com.sina.weibolite 350962117", "weibo"),
    SocialNetwork("Tumblr", _P, "tumblr.com t.umblr.com tmblr.co", "com.tumblr 305343404", "tumblr"),
    SocialNetwork("Flickr", _S, "flickr.com flic.kr", "com.flickr.android 328407587", "flickr"),
    SocialNetwork("Hacker News", _D, "news.ycombinator.com hackernews.com hckrnews.com", "io.github.hidroh.materialistic com.nickcraver.hackernews com.simon.harmonichackernews com.premii.hn", "hackernews hacker_news hn ycombinator"),
    SocialNetwork("Stack Overflow", _D, "stackoverflow.com stackexchange.com askubuntu.com serverfault.com superuser.com", "com.stackexchange.marvin", "stackoverflow stack_overflow stackexchange"),
)  # fmt: skip

# Networks that Google Analytics counts as video.
VIDEO = frozenset({"YouTube", "Twitch"})

BY_APP = {app.lower(): network for network in NETWORKS for app in network.apps.split()}
BY_WORD = {word: network for network in NETWORKS for word in network.words.split()}
KIND_BY_NAME = {network.name: network.kind for network in NETWORKS}

# Most Mastodon servers have a name by which they are recognised. The largest of the others are listed here.
# Source: the servers that https://joinmastodon.org/servers shows, and Matomo's list of social networks.
_MASTODON_NAME = re.compile(r"(?:[\w-]+-)?mastodon(?:t|app|-[\w-]+|\d+)?|mstdn\w*|masto|toot|pouet")
_MASTODON_HOSTS = frozenset(
    "mas.to mamot.fr piaille.fr fosstodon.org hachyderm.io infosec.exchange social.vivaldi.net framapiaf.org h4.io"
    " pouet.chapril.org toot.aquilenet.fr pawoo.net friends.nico quey.org botsin.space social.tchncs.de knzk.me"
    " bitcoinhackers.org chaos.social cybre.space vis.social typo.social front-end.social newsie.social c.im"
    " indieweb.social sfba.social universeodon.com ohai.social graphics.social tkm.eus techhub.social mindly.social"
    " kolektiva.social ioc.exchange phpc.social ruby.social floss.social det.social troet.cafe norden.social"
    " scholar.social sciences.re eldritch.cafe diaspodon.fr boitam.eu octodon.social aus.social social.coop wandering.shop"
    " tech.lgbt hostux.social libretooth.gr urbanists.social federate.social journa.host zirk.us"
    " mathstodon.xyz ecoevo.social fediscience.org social.network.europa.eu social.numerique.gouv.fr oc.todon.fr"
    " todon.eu todon.nl alpaca.gold defcon.social ieji.de wisskomm.social climatejustice.social livellosegreto.it"
    " sociale.network aipi.social nrw.social ruhr.social dresden.network mograph.social dice.camp thebadspace.org"
    " photog.social snowdin.town mk.gougere.fr elk.zone phanpy.social ivory.app".split()
)


def is_mastodon(host: str) -> bool:
    """Returns whether a host is a Mastodon server, by its name or by the list."""
    if host in _MASTODON_HOSTS:
        return True
    first, _, rest = host.partition(".")
    # `social.example.fr` is the custom for an organisation's own server; `social.com` is anyone's.
    return bool(_MASTODON_NAME.fullmatch(first)) or (first == "social" and "." in rest)
