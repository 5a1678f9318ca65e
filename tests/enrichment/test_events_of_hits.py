"""Events of many hits, by column: those of each alone, whether it was decoded as a plain hit or whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import Event
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.pipeline import Enricher
from tracker.enrichment.site_rules import SiteRules
from tracker.hit import Hit, WireEvent, encode_line
from tracker.hit.plain import AnyHit, PlainHit, decode_plain
from tracker.ingest.senders import Senders
from tracker.ingest.visits.assign import Arrival
from tracker.ingest.visits.visitor_ids import Identity

MIDNIGHT = datetime(2026, 11, 15, 23, tzinfo=UTC)  # in Paris
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PLAIN, STRICT = SiteRules("a.fr"), SiteRules("b.fr", excluded=(ip_network("192.0.2.4"),), honours_signals=True)

USUAL = {
    "n": st.sampled_from([None, "pageview", "engagement", "Signup"]),
    "u": st.sampled_from(["https://a.fr/", "https://a.fr/x?utm_source=news", "https://www.a.fr/y#z", "ftp:x"]),
    "r": st.sampled_from([None, "", "https://www.google.com/", "https://t.co/a", "https://acme.atlassian.net/x"]),
    "t": st.sampled_from([None, "", "Un\x07 titre", "é" * 400]),
    "l": st.sampled_from([None, "", "fr_FR", "en;q=1,de", "??"]),
    "w": st.sampled_from([None, 0, 390, 1920]),
    "e": st.sampled_from([None, 0, 3000, 1e12]),
    "sd": st.sampled_from([None, 49.5, 200, -3]),
    "id": st.sampled_from([None, "1", "2"]),
    "h": st.sampled_from([None, 1, True]),
    "wd": st.sampled_from([None, False, True]),
    "age": st.sampled_from([None, 0, 12.5, 60_000, 1e11, 1e12]),
}
UNUSUAL = {
    "n": st.sampled_from([None, "Identify", "Outbound Link: Click"]),
    "p": st.sampled_from([None, {"plan": "pro"}, {"url": "tel:1"}]),
    "revenue": st.sampled_from([None, {"amount": "5", "currency": "EUR"}]),
    "i": st.sampled_from([None, False]),
    "vid": st.sampled_from([None, "agreed"]),
    "consent": st.sampled_from([None, 1]),
    "company": st.sampled_from([None, "Acme"]),
}
EVENTS = st.fixed_dictionaries(USUAL) | st.fixed_dictionaries(USUAL) | st.fixed_dictionaries(USUAL | UNUSUAL)
HITS = st.builds(
    Hit,
    st.sampled_from([MIDNIGHT + timedelta(hours=hours, microseconds=7) for hours in (1, 9, 9.5, 9.6, 25)]),
    st.sampled_from(["192.0.2.1", "192.0.2.4"]),
    st.sampled_from([FIREFOX, FIREFOX, FIREFOX, "curl/8.5"]),
    st.sampled_from([{}, {"accept-language": "fr"}, {"accept-language": "de", "sec-gpc": "1"}]),
    EVENTS.map(lambda fields: WireEvent(**fields)),  # type: ignore[arg-type]
    st.sampled_from([None] * 9 + ["Looks for weaknesses"]),
)


def outcome(enricher: Enricher, identity: Identity, hits: list[AnyHit], sites: list[SiteRules]) -> list[object]:
    """An arrival for each hit, or why it is not counted."""
    made = enricher.enrich_all(hits, sites)
    counted = [isinstance(one, Event) for one in made]
    events = [one for one in made if isinstance(one, Event)]
    kept = [hit for hit, is_counted in zip(hits, counted, strict=True) if is_counted]
    zones = [site.time_zone for site, is_counted in zip(sites, counted, strict=True) if is_counted]
    arrivals = iter(identity.arrivals(events, kept, zones))
    return [next(arrivals) if isinstance(one, Event) else one for one in made]


@given(st.lists(st.tuples(HITS, st.sampled_from([PLAIN, PLAIN, STRICT])), max_size=12))
def test_many_hits_together_are_what_each_is_alone(rows: list[tuple[Hit, SiteRules]]) -> None:
    hits, sites = [hit for hit, _ in rows], [site for _, site in rows]
    identity = Identity(lambda day: day.isoformat().encode())
    alone = [outcome(ENRICHER, identity, [hit], [site])[0] for hit, site in rows]
    assert outcome(ENRICHER, identity, [*hits], sites) == alone
    decoded = decode_plain([encode_line([hit]) for hit in hits], Senders().of)
    mixed: list[AnyHit] = [plain or hit for plain, hit in zip(decoded, hits, strict=True)]
    for _ in range(2):  # the second time the senders remember what they were found to be
        assert outcome(ENRICHER, identity, mixed, sites) == alone


ENRICHER = Enricher(Databases.open(Path("no databases")))


def test_what_a_sender_was_found_to_be_holds_for_the_same_site_width_id_driver_and_day_alone() -> None:
    choices = {"site": (PLAIN, STRICT), "width": (390, 1920), "event_id": ("1", None), "days": (1, 2)}
    choices |= {"driver": (None, False, True), "age": (None, 20, 60_000), "fragment": (None, 1)}
    senders, identity, chance = Senders(), Identity(lambda day: day.isoformat().encode()), Random(12)
    now: dict[str, Any] = {name: several[0] for name, several in choices.items()}
    for _ in range(400):
        name = chance.choice(list(choices))
        now[name] = chance.choice(choices[name])  # one thing changes at a time
        event = WireEvent(n="pageview", u="https://a.fr/#/x", w=now["width"], id=now["event_id"])
        event.wd, event.age, event.h = now["driver"], now["age"], now["fragment"]
        hit = Hit(MIDNIGHT + timedelta(days=now["days"], hours=12), "192.0.2.1", FIREFOX, {}, event)
        (plain,) = decode_plain([encode_line([hit])], senders.of)
        assert plain is not None
        sites = [now["site"]]
        assert outcome(ENRICHER, identity, [plain], sites) == outcome(ENRICHER, identity, [hit], sites)
        assert ENRICHER._clients.profiles_of([plain], sites) == ENRICHER._clients.profiles_of([hit], sites)


def test_a_refused_hit_keeps_its_place() -> None:
    good = Hit(MIDNIGHT, "192.0.2.1", FIREFOX, {"accept-language": "fr"}, WireEvent(u="https://a.fr/"))
    bad = Hit(MIDNIGHT, "192.0.2.1", FIREFOX, {"accept-language": "fr"}, WireEvent(u="ftp:x"))
    bot = Hit(MIDNIGHT, "192.0.2.1", "Googlebot/2.1", {}, WireEvent(u="https://a.fr/"))
    found = ENRICHER.enrich_all([bad, good, bot, good], [PLAIN] * 4)
    reasons = [one.reason if isinstance(one, Drop) else one.path for one in found]
    assert reasons == [DropReason.INVALID_URL, "/", DropReason.BOT, "/"]


def test_a_plain_hit_is_known_by_what_it_says_of_its_sender() -> None:
    senders = Senders()
    lines = [
        encode_line([Hit(MIDNIGHT, ip, FIREFOX, {}, WireEvent(u="https://a.fr/"))]) for ip in ("1.1.1.1", "1.1.1.2")
    ]
    first, other, again = decode_plain([*lines, lines[0]], senders.of)
    assert isinstance(first, PlainHit)
    assert isinstance(other, PlainHit)
    assert isinstance(again, PlainHit)
    assert first.sender is again.sender
    assert first.sender is not other.sender
    senders.forget()
    assert senders.of(lines[0].partition(b',"ip":')[2].partition(b',"event":')[0]) is not first.sender


def test_a_plain_hit_takes_no_room_of_those_that_are_recognised_one_by_one() -> None:
    enricher, identity, senders = (
        Enricher(Databases.open(Path("no databases"))),
        Identity(lambda day: day.isoformat().encode()),
        Senders(),
    )
    long = {"accept-language": "fr", "sec-ch-ua": "x" * 300, "sec-ch-ua-platform": "x" * 300}
    kept, too_long = (
        Hit(MIDNIGHT + timedelta(hours=12), "192.0.2.1", FIREFOX, headers, WireEvent(u="https://a.fr/", id="1"))
        for headers in ({"accept-language": "fr"}, long)
    )
    for hit, remembered in ((kept, 0), (too_long, 1)):
        for _ in range(2):
            (plain,) = decode_plain([encode_line([hit])], senders.of)
            assert plain is not None
            assert plain.sender.is_kept == (not remembered)
            assert type(outcome(enricher, identity, [plain], [PLAIN])[0]) is Arrival
        assert len(enricher._clients._clients) == len(identity._ids) == remembered
