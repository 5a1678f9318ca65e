"""The words by which bots identify themselves, anywhere in a name.

For bots that are on no list. A user agent with a URL or an email address is a bot's: no browser sends one.
"""

from __future__ import annotations

from functools import lru_cache

from tracker.enrichment.bots.verdict import BotKind
from tracker.enrichment.text.pattern_set import FirstMatch, Pattern

# A word ends where no letter follows, so that CamelCase, digits, versions and separators all end it.
_WORDS: tuple[tuple[BotKind, str], ...] = (
    (BotKind.HEADLESS, r"headless|phantomjs|puppeteer|playwright|selenium|web-?driver|\bcypress/|prerender|-snapshot\b"),
    (BotKind.AI_CRAWLER, r"\b(?:llm|gpt|ai)-?(?:bot|crawler|spider|agent|search|user)(?:[^a-z]|$)"),
    (BotKind.SEARCH_ENGINE, r"search[-_ ]?(?:bot|engine|crawler|spider)|index(?:er|ing|bot)(?:[^a-z]|$)"),
    (BotKind.FEED, r"\brss\b|rss[-_ ]?(?:bot|reader|parser|fetcher|feed)|feed[-_ ]?(?:bot|reader|parser|fetcher|ly|burner|demon|validator|flow)|(?:^|[^a-z])(?:atom|podcast)[-_ ]?(?:bot|reader|parser|fetcher)|(?:^|[^a-z])feeds?(?:[^a-z]|$)"),
    (BotKind.MONITORING, r"monitor|uptime|health[-_ ]?check|healthz|heartbeat|synthetic|watchdog|ping(?:er|bot)(?:[^a-z]|$)|availability|speed-?test|load-?test|status-?(?:check|page)|diagnostics?(?:[^a-z]|$)"),
    (BotKind.PREVIEW, r"preview|thumbnail|screen-?shot|favicon|image-?proxy|img-?proxy|unfurl|oembed|embed(?:ly|der)|link-?expander|og-?image|metadata"),
    (BotKind.SEO, r"lighthouse|observatory|prospecting|metrix|(?-i:SEO)|\bseo(?:[^a-z]|$)|seo-?(?:bot|crawl|check)|\bserp|back-?link|link-?check|link-?(?:bot|walker|sleuth)|site-?(?:audit|map|check|analy)|audit|rank(?:er|ing|bot)?(?:[^a-z]|$)|keyword|accessibility|\bw3c_|validator"),
    (BotKind.SCANNER, r"(?:^|[^m])scan(?:ner|ning|bot)?(?:[^a-z]|$)|scanner|\bvuln|security(?:[^a-z]|$)|pentest|\brecon(?:[^a-z]|$)|exploit|\bprobe|research|survey|measurement|fingerprint|abuse|honeypot|threat|malware|phish|\bcert(?:[^a-z]|$)|\brecon-"),
    (BotKind.LIBRARY, r"http[-_]?client|http[-_]?request|\blib(?:rary|www|curl|http)|\bsdk/|(?:^|[^a-z])(?:java|python|perl|ruby|php|golang|node|rust|lua|erlang|haskell|dotnet)(?:[/ _-]|$)|downloader|\bdownload(?: manager| accelerator| ninja| master)"),
    (BotKind.UNKNOWN, r"(?:bot|b0t|robot|crawl|crawler|crawling|spider|scrape|scraper|scraping|harvest|harvester|fetch|fetcher|grabber|collector|archiver?|checker|inspector|analy[sz]er|analy[sz]e|parser|resolver|extractor|extractors|discovery|finder|tracker|verif(?:y|ier|ication)|lookup|classifier|categori[sz]er|aggregator|agent|proxy|transcoder|importer|ingest(?:er|or)?|loader|worker|scheduler|webhooks?|callback|automation|intelligence|leads?|enrichment|extended|cloud-?function|lambda|appengine|internal|dummy|anonymous|citation|slurp|sniffer|trawler|wanderer|worm|reaper|copier|copy|siphon|leech|snag|sucker|stripper|snoop|hunter|miner|mining)s?(?:[^a-z]|$)"),
    (BotKind.UNKNOWN, r"crawl|spider|(?:^|[^a-z])bots?(?:[^a-z]|$)|scrap(?:e|ing|y)|user[-_ ]?agent|^(?:unknown|none|null|undefined|anonymous)$|^test(?:er|ing|bot)?(?:[^a-z]|$)|httpclient|\bmy ?agent|placeholder"),
)  # fmt: skip
# What nobody adds to a person's browser; a bare domain may name the owner of the computer.
_WRITTEN = r"https?:|https?%3a|\bwww\.|[\w.+-]@[a-z0-9-]+\.[a-z]|\[at\]|\(at\)|; ?at;|\b[\w-]+ at [\w-]+ dot |\+ ?[a-z0-9-]+\.(?:com|org|net|io|ai|co|de|fr|dev|app)\b|\(via [\w-]+\."
_CONTACT = rf"{_WRITTEN}|[( ;/][a-z0-9-]+\.(?:com|org|net|io|ai|info|co\.uk|de|fr|eu|ru|me)(?:[/ );]|$)"


@lru_cache(maxsize=1)
def contact() -> FirstMatch:
    """Finds a URL or an email address."""
    return FirstMatch([Pattern(_CONTACT, "", BotKind.UNKNOWN)])


@lru_cache(maxsize=1)
def written_contact() -> FirstMatch:
    """Finds a complete URL or email address. In a whole browser's user agent only a bot has one."""
    return FirstMatch([Pattern(_WRITTEN, "", BotKind.UNKNOWN)])


@lru_cache(maxsize=1)
def bot_words() -> FirstMatch:
    """Finds the words; the kind is what the word says."""
    return FirstMatch(Pattern(words, "", kind) for kind, words in _WORDS)
