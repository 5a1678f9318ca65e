"""Source, medium, channel: by kinds of referrers, campaign parameters and click ids."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import Attribution, attribute, is_referrer_spam

SITE = "https://blog.exemple.fr/article"


def attribution(query: str = "", referrer: str | None = None, *, page: str = SITE) -> Attribution:
    parsed = parse_page(f"{page}{query}")
    assert parsed is not None
    return attribute(parsed, referrer, site_hosts=frozenset({"exemple.com"}))


@pytest.mark.parametrize(
    ("referrer", "source", "medium", "channel"),
    [
        # Search engines.
        pytest.param("https://www.google.com/", "Google", "organic", "Organic Search", id="google"),
        pytest.param("https://www.google.co.uk/", "Google", "organic", "Organic Search", id="country-of-two-labels"),
        pytest.param("https://google.fr", "Google", "organic", "Organic Search", id="no-path"),
        pytest.param("HTTPS://WWW.GOOGLE.FR/", "Google", "organic", "Organic Search", id="upper-case"),
        pytest.param("https://www.google.com:443/url?q=x", "Google", "organic", "Organic Search", id="redirector"),
        pytest.param(
            "https://blog-exemple-fr.cdn.ampproject.org/", "Google", "organic", "Organic Search", id="amp-cache"
        ),
        pytest.param(
            "android-app://com.google.android.googlequicksearchbox/", "Google", "organic", "Organic Search", id="app"
        ),
        pytest.param("https://www.bing.com/ck/a?!&&p=1", "Bing", "organic", "Organic Search", id="bing-redirector"),
        pytest.param("https://cn.bing.com/", "Bing", "organic", "Organic Search", id="country-subdomain"),
        pytest.param(
            "https://duckduckgo.com/l/?uddg=x", "DuckDuckGo", "organic", "Organic Search", id="duck-redirector"
        ),
        pytest.param("https://lite.qwant.com/", "Qwant", "organic", "Organic Search", id="qwant-lite"),
        pytest.param("https://fr.search.yahoo.com/", "Yahoo!", "organic", "Organic Search", id="yahoo-france"),
        pytest.param("https://r.search.yahoo.com/x", "Yahoo!", "organic", "Organic Search", id="yahoo-redirector"),
        pytest.param(
            "https://yandex.com.tr/clck/jsredir", "Yandex", "organic", "Organic Search", id="yandex-redirector"
        ),
        pytest.param("https://lemoteur.orange.fr/", "Orange", "organic", "Organic Search", id="french-portal"),
        pytest.param("https://search.brave.com/", "Brave", "organic", "Organic Search", id="brave"),
        pytest.param("https://next.duckduckgo.com/", "DuckDuckGo", "organic", "Organic Search", id="below-an-engine"),
        pytest.param("https://blog.ecosia.org/", "blog.ecosia.org", "referral", "Referral", id="an-engines-blog"),
        pytest.param("https://searx.exemple.net/", "SearXNG", "organic", "Organic Search", id="engine-anyone-runs"),
        pytest.param("https://docs.google.com/", "Google Docs", "referral", "Referral", id="not-the-search"),
        pytest.param("https://google.evil.example/", "google.evil.example", "referral", "Referral", id="not-google"),
        pytest.param("https://notgoogle.com/", "notgoogle.com", "referral", "Referral", id="ends-like-google"),
        # AI assistants.
        pytest.param("https://chatgpt.com/", "ChatGPT", "ai-assistant", "AI Assistants", id="chatgpt"),
        pytest.param("https://chat.openai.com/", "ChatGPT", "ai-assistant", "AI Assistants", id="old-chatgpt"),
        pytest.param(
            "https://www.perplexity.ai/search/x", "Perplexity", "ai-assistant", "AI Assistants", id="perplexity"
        ),
        pytest.param("https://claude.ai/", "Claude", "ai-assistant", "AI Assistants", id="claude"),
        pytest.param("https://gemini.google.com/", "Gemini", "ai-assistant", "AI Assistants", id="gemini"),
        pytest.param("https://notebooklm.google.com/", "NotebookLM", "ai-assistant", "AI Assistants", id="notebooklm"),
        pytest.param("https://copilot.microsoft.com/", "Copilot", "ai-assistant", "AI Assistants", id="copilot"),
        pytest.param("https://www.bing.com/chat?q=1", "Copilot", "ai-assistant", "AI Assistants", id="bing-chat"),
        pytest.param("https://chat.mistral.ai/", "Le Chat", "ai-assistant", "AI Assistants", id="le-chat"),
        pytest.param("https://chat.deepseek.com/", "DeepSeek", "ai-assistant", "AI Assistants", id="deepseek"),
        pytest.param("https://x.com/i/grok", "Grok", "ai-assistant", "AI Assistants", id="grok-on-x"),
        pytest.param("https://www.meta.ai/", "Meta AI", "ai-assistant", "AI Assistants", id="meta-ai"),
        pytest.param("https://you.com/", "You.com", "ai-assistant", "AI Assistants", id="you"),
        pytest.param("https://poe.com/", "Poe", "ai-assistant", "AI Assistants", id="poe"),
        pytest.param("https://www.phind.com/", "Phind", "ai-assistant", "AI Assistants", id="phind"),
        pytest.param(
            "https://www.google.com/search?q=x&udm=50", "Google AI Mode", "ai-assistant", "AI Assistants", id="ai-mode"
        ),
        pytest.param("android-app://com.openai.chatgpt", "ChatGPT", "ai-assistant", "AI Assistants", id="chatgpt-app"),
        # Mail.
        pytest.param("https://mail.google.com/", "Gmail", "email", "Email", id="gmail"),
        pytest.param("android-app://com.google.android.gm/", "Gmail", "email", "Email", id="gmail-app"),
        pytest.param("https://outlook.live.com/", "Outlook.com", "email", "Email", id="outlook"),
        pytest.param(
            "https://eur03.safelinks.protection.outlook.com/?url=x", "Outlook.com", "email", "Email", id="safe-links"
        ),
        pytest.param("https://mail.proton.me/", "Proton Mail", "email", "Email", id="proton"),
        pytest.param("https://mail03.orange.fr/", "Orange Webmail", "email", "Email", id="orange"),
        pytest.param("https://zimbra.free.fr/", "Free", "email", "Email", id="free"),
        pytest.param("https://messagerie.laposte.net/", "La Poste", "email", "Email", id="laposte"),
        pytest.param("https://webmail.ac-lyon.fr/", "webmail.ac-lyon.fr", "email", "Email", id="any-webmail"),
        pytest.param("https://exemple.us1.list-manage.com/", "Mailchimp", "email", "Email", id="mailing-service"),
        pytest.param("https://exemple.cmail37.com/t/x", "Campaign Monitor", "email", "Email", id="numbered-sender"),
        pytest.param("https://messagerie-7.sfr.fr/", "SFR Mail", "email", "Email", id="numbered-webmail"),
        pytest.param("https://urldefense.com/v3/__x", "Proofpoint", "email", "Email", id="mail-filter"),
        pytest.param("https://mail.ru/", "Mail.ru", "organic", "Organic Search", id="mail-is-no-subdomain-here"),
        # Video, shopping, news, feeds, short links, anything.
        pytest.param("https://player.vimeo.com/video/1", "Vimeo", "video", "Organic Video", id="vimeo"),
        pytest.param("https://geo.dailymotion.com/", "Dailymotion", "video", "Organic Video", id="dailymotion"),
        pytest.param(
            "https://tube.peertube.exemple.net/", "PeerTube", "video", "Organic Video", id="video-anyone-runs"
        ),
        pytest.param("https://www.amazon.fr/dp/1", "Amazon", "referral", "Organic Shopping", id="amazon-france"),
        pytest.param("https://www.etsy.com/", "Etsy", "referral", "Organic Shopping", id="etsy"),
        pytest.param("https://news.google.com/", "Google News", "organic", "Organic Search", id="google-news"),
        pytest.param("https://feedly.com/i/x", "Feedly", "referral", "Referral", id="feedly"),
        pytest.param("https://www.inoreader.com/", "Inoreader", "referral", "Referral", id="inoreader"),
        pytest.param("https://flipboard.com/@x", "Flipboard", "social", "Organic Social", id="flipboard"),
        pytest.param("https://getpocket.com/", "Pocket", "social", "Organic Social", id="pocket"),
        pytest.param("https://news.ycombinator.com/", "Hacker News", "social", "Organic Social", id="hacker-news"),
        pytest.param("https://lobste.rs/s/x", "Lobsters", "social", "Organic Social", id="lobsters"),
        pytest.param("https://bit.ly/abc", "bit.ly", "social", "Organic Social", id="short-link"),
        pytest.param("https://ow.ly/abc", "Hootsuite", "social", "Organic Social", id="social-tools-short-link"),
        pytest.param("https://fr.wikipedia.org/wiki/X", "Wikipedia", "referral", "Referral", id="wikipedia"),
        pytest.param("https://auteur.wordpress.com/x", "auteur.wordpress.com", "social", "Organic Social", id="a-blog"),
        pytest.param("https://www.lemonde.fr/x?id=3#y", "lemonde.fr", "referral", "Referral", id="newspaper"),
        pytest.param("http://intranet/page", "intranet", "referral", "Referral", id="intranet"),
        pytest.param("android-app://com.acme.reader/x", "com.acme.reader", "app", "Referral", id="unknown-app"),
        pytest.param("android-app://m.facebook.com", "Facebook", "social", "Organic Social", id="app-named-by-host"),
        pytest.param("android-app://com.pinterest.unlisted", "Pinterest", "social", "Organic Social", id="makers-app"),
        pytest.param("android-app://com.google.unlisted", "com.google.unlisted", "app", "Referral", id="portals-app"),
        pytest.param("https://redlib.exemple.net/r/x", "Reddit", "social", "Organic Social", id="other-face-of-reddit"),
        pytest.param("https://tech.slashdot.org/", "Slashdot", "social", "Organic Social", id="googles-list-named"),
        pytest.param("https://login.tagged.com/", "Tagged", "social", "Organic Social", id="a-networks-own-login"),
        # Without a scheme, as a server's own client may send it.
        pytest.param("www.google.com", "Google", "organic", "Organic Search", id="bare-host"),
        pytest.param("t.co/abc", "X", "social", "Organic Social", id="bare-host-and-path"),
        pytest.param("//www.google.com/search", "Google", "organic", "Organic Search", id="no-scheme"),
        pytest.param("www.lemonde.fr", "lemonde.fr", "referral", "Referral", id="bare-unknown-site"),
        pytest.param("com.google.android.gm", "Gmail", "email", "Email", id="bare-app"),
        pytest.param("https://tpc.googlesyndication.com/", "Google", "display", "Display", id="ad-network"),
    ],
)
def test_a_referrer_names_its_source(referrer: str, source: str, medium: str, channel: str) -> None:
    found = attribution(referrer=referrer)
    assert (found.source, found.medium, found.channel) == (source, medium, channel)


@pytest.mark.parametrize(
    "referrer",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("about:blank", id="blank"),
        pytest.param("null", id="null"),
        pytest.param("undefined", id="undefined"),
        pytest.param("-", id="access-logs-dash"),
        pytest.param("file:///C:/x.html", id="file"),
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("https://blog.exemple.fr/other", id="same-host"),
        pytest.param("https://www.blog.exemple.fr/", id="www"),
        pytest.param("http://blog.exemple.fr:8080/", id="port"),
        pytest.param("https://exemple.fr/", id="parent-domain"),
        pytest.param("https://boutique.exemple.fr/", id="sibling"),
        pytest.param("https://exemple.com/", id="another-domain-of-the-site"),
        pytest.param("http://localhost:3000/", id="localhost"),
        pytest.param("http://192.168.1.10/", id="private-address"),
        pytest.param("http://[::1]/", id="loopback-v6"),
        pytest.param("http://nas.local/", id="local-name"),
        pytest.param("https://www.paypal.com/checkoutnow?token=1", id="payment"),
        pytest.param("https://checkout.stripe.com/c/pay/x", id="stripe"),
        pytest.param("https://accounts.google.com/", id="sign-in"),
        pytest.param("https://login.microsoftonline.com/", id="microsoft-sign-in"),
        pytest.param("https://www.facebook.com/v19.0/dialog/oauth?x", id="facebook-sign-in"),
        pytest.param("https://app.franceconnect.gouv.fr/", id="franceconnect"),
        pytest.param("https://sso.exemple-groupe.fr/", id="company-sign-in"),
        pytest.param("https://login.exemple-groupe.fr/", id="company-login"),
        pytest.param("https://accounts.google.fr/", id="sign-in-by-country"),
        pytest.param("index.html", id="a-file"),
        pytest.param("foo.bar", id="a-word-with-a-dot"),
        pytest.param("someone@gmail.com", id="an-address"),
        pytest.param("mailto:someone@gmail.com", id="a-letter"),
        pytest.param("chrome-extension://x.com/y", id="an-extension"),
        pytest.param("blog.exemple.fr/other", id="same-host-bare"),
        pytest.param("/other", id="a-path"),
    ],
)
def test_nobody_comes_from_here(referrer: str | None) -> None:
    assert attribution(referrer=referrer) == Attribution(None, None, None, "Direct", None, None, None, None)


def test_two_blogs_of_one_host_are_two_sites() -> None:
    found = attribution(referrer="https://autre.wordpress.com/", page="https://blog.wordpress.com/")
    assert found.source == "autre.wordpress.com"


@pytest.mark.parametrize(
    ("query", "source", "medium", "channel"),
    [
        pytest.param("?utm_source=newsletter&utm_medium=email", "newsletter", "email", "Email", id="newsletter"),
        pytest.param("?utm_source=newsletter", "newsletter", "email", "Email", id="newsletter-without-medium"),
        pytest.param("?utm_source=chatgpt.com", "ChatGPT", "ai-assistant", "AI Assistants", id="chatgpt"),
        pytest.param("?utm_source=perplexity", "Perplexity", "ai-assistant", "AI Assistants", id="perplexity"),
        pytest.param("?utm_source=google&utm_medium=cpc", "Google", "cpc", "Paid Search", id="google-cpc"),
        pytest.param(
            "?utm_source=Google&utm_medium=organic", "Google", "organic", "Organic Search", id="google-organic"
        ),
        pytest.param("?utm_source=adwords", "Google", "cpc", "Paid Search", id="adwords"),
        pytest.param("?utm_source=google_pmax", "Google", "cpc", "Paid Search", id="pmax"),
        pytest.param("?utm_source=yt-ads", "YouTube", "cpc", "Paid Video", id="youtube-ads"),
        pytest.param("?utm_source=gdn", "Google", "display", "Display", id="display-network"),
        pytest.param("?utm_source=taboola&utm_medium=cpc", "Taboola", "cpc", "Paid Other", id="native-ads"),
        pytest.param("?utm_source=partenaire&utm_medium=referral", "partenaire", "referral", "Referral", id="partner"),
        pytest.param("?ref=producthunt", "Product Hunt", "social", "Organic Social", id="ref"),
        pytest.param("?source=hackernews", "Hacker News", "social", "Organic Social", id="source"),
        pytest.param("?via=un-ami", "un-ami", "referral", "Referral", id="via"),
        pytest.param("?ref=https%3A%2F%2Fwww.linkedin.com%2F", "LinkedIn", "social", "Organic Social", id="ref-url"),
        pytest.param("?mtm_source=linkedin&mtm_medium=social", "LinkedIn", "social", "Organic Social", id="matomo"),
        pytest.param("?pk_source=bing&pk_medium=cpc", "Bing", "cpc", "Paid Search", id="piwik"),
        pytest.param("?piwik_campaign=x&piwik_kwd=y", None, None, "Unassigned", id="piwik-campaign-alone"),
        pytest.param("?at_medium=sl&at_platform=google&at_campaign=x", "Google", "sl", "Paid Search", id="piano"),
        pytest.param("?at_medium=email&at_campaign=x", None, "email", "Email", id="piano-email"),
        pytest.param("?xtor=EPR-42-%5Blettre%5D", None, "email", "Email", id="at-internet-letter"),
        pytest.param("?xtor=SEC-1-GOO", None, "cpc", "Paid Other", id="at-internet-search"),
        pytest.param("?referrer=linkedin", "LinkedIn", "social", "Organic Social", id="referrer-parameter"),
        pytest.param("?utm_medium=email", None, "email", "Email", id="medium-alone"),
        pytest.param("?utm_source=(direct)&utm_medium=(none)", None, None, "Direct", id="direct-said"),
        pytest.param("?UTM_SOURCE=LinkedIn&Utm_Medium=Social", "LinkedIn", "Social", "Organic Social", id="case"),
        pytest.param("?utm_source=&utm_source=linkedin", "LinkedIn", "social", "Organic Social", id="empty-then-full"),
        pytest.param("?utm_source=linkedin&utm_source=x", "LinkedIn", "social", "Organic Social", id="repeated"),
        pytest.param("?utm_source=lettre+d%27info&utm_medium=email", "lettre d'info", "email", "Email", id="encoded"),
        pytest.param("?utm_source=x%0Ay&utm_medium=email", "x y", "email", "Email", id="newline"),
        pytest.param("?a=1&amp;utm_source=linkedin", "LinkedIn", "social", "Organic Social", id="html-escaped"),
        pytest.param("#utm_source=linkedin", "LinkedIn", "social", "Organic Social", id="in-the-fragment"),
        pytest.param("#/page?mtm_source=linkedin", "LinkedIn", "social", "Organic Social", id="in-a-hash-route"),
        pytest.param("?utm_source=Google%2520Ads", "Google", "cpc", "Paid Search", id="encoded-twice"),
        pytest.param(
            "?utm_source=facebook?fbclid=1", "Facebook", "social", "Organic Social", id="second-question-mark"
        ),
        pytest.param("?utm_source=%22google%22", "Google", "organic", "Organic Search", id="quoted"),
        pytest.param("?ref=https%3A%2F%2Fwww.lemonde.fr%2Fx", "lemonde.fr", "referral", "Referral", id="unknown-url"),
        pytest.param("?utm_source=facebook_post", "Facebook", "social", "Organic Social", id="a-place-on-it"),
        pytest.param("?utm_source=courriel", "courriel", "email", "Email", id="french-for-mail"),
        pytest.param(
            "?hsa_net=linkedin&utm_source=linkedin", "LinkedIn", "cpc", "Paid Social", id="hubspot-and-source"
        ),
        pytest.param("?yclid=YSS.1", "Yahoo!", "cpc", "Paid Search", id="yahoo-japans-click"),
        pytest.param("?vgo_ee=1", "ActiveCampaign", "email", "Email", id="activecampaign"),
        pytest.param("?utm_source=lancement", "lancement", "referral", "Referral", id="any-word"),
        pytest.param("?utm_source=sms", "sms", "referral", "SMS", id="sms"),
        pytest.param("?utm_source=paid_search", "paid_search", "cpc", "Paid Search", id="a-mediums-words"),
        pytest.param("?gclid=1", "Google", "cpc", "Paid Search", id="gclid"),
        pytest.param("?gbraid=1", "Google", "cpc", "Paid Search", id="gbraid"),
        pytest.param("?wbraid=1", "Google", "cpc", "Paid Search", id="wbraid"),
        pytest.param("?gad_source=1", "Google", "cpc", "Paid Search", id="gad-source"),
        pytest.param("?dclid=1", "Google", "display", "Display", id="dclid"),
        pytest.param("?msclkid=1", "Bing", "cpc", "Paid Search", id="msclkid"),
        pytest.param("?tblci=1", "Taboola", "display", "Display", id="native-advertisement"),
        pytest.param("?yclid=1", "Yandex", "cpc", "Paid Search", id="yclid"),
        pytest.param("?gclid=1&utm_source=google", "Google", "cpc", "Paid Search", id="gclid-and-source"),
        pytest.param("?gclid=1&utm_campaign=soldes", "Google", "cpc", "Paid Search", id="gclid-and-campaign"),
        pytest.param("?mc_cid=1&mc_eid=2", "Mailchimp", "email", "Email", id="mailchimp"),
        pytest.param("?_hsenc=1&_hsmi=2", "HubSpot", "email", "Email", id="hubspot"),
        pytest.param("?vero_id=1", "Vero", "email", "Email", id="vero"),
        pytest.param("?hsa_net=linkedin&hsa_cam=1", "LinkedIn", "cpc", "Paid Social", id="hubspot-ads"),
        pytest.param("?srsltid=1", "Google", "organic", "Organic Search", id="free-product-listing"),
    ],
)
def test_a_campaign_names_its_source(query: str, source: str | None, medium: str | None, channel: str) -> None:
    found = attribution(query)
    assert (found.source, found.medium, found.channel) == (source, medium, channel)


@pytest.mark.parametrize(
    ("query", "referrer", "source", "channel"),
    [
        pytest.param("?utm_source=newsletter", "https://mail.google.com/", "newsletter", "Email", id="word-wins"),
        pytest.param("?utm_medium=cpc", "https://www.google.fr/", "Google", "Paid Search", id="medium-of-a-referrer"),
        pytest.param("?gclid=1", "https://www.youtube.com/", "YouTube", "Paid Video", id="googles-click-on-youtube"),
        pytest.param(
            "?msclkid=1", "https://duckduckgo.com/", "DuckDuckGo", "Paid Search", id="microsofts-click-on-duck"
        ),
        pytest.param("?gclid=1", "https://duckduckgo.com/", "DuckDuckGo", "Organic Search", id="an-indexed-click-id"),
        pytest.param("?msclkid=1", "https://www.google.fr/", "Google", "Organic Search", id="indexed-the-other-way"),
        pytest.param("?gclid=1", "https://www.ecosia.org/", "Ecosia", "Paid Search", id="googles-click-on-ecosia"),
        pytest.param(
            "?gclid=1&utm_source=google&utm_medium=organic", "", "Google", "Paid Search", id="an-engines-own-click"
        ),
        pytest.param("?gclid=1&utm_source=youtube&utm_medium=video", "", "YouTube", "Paid Video", id="its-own-site"),
        pytest.param("?gclid=1&utm_source=lettre&utm_medium=email", "", "lettre", "Email", id="anothers-click-id"),
        pytest.param("?gclid=1", "https://un-site.example/", "Google", "Paid Search", id="googles-click-elsewhere"),
        pytest.param("?fbclid=1", "https://l.instagram.com/", "Instagram", "Organic Social", id="shared-id"),
        pytest.param("?fbclid=1", "https://un-forum.example/", "un-forum.example", "Referral", id="copied-link"),
        pytest.param("?mc_cid=1", "https://mail.google.com/", "Gmail", "Email", id="letter-read-in-gmail"),
        pytest.param("?ref=menu", "https://blog.exemple.fr/", None, "Direct", id="the-sites-own-ref"),
        pytest.param("?utm_source=x", "https://blog.exemple.fr/", "X", "Organic Social", id="campaign-within-the-site"),
        pytest.param("?page=2", "https://www.google.fr/", "Google", "Organic Search", id="other-parameters"),
    ],
)
def test_campaign_click_id_and_referrer_have_their_rank(
    query: str, referrer: str, source: str | None, channel: str
) -> None:
    found = attribution(query, referrer)
    assert (found.source, found.channel) == (source, channel)


def test_a_campaigns_parts_are_kept() -> None:
    found = attribution("?utm_source=li&utm_medium=social&utm_campaign=lancement&utm_content=image&utm_term=crm")
    assert (found.campaign, found.content, found.term) == ("lancement", "image", "crm")


@pytest.mark.parametrize(
    ("referrer", "term"),
    [
        pytest.param("https://www.google.fr/search?hl=fr&q=logiciel+crm", "logiciel crm", id="google"),
        pytest.param("https://fr.search.yahoo.com/search?p=logiciel%20crm&fr=x", "logiciel crm", id="yahoo"),
        pytest.param("https://www.baidu.com/s?wd=%E4%B8%AD", "中", id="baidu"),
        pytest.param("https://www.google.fr/", None, id="not-given"),
        pytest.param("https://www.lemonde.fr/recherche?q=secret", None, id="a-sites-own-search"),
    ],
)
def test_the_searched_words_are_read_where_an_engine_gives_them(referrer: str, term: str | None) -> None:
    assert attribution(referrer=referrer).term == term


def test_a_stored_referrer_has_neither_query_nor_password() -> None:
    found = attribution(referrer="https://me:secret@www.lemonde.fr:443/a/b?token=1#x")
    assert found.referrer == "https://www.lemonde.fr/a/b"


@pytest.mark.parametrize(
    ("referrer", "spam"),
    [
        pytest.param("http://semalt.com/project_crawl.php", "semalt.com", id="listed"),
        pytest.param("https://www.semalt.com/", "semalt.com", id="www"),
        pytest.param("https://a.b.semalt.com/", "semalt.com", id="subdomain"),
        pytest.param("https://SEMALT.com:443/", "semalt.com", id="case-and-port"),
        pytest.param("http://xn--80ajbshivpvn2i.xn--p1ai/", None, id="an-unlisted-idn"),
        pytest.param("https://mail.semalt.com/", "semalt.com", id="calls-itself-a-webmail"),
        pytest.param("https://notsemalt.com/", None, id="ends-like-it"),
        pytest.param("https://semalt.com.example/", None, id="begins-like-it"),
        pytest.param("https://www.google.com/search?q=semalt.com", None, id="searched-for"),
        pytest.param("https://search.iminent.com/?q=x", None, id="a-search-engine-of-a-listed-maker"),
        pytest.param(None, None, id="none"),
    ],
)
def test_referrer_spam_is_told_by_its_domain(referrer: str | None, spam: str | None) -> None:
    assert is_referrer_spam(referrer) == spam


def test_an_international_spam_domain_is_found_in_both_scripts() -> None:
    puny = "xn----7sbabb9a1b7bddgm6a1i.xn--p1ai"
    unicode_host = puny.encode("ascii").decode("idna")
    assert is_referrer_spam(f"http://{puny}/") == puny
    assert is_referrer_spam(f"http://{unicode_host}/") == puny


def test_no_network_is_on_the_list_of_spammers() -> None:
    from tracker.enrichment.source.social_networks import NETWORKS

    hosts = [host for network in NETWORKS for host in network.hosts.split()]
    assert [host for host in hosts if is_referrer_spam(f"https://{host}/")] == []


_pieces = st.lists(
    st.sampled_from(
        ["http", "https", "://", "//", ":", "@", "/", "?", "#", "&", "=", "%", "%0A", "%C3%A9", "é", "\n", "\r\n", "\x00",
         "utm_source", "utm_medium", "gclid", "ref", "google", ".com", "www.", "facebook", "[", "]", "::1", "xn--", "\ud800",
         "android-app", "..", " ", "+", "a" * 300, "\u2028", "💥", "mastodon.", "/@user", "\\"]
    ),
    max_size=30,
).map("".join)  # fmt: skip
_hostile = st.one_of(st.text(max_size=200), _pieces, _pieces.map("https://".__add__))


@given(_hostile, _hostile, st.booleans())
@example("https://a/?utm_source=\ud800", "https://\ud800.com/\n", False)
@example("https://a.fr/#" + "=" * 50, "android-app://" + "é" * 3000, True)
def test_hostile_addresses_give_short_lines_and_no_errors(url: str, referrer: str, keep_hash: bool) -> None:
    is_referrer_spam(referrer)
    page = parse_page(url, keep_hash=keep_hash)
    if page is None:
        return
    found = attribute(page, referrer)
    for value in (page.hostname, page.path, page.url, *found):
        if value is not None:
            assert value.isprintable() or not any(letter in value for letter in "\n\r\x00\u2028\ud800")
            value.encode("utf-8")
            assert len(value) <= 2400


@pytest.mark.parametrize(
    "long",
    [
        pytest.param("https://" + "a." * 200_000 + "com/", id="labels"),
        pytest.param("https://" + "é" * 200_000 + ".fr/", id="international"),
        pytest.param("https://a.fr/" + "/@" * 200_000, id="path"),
        pytest.param("https://a.fr/?" + "&utm_source" * 200_000, id="parameters"),
        pytest.param("https://a.fr/?utm_source=" + "%25" * 200_000, id="escapes"),
        pytest.param("https://" + "@" * 400_000, id="at-signs"),
        pytest.param("https://a.fr/?utm_source=" + "-_" * 200_000, id="separators"),
    ],
)
def test_a_long_address_is_cut_before_it_costs(long: str) -> None:
    page = parse_page(long)
    found = attribute(page or parse_page("https://a.fr/"), long)  # type: ignore[arg-type]
    assert all(value is None or len(value) <= 1024 for value in found)


@pytest.mark.parametrize(
    ("query", "source", "medium"),
    [
        pytest.param("?utm_source=fb&utm_medium=Paid_Social", "fb", "Paid_Social", id="short-form"),
        pytest.param("?utm_source=Lettre%20du%20Mardi", "Lettre du Mardi", None, id="encoded"),
        pytest.param("?utm_source=(direct)&utm_medium=none", "(direct)", "none", id="words-for-nothing"),
        pytest.param("?ref=fb&mtm_medium=social", None, None, id="other-parameters"),
        pytest.param("?utm_medium=email&gclid=1", None, "email", id="click-id"),
        pytest.param("", None, None, id="none"),
    ],
)
def test_a_campaign_s_words_are_kept_as_they_stood(query: str, source: str | None, medium: str | None) -> None:
    for referrer in (None, "https://www.google.com/", f"{SITE}autre"):
        found = attribution(query, referrer)
        assert (found.utm_source, found.utm_medium) == (source, medium)
