"""Source, medium, channel and term over the open referrers, campaign URLs and lists of hosts, by their origin."""

from __future__ import annotations

import csv
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

import yaml

from tests.enrichment.source.test_mangled import MANGLED
from tests.enrichment.source.test_raw_referrer import LINKEDIN
from tests.eval.measure import SHARED, Measure, timed
from tests.eval.own_sources import own_measures
from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import Attribution, attribute, is_referrer_spam
from tracker.enrichment.source.campaign_source import origin_of_word
from tracker.enrichment.source.host_origins import origin_of_host

FOLDER = SHARED / "referrers"
# Where an origin's name is not the one that the site has today, or says less than ours.
_ALSO = {
    "twitter": "x",
    "googleimages": "google",
    "yahooimages": "yahoo",
    "bingimages": "bing",
    "yandeximages": "yandex",
    "claudeai": "claude",
    "googlegemini": "gemini",
    "mistralai": "lechat",
    "perplexityai": "perplexity",
    "microsoftcopilot": "copilot",
    "ixquick": "startpage",
    "asktoolbar": "ask",
    "vkontakte": "vk",
    "proton": "protonmail",
    "facebookmessenger": "messenger",
    "blueskyapp": "bluesky",
    "redditapp": "reddit",
    "telegramapp": "telegram",
    "googleandroidquicksearch": "google",
    "ozone": "qzone",
    "you": "youcom",
    "mailru": "mailru",
    "mymailru": "myworld",
    "google2b": "google",
    "chatgptcom": "chatgpt",
}
_KINDS = {
    "search": {"organic"},
    "social": {"social", "video"},
    "email": {"email"},
    "chatbot": {"ai-assistant"},
    "paid": {"cpc", "display"},
    "unknown": {"referral"},
    "shopping": {"referral"},
    "video": {"social", "video"},
}
_CHANNELS = {
    "SEARCH": {"Organic Search"},
    "SOCIAL": {"Organic Social"},
    "SHOPPING": {"Organic Shopping"},
    "VIDEO": {"Organic Video"},
}


class Case(NamedTuple):
    """A page, a referrer, and what an origin expects."""

    page: str
    referrer: str | None
    row: dict[str, str]


def measures() -> Iterator[Measure]:
    """A line for each origin of cases and for each list of hosts."""
    cases = [_case(row) for row in csv.DictReader((FOLDER / "open_cases.csv").open(newline=""))]
    _at("example.net")  # reads the lists, which is no case's time
    for origin, judge in (("snowplow", _judge_snowplow), ("velir", _judge_velir), ("adobe", _judge_adobe)):
        yield _measure(origin, [case for case in cases if case.row["origin"].startswith(origin)], judge)
    yield _hosts("snowplow list", _snowplow())
    yield _hosts("matomo lists", _matomo())
    yield _hosts("liwan list", _liwan())
    yield _categories()
    yield _spam()
    yield from own_measures()
    yield _made_up("mangled links, ours", [(f"https://blog.example.fr/a{rest}", None) for rest in MANGLED.values()])
    yield _made_up("raw referrers, ours", [("https://blog.example.fr/a", referrer) for referrer in LINKEDIN.values()])
    yield from _speed()


def same_name(ours: str | None, theirs: str) -> bool:
    """Whether two names mean one source, whatever their case, punctuation and age."""
    a, b = (re.sub(r"[^\w]|_", "", name.lower()) for name in (ours or "", theirs))
    return _ALSO.get(a, a) == _ALSO.get(b, b)


def _case(row: dict[str, str]) -> Case:
    campaign = {name: row[name] for name in ("utm_source", "utm_medium", "utm_campaign") if row[name]}
    if row["click_id"]:
        campaign[row["click_id"]] = "1"
    return Case(f"https://www.example.org/?{urlencode(campaign)}", row["referrer"] or None, row)


def _attribute(case: Case) -> Attribution:
    page = parse_page(case.page)
    assert page is not None
    return attribute(page, case.referrer)


def _measure(origin: str, cases: list[Case], judge: Any) -> Measure:
    answers, microseconds = timed(_attribute, cases)
    verdicts = [judge(case.row, answer) for case, answer in zip(cases, answers, strict=True)]
    figures = {
        part: sum(verdict[part] for verdict in verdicts if part in verdict)
        / max(1, sum(part in verdict for verdict in verdicts))
        for part in sorted({part for verdict in verdicts for part in verdict})
    }
    mistakes = [
        f"#{case.row['id']} {case.referrer or case.page} -> {answer.source} / {answer.medium} / {answer.channel}, "
        f"not {case.row['expected_source']} {case.row['expected_medium']} {case.row['expected_channel']}; {case.row['note']}"
        for case, answer, verdict in zip(cases, answers, verdicts, strict=True)
        if not all(verdict.values())
    ]
    return Measure("source", origin, len(cases), figures, microseconds, mistakes)


def _judge_snowplow(row: dict[str, str], answer: Attribution) -> dict[str, bool]:
    verdict = {
        "source": same_name(answer.source, row["expected_source"]),
        "medium": answer.medium in _KINDS[row["expected_medium"]],
    }
    if row["expected_term"]:
        verdict["term"] = answer.term == row["expected_term"].strip()
    return verdict


def _judge_velir(row: dict[str, str], answer: Attribution) -> dict[str, bool]:
    return {"channel": answer.channel == row["expected_channel"]}


def _judge_adobe(row: dict[str, str], answer: Attribution) -> dict[str, bool]:
    """Adobe's class is `paid|owned|earned : medium : vendor`; where it says paid of a bare `google`, nothing said so."""
    _, medium, vendor = ([*row["expected_channel"].split(":"), "", ""])[:3]
    verdict = {}
    if vendor and row["utm_source"] and vendor != "yext":
        verdict["source"] = same_name(answer.source, {"microsoft": "bing"}.get(vendor, vendor))
    words = {
        "social": "Social",
        "search": "Search",
        "email": "Email",
        "video": "Video",
        "ai": "AI",
        "display": "Display",
    }
    if medium in words:
        verdict["channel"] = words[medium] in answer.channel
    return verdict


def _hosts(data: str, expected: Iterable[tuple[str, str, str]]) -> Measure:
    """Hosts with the name and the kind that a list gives them; where lists disagree, any of theirs is right."""
    rows = [row for row in expected if row[2] != "unknown"]
    answers, microseconds = timed(lambda row: _at(row[0]), rows)
    named = kinds = 0
    mistakes = []
    for (host, name, kind), (found, medium) in zip(rows, answers, strict=True):
        others = _opinions()[host.removeprefix("www.")]
        right_name = any(same_name(found, other) for other, _ in others)
        right_kind = not kind or any(medium in _KINDS[other] for _, other in others if other)
        named += right_name
        kinds += right_kind
        if not (right_name and right_kind):
            mistakes.append(f"{host} -> {found} / {medium}, not {name} / {kind}")
    figures = {"name": named / len(rows), "kind": kinds / len(rows)}
    return Measure("source", data, len(rows), figures, microseconds, mistakes)


@lru_cache(maxsize=1)
def _opinions() -> dict[str, set[tuple[str, str]]]:
    """What the lists say of a host: names and kinds."""
    opinions: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for host, name, kind in (*_snowplow(), *_matomo(), *_liwan()):
        opinions[host.removeprefix("www.")].add((name, kind))
    for row in csv.DictReader((FOLDER / "ga4_source_categories.csv").open(newline="")):
        kind = row["source_category"].removeprefix("SOURCE_CATEGORY_").lower()
        for name, _ in [*opinions[row["source"]]]:
            opinions[row["source"]].add((name, kind))
    for rows in opinions.values():
        if {name for name, _ in rows} & {"Google Product Search", "Google Shopping"}:
            rows.add(("Google Shopping", "shopping"))  # Google's own list: a shop
    return opinions


def _at(url: str) -> tuple[str | None, str | None]:
    page = parse_page("https://www.example.org/")
    assert page is not None
    app = "/" not in url and re.match(r"(com|org|net|android-app)\.", url)
    answer = attribute(page, f"android-app://{url}" if app else f"https://{url}")
    return answer.source, answer.medium


def _snowplow() -> Iterator[tuple[str, str, str]]:
    for medium, sources in yaml.safe_load((FOLDER / "snowplow_referers.yml").read_text()).items():
        for name, definition in sources.items():
            for host in definition["domains"]:
                yield host, name, medium


def _matomo() -> Iterator[tuple[str, str, str]]:
    for name, definitions in yaml.safe_load((FOLDER / "matomo_SearchEngines.yml").read_text()).items():
        for definition in definitions:
            for url in definition["urls"]:
                if not url.startswith("android-app"):
                    yield url.replace("{}.", "fr.") if url.startswith("{}") else url.replace("{}", "de"), name, "search"
    for file, kind in (("matomo_Socials.yml", "social"), ("matomo_AIAssistants.yml", "chatbot")):
        for name, urls in yaml.safe_load((FOLDER / file).read_text()).items():
            for url in urls:
                yield url, name, kind


def _liwan() -> Iterator[tuple[str, str, str]]:
    for line in (FOLDER / "liwan_referrer_groups.txt").read_text().split("\n"):
        name, _, host = line.partition("=")
        if host.strip():
            yield host.strip(), name, ""


def _categories() -> Measure:
    rows = list(csv.DictReader((FOLDER / "ga4_source_categories.csv").open(newline="")))
    answers, microseconds = timed(
        lambda row: origin_of_host(row["source"])[0] if "." in row["source"] else origin_of_word(row["source"]), rows
    )
    pairs = [
        (row["source"], row["source_category"].removeprefix("SOURCE_CATEGORY_"), answer)
        for row, answer in zip(rows, answers, strict=True)
    ]
    mistakes = [
        f"{source} -> {answer.name} / {answer.channel}, not {category}"
        for source, category, answer in pairs
        if answer.channel not in _CHANNELS[category]
    ]
    return Measure(
        "source", "ga4 source categories", len(rows), {"channel": 1 - len(mistakes) / len(rows)}, microseconds, mistakes
    )


def _made_up(data: str, hits: list[tuple[str, str | None]]) -> Measure:
    """Measures generated links and referrers, all from LinkedIn to one page."""
    pages = [parse_page(url) for url, _ in hits]
    right = [
        page is not None
        and page.path.rstrip("/") == "/a"
        and attribute(page, referrer)[1:4] == ("LinkedIn", "social", "Organic Social")
        for page, (_, referrer) in zip(pages, hits, strict=True)
    ]
    mistakes = [f"{url} {referrer or ''}" for (url, referrer), good in zip(hits, right, strict=True) if not good]
    return Measure("source", data, len(hits), {"source and page": sum(right) / len(hits)}, 0.0, mistakes)


def _spam() -> Measure:
    hosts = (FOLDER / "referrer_spam_domains.txt").read_text().split()
    answers, microseconds = timed(lambda host: is_referrer_spam(f"https://www.{host}/"), hosts)
    recall = sum(answer is not None for answer in answers) / len(hosts)
    known = [*(host for host, _, _ in _liwan()), *(host for host, _, _ in _snowplow())]
    taken = [host for host in known if is_referrer_spam(f"https://{host.partition('/')[0]}/")]
    return Measure(
        "source",
        "referrer spam",
        len(hosts),
        {"recall": recall, "known sites taken": len(taken) / len(known)},
        microseconds,
        [f"{host} is a known site, and on the list of spammers" for host in taken],
    )


def _speed() -> Iterator[Measure]:
    """Measures the time that a hit's URL and referrer take: all distinct, then all seen before."""
    hits = [
        (f"https://blog.example.fr/article-{number}?{campaign}", f"{site}{number}")
        for number, (campaign, site) in enumerate(
            [
                ("", "https://www.google.fr/search?q="),
                ("utm_source=linkedin&utm_medium=social", "https://www.linkedin.com/feed/update/"),
                ("fbclid=IwAR0", "https://l.facebook.com/l.php?h="),
                ("", "https://forum.example.com/viewtopic.php?t="),
            ]
            * 5000
        )
    ]
    for state in ("all distinct", "all seen before"):
        begun = time.process_time()  # the processor's, as the machine may be shared
        for hit in hits:
            _both(hit)
        microseconds = (time.process_time() - begun) * 1e6 / len(hits)
        yield Measure("source", f"speed, {state}", len(hits), {}, microseconds)


def _both(hit: tuple[str, str]) -> Attribution:
    page = parse_page(hit[0])
    assert page is not None
    is_referrer_spam(hit[1])
    return attribute(page, hit[1])
