"""What the caches of enrichment may take: the entries of each times its largest one, after the worst events."""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import _lru_cache_wrapper
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tracker.collector.payload import read_events
from tracker.enrichment.event import Event
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.pipeline import Enricher
from tracker.enrichment.remembered import LONGEST_OF_MANY, Latest
from tracker.enrichment.site_rules import SiteRules, same_rules
from tracker.enrichment.source.url_parameters import RECOGNISED
from tracker.hit import Hit, encode_hit
from tracker.hit.plain import PlainEvent, PlainHit
from tracker.ingest.visits.visitor_ids import Identity

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
MEGABYTE = 1024 * 1024
COUNT = 3
PARTS = ("tracker.enrichment", "tracker.ingest.visits.visitor_ids", "tracker.sites.domain_name")
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
EMOJI = "\U0001f600"
ENTRY_BYTES = 100  # of the cache's own
PARAMETERS = sorted(RECOGNISED, key=len)[:50]


def worst_events(number: int) -> Iterator[dict[str, Any]]:
    """Events from ordinary ones to such that no field leaves room in; all are new."""
    for size in (20, 60, 110, 250, 480, 900, 2100):
        for letter in ("x", EMOJI):
            text = f"{number}{letter * size}"
            host = f"{number}.{'.'.join(['x' * 60] * min(3, 1 + size // 60))}.fr"
            query = "&".join(f"{name}={number}" for name in PARAMETERS)
            referrers = (
                f"https://{host}/{text}?q={text}",
                f"https://intranet.{host}/{text}",
                f"https://{'x' * 50}{number}.atlassian.net/{text}",
                f"android-app://{text}",
            )
            whole = {"n": text, "d": "a.fr", "t": text, "l": text, "id": text, "vid": text, "p": {text: text}, "h": 1}
            said = ({"email": f"{text}@{host}", "company": f"{text} {text}"}, {"token": text}, {})[number % 3]
            url = f"https://{host}/{text if size < 900 else 'x'}?{query}#{text}"
            for referrer in referrers:
                yield whole | said | {"u": url, "r": referrer, "w": number, "consent": bool(said)}
            del whole["vid"]
            yield whole | {"u": f"https://{number}.fr/?{query}"[:LONGEST_OF_MANY], "r": referrers[0][:LONGEST_OF_MANY]}
            yield whole | {"u": f"https://{number}.fr/{text}"[:LONGEST_OF_MANY], "r": referrers[0][:LONGEST_OF_MANY]}


def worst_hits(count: int) -> Iterator[Hit]:
    for number in range(count):
        for event in worst_events(number):
            (one,), _ = read_events(json.dumps({"batch": [event]}, ensure_ascii=False).encode())
            both = list(product((f"{CHROME} {one.t}", f"{CHROME} é{number}", CHROME), (20, 200, 500)))
            # What a visitor says of their company changes nothing of what is kept of a browser.
            for agent, size in both if number == 0 else both[2:3]:
                names = ("accept-language", "sec-ch-ua", "sec-ch-ua-full-version-list")
                headers = dict.fromkeys(names, f"fr-{number}{'é' * (size // 3)}")
                yield Hit(NOON, f"203.0.113.{number % 250}", agent[:1024], headers, one)


def caches() -> list[Any]:
    """All caches of ours that are alive and may fill up; those of one entry hold a table of the package's own."""
    gc.unfreeze()  # what was there before the first test is not listed else
    found = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
    ours = [one for one in found if (one.__module__ or "").startswith(PARTS)]
    latest = [one for one in gc.get_objects() if isinstance(one, Latest)]
    return latest + [one for one in ours if one.cache_parameters()["maxsize"] not in (None, 1)]


def name_of(cache: Any) -> str:
    """The function whose answers are kept."""
    return str(cache.name if isinstance(cache, Latest) else cache.__name__)


def most_entries(cache: Any) -> int:
    return int(cache.most if isinstance(cache, Latest) else cache.cache_parameters()["maxsize"])


def empty(cache: Any) -> None:
    (cache.clear if isinstance(cache, Latest) else cache.cache_clear)()


def size_of(thing: Any, seen: set[int]) -> int:
    """Bytes of a value with all that it holds; classes and functions are the program's, a site's rules are the site's."""
    if id(thing) in seen or isinstance(thing, type | SiteRules) or callable(thing):
        return 0
    seen.add(id(thing))
    size = sys.getsizeof(thing)
    if isinstance(thing, dict):
        return size + sum(size_of(part, seen) for pair in thing.items() for part in pair)
    if isinstance(thing, list | tuple | set | frozenset):
        return size + sum(size_of(part, seen) for part in thing)
    if isinstance(thing, msgspec.Struct):
        return size + sum(size_of(getattr(thing, name), seen) for name in thing.__struct_fields__)
    return size


def largest_entry(cache: Any) -> int:
    """The bytes of the largest key with its value; what several entries hold together is counted for each."""
    if isinstance(cache, Latest):
        pairs = list(cache.items())
    else:
        _, *held = gc.get_referents(cache)
        entries = held[: 3 * cache.cache_info().currsize]
        pairs = list(zip(entries[::3], entries[1::3], strict=True))
    return max((size_of(pair, set()) + ENTRY_BYTES for pair in pairs), default=0)


@pytest.fixture
def tried(tmp_path: Path) -> Iterator[tuple[Enricher, Identity]]:
    """Everything as the worst events leave it."""
    for cache in caches():
        empty(cache)
    enricher, identity = Enricher(Databases.open(tmp_path)), Identity(lambda day: b"salt")
    for number, hit in enumerate(worst_hits(COUNT)):
        disabled = frozenset({"contact"}) if number % 9 == 0 else frozenset()
        event = enricher.enrich(hit, same_rules("a.fr", link_key="key", disabled_rules=disabled))
        assert isinstance(event, Event)
        identity.arrival(event, hit, "Europe/Paris")
    for number in range(0, 700, 20):
        said = {"accept-language": f"fr-{number}", "sec-ch-ua": "x" * (number // 2)}
        keep_sender(enricher, identity, Hit(NOON, "203.0.113.7", f"{CHROME} {'x' * (number // 2)}", said))
    yield enricher, identity
    for cache in caches():
        empty(cache)


def keep_sender(enricher: Enricher, identity: Identity, hit: Hit) -> None:
    """The hit's sender as a plain hit leaves it."""
    said = encode_hit(hit).partition(b',"ip":')[2].partition(b',"event":')[0]
    sender = identity.senders.of(said)
    assert sender is not None
    plain = PlainHit(hit.received_at, hit.occurred_at_us, sender, PlainEvent(u="https://a.fr/"), b"")
    event = enricher.enrich(plain, same_rules("a.fr"))
    if isinstance(event, Event):
        identity.arrival(event, plain, "Europe/Paris")


# What geo databases, a resolver or the publisher fill, and words that few agents and companies are made of.
NOT_A_VISITOR_S = frozenset(
    "groups_of_word is_shared classify_organisation judge_reverse_name is_acronym is_whole_browser _salt_of <lambda>"
    " SiteRules shown_domain _sum_of_word _sum_of_groups _sum_of_number _sum_of_asn _plain known_beginning name_key"
    " is_of_private_person".split()
)
# An IP address's and a browser's facts, of which most share theirs with others, are worth more memory than the rest, and
# so are the pages of a busy site: one whose pages do not fit is parsed anew for each hit, which trebles its cost.
ROOM = {
    "decode_sender": 32 * MEGABYTE,
    "_look_up": 32 * MEGABYTE,
    "_recognise": 32 * MEGABYTE,
    "_page": 24 * MEGABYTE,
    "landing_of": 32 * MEGABYTE,
}


def test_no_cache_takes_more_than_some_megabytes(tried: tuple[Enricher, Identity]) -> None:
    entries, largest = {}, Counter[str]()
    for cache in caches():
        name = name_of(cache)
        entries[name] = most_entries(cache)
        largest[name] = max(largest[name], largest_entry(cache))
    assert {name for name in entries if not largest[name]} <= NOT_A_VISITOR_S, "is not tried"
    most = {name: entries[name] * largest[name] for name in entries}
    assert [(name, size) for name, size in most.items() if size > ROOM.get(name, 12 * MEGABYTE)] == []
    assert sum(most.values()) <= 208 * MEGABYTE
