"""What a hit becomes, step by step: here the steps that have no module of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.running_service import FIREFOX
from tracker.enrichment.agent.parsing import _database, _parse
from tracker.enrichment.bots.detection import _any_sign, _first_by_agent
from tracker.enrichment.company.evidence import EvidenceCode, read_stored
from tracker.enrichment.company.self_identified import SelfIdentification, make_link_token
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import Event, columns_of
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.pipeline import Enricher
from tracker.enrichment.site_rules import SiteRules
from tracker.hit import Hit, WireEvent

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@pytest.fixture
def enricher(tmp_path: Path) -> Enricher:
    return Enricher(Databases.open(tmp_path))


def hit(headers: dict[str, str] | None = None, **fields: object) -> Hit:
    wire = WireEvent(n="pageview", u="https://a.fr/", **fields)  # type: ignore[arg-type]
    return Hit(NOON, "192.0.2.1", FIREFOX, {"accept-language": "fr"} | (headers or {}), wire)


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        pytest.param({"sec-gpc": "1"}, "Global Privacy Control", id="gpc"),
        pytest.param({"dnt": "1"}, "Do Not Track", id="dnt"),
        pytest.param({"dnt": "0"}, None, id="dnt-off"),
        pytest.param({}, None, id="no-signal"),
    ],
)
def test_a_browser_s_objection_is_honoured_where_the_site_says_so(
    enricher: Enricher, headers: dict[str, str], detail: str | None
) -> None:
    assert isinstance(enricher.enrich(hit(headers), SiteRules("a.fr")), Event)
    found = enricher.enrich(hit(headers), SiteRules("a.fr", honours_signals=True))
    if detail is None:
        assert isinstance(found, Event)
    else:
        assert found == Drop(DropReason.OPTED_OUT, detail)


@pytest.mark.parametrize(
    ("url", "hostname", "path"),
    [
        pytest.param("app://localhost/login", "localhost", "/login", id="plausibles-example"),
        pytest.param("capacitor://localhost", "localhost", "/", id="capacitor"),
        pytest.param("acme:///login", "a.fr", "/login", id="without-a-host-it-is-the-site-s"),
    ],
)
def test_a_page_of_an_app_counts(enricher: Enricher, url: str, hostname: str, path: str) -> None:
    event = enricher.enrich(Hit(NOON, "192.0.2.1", FIREFOX, {}, WireEvent(n="pageview", u=url)), SiteRules("a.fr"))
    assert isinstance(event, Event)
    assert (event.hostname, event.path) == (hostname, path)


def test_of_an_invalid_url_neither_path_nor_query_is_told(enricher: Enricher) -> None:
    secret = Hit(NOON, "192.0.2.1", FIREFOX, {}, WireEvent(n="pageview", u="ftp://a.fr/reset/lea@acme.fr?token=SECRET"))
    assert enricher.enrich(secret, SiteRules("a.fr")) == Drop(DropReason.INVALID_URL, "ftp:")


def test_a_scanner_of_a_log_is_not_counted_for_what_gave_it_away(enricher: Enricher) -> None:
    of_log = Hit(
        NOON, "192.0.2.1", FIREFOX, event=WireEvent(n="pageview", u="https://a.fr/"), scanner="Looks for weaknesses"
    )
    assert enricher.enrich(of_log, SiteRules("a.fr")) == Drop(DropReason.SCANNER, "Looks for weaknesses")
    named = Hit(NOON, "192.0.2.1", "curl/8.5.0", event=WireEvent(n="pageview", u="https://a.fr/"), scanner="x")
    found = enricher.enrich(named, SiteRules("a.fr"))
    assert isinstance(found, Drop)
    assert found.reason == DropReason.BOT


def test_what_a_hit_tells_stands_in_the_column_of_its_name(enricher: Enricher) -> None:
    sent = {
        "u": "https://a.fr/news?utm_source=Lettre&utm_medium=email&utm_campaign=mai&utm_content=haut&utm_term=mot",
        "r": "https://acme.atlassian.net/wiki",
        "t": "A title",
        "l": "fr-CA",
        "w": 1920.0,
        "id": "7.a",
        "e": 5000.0,
        "sd": 40.0,
        "revenue": {"amount": 12.5, "currency": "eur"},
        "props": {"plan": "pro"},
    }
    found = enricher.enrich(Hit(NOON, "192.0.2.1", FIREFOX, {}, WireEvent(n="Buy", **sent)), SiteRules("a.fr"))
    assert isinstance(found, Event)
    told = {name: value for name, value in columns_of(found).items() if value not in (None, 0)}
    assert told == {
        "site": "a.fr",
        "name": "Buy",
        "occurred_at": 1_794_830_400_000_000,
        "event_id": "7.a",
        "hostname": "a.fr",
        "path": "/news",
        "title": "A title",
        "language": "fr-CA",
        "screen_width": 1920,
        "referrer": "https://acme.atlassian.net/wiki",
        "source": "Lettre",
        "medium": "email",
        "utm_source": "Lettre",
        "utm_medium": "email",
        "channel": "Email",
        "campaign": "mai",
        "content": "haut",
        "term": "mot",
        "network_kind": "unknown",
        "company": "Acme",
        "company_method": "tenant_referrer",
        "company_evidence": '{"code":"referrer","values":{"host":"acme.atlassian.net"}}',
        "company_confidence": 0.5,
        "device": "desktop",
        "browser": "Firefox",
        "browser_version": "145",
        "os": "Linux",
        "engaged_ms": 5000,
        "scroll_depth": 40,
        "revenue": 12.5,
        "currency": "EUR",
        "props": '{"plan":"pro"}',
    }


@pytest.mark.parametrize(
    ("sent", "stored"), [(None, None), (0.0, 0), (49.4, 49), (99.6, 100), (104.2, 100), (float("inf"), None)]
)
def test_scroll_depth_is_a_whole_percent_up_to_a_hundred(
    enricher: Enricher, sent: float | None, stored: int | None
) -> None:
    found = enricher.enrich(hit(sd=sent), SiteRules("a.fr"))
    assert isinstance(found, Event)
    assert found.scroll_depth == stored


KEY = "a site's key"
TOKEN = make_link_token(SelfIdentification("lea@acme.fr", "Acme Conseil"), KEY)


@pytest.mark.parametrize(
    ("fields", "company", "domain"),
    [
        pytest.param(
            {"consent": True, "email": "Lea@Acme-Conseil.fr"}, "Acme Conseil", "acme-conseil.fr", id="address"
        ),
        pytest.param({"consent": 1, "email": "@acme-conseil.fr"}, "Acme Conseil", "acme-conseil.fr", id="its-domain"),
        pytest.param({"consent": True, "email": "lea@gmail.com"}, None, None, id="free-mail"),
        pytest.param({"consent": True, "email": "lea@gmail.com", "company": "Acme SAS"}, "Acme", None, id="named"),
        pytest.param({"consent": True, "email": "no address"}, None, None, id="nonsense"),
        pytest.param({"consent": True, "token": TOKEN}, "Acme Conseil", "acme.fr", id="token"),
        pytest.param({"consent": True, "token": TOKEN + "x"}, None, None, id="token-changed"),
        pytest.param({"email": "lea@acme.fr", "company": "Acme"}, None, None, id="no-consent"),
        pytest.param({"consent": False, "token": TOKEN}, None, None, id="consent-refused"),
    ],
)
def test_a_company_that_the_visitor_names_counts_with_consent(
    enricher: Enricher, fields: dict[str, object], company: str | None, domain: str | None
) -> None:
    found = enricher.enrich(hit(**fields), SiteRules("a.fr", link_key=KEY))
    assert isinstance(found, Event)
    told = found.facts.company
    assert (told and told.name, told and told.domain) == (company, domain)
    if told is not None:
        code = EvidenceCode.EMAIL_HOST if domain else EvidenceCode.NAMED_BY_VISITOR
        assert (told.method, read_stored(told.evidence).code) == ("given", code)


@pytest.mark.parametrize(("keeps", "props"), [(False, None), (True, '{"email":"lea@acme.fr"}')])
def test_the_address_is_stored_only_where_the_site_keeps_addresses(
    enricher: Enricher, keeps: bool, props: str | None
) -> None:
    given = hit(consent=True, email="lea@acme.fr")
    given.event.n = "Identify"
    found = enricher.enrich(given, SiteRules("a.fr", keeps_emails=keeps))
    assert isinstance(found, Event)
    assert found.props == props
    assert keeps or "lea" not in str(found)


DEVELOPMENT = (
    "localhost",
    "shop.localhost",
    "127.0.0.1",
    "127.8.8.8",
    "10.1.2.3",
    "172.20.0.5",
    "192.168.1.20",
    "169.254.9.9",
    "[::1]",
    "[fe80::1]",
    "[fd12::1]",
    "[::ffff:10.0.0.1]",
    "blog.test",
    "a.invalid",
    "mac.local",
    "0.0.0.0",
)


def outcome_of(enricher: Enricher, url: str, site: SiteRules, referrer: str | None = None) -> Event | Drop:
    return enricher.enrich(Hit(NOON, "192.0.2.1", FIREFOX, {}, WireEvent(n="pageview", u=url, r=referrer)), site)


@pytest.mark.parametrize("host", DEVELOPMENT)
def test_a_page_on_a_development_host_is_not_counted(enricher: Enricher, host: str) -> None:
    url = f"http://{host}:3000/a"
    found = outcome_of(enricher, url, SiteRules("a.fr", hosts=frozenset({"a.fr"})))
    assert found == Drop(DropReason.DEVELOPMENT_HOST, host.strip("[]"))
    assert isinstance(outcome_of(enricher, url, SiteRules("a.fr", counts_development=True)), Event)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://a.fr/", id="its-own"),
        pytest.param("https://b.a.fr/", id="below-it"),
        pytest.param("https://cache.google.com/", id="another's"),
        pytest.param("http://203.0.113.9/", id="a-public-ip"),
        pytest.param("http://172.32.0.1/", id="beside-a-private-network"),
        pytest.param("https://blog.example/", id="an-ending-for-documentation"),
        pytest.param("https://localhost.a.fr/", id="a-name-with-the-word"),
        pytest.param("app://localhost/login", id="app"),
        pytest.param("capacitor://localhost/", id="capacitor"),
        pytest.param("ionic://192.168.1.2/", id="ionic"),
    ],
)
def test_a_page_elsewhere_and_an_application_are_counted(enricher: Enricher, url: str) -> None:
    assert isinstance(outcome_of(enricher, url, SiteRules("a.fr", hosts=frozenset({"a.fr"}))), Event)


def test_a_file_is_not_counted(enricher: Enricher) -> None:
    found = outcome_of(enricher, "file:///home/lea/index.html", SiteRules("a.fr"))
    assert found == Drop(DropReason.DEVELOPMENT_HOST, "file:")


def test_what_the_publisher_lists_as_staging_is_not_counted(enricher: Enricher) -> None:
    site = SiteRules("a.fr", hosts=frozenset({"a.fr"}), staging_hosts=frozenset({"stage.a.fr", "*.preview.a.fr"}))
    for host in ("stage.a.fr", "x.preview.a.fr", "y.x.preview.a.fr"):
        assert outcome_of(enricher, f"https://{host}/", site) == Drop(DropReason.STAGING_HOST, host)
    for host in ("a.fr", "preview.a.fr", "xstage.a.fr"):
        assert isinstance(outcome_of(enricher, f"https://{host}/", site), Event)


@pytest.mark.parametrize(
    ("referrer", "left_out"),
    [
        ("https://gain.example/", "gain.example"),
        ("https://www.gain.example/offre?x=1", "gain.example"),
        ("http%3A%2F%2Fgain.example%2F", "gain.example"),
        ("https://bargain.example/", None),
        ("https://www.linkedin.com/", None),
        (None, None),
    ],
    ids=["the host", "a host below it", "escaped", "a longer name", "another", "none"],
)
def test_a_referrer_that_the_publisher_left_out_is_not_counted(
    enricher: Enricher, referrer: str | None, left_out: str | None
) -> None:
    site = SiteRules("a.fr", hosts=frozenset({"a.fr"}), excluded_referrers=frozenset({"gain.example"}))
    found = outcome_of(enricher, "https://a.fr/", site, referrer)
    if left_out is None:
        assert isinstance(found, Event)
    else:
        assert found == Drop(DropReason.REFERRER_SPAM, left_out)


def test_an_engagement_has_no_title_since_the_next_page_s_may_be_set_before_it(enricher: Enricher) -> None:
    wire = WireEvent(n="engagement", u="https://a.fr/read", t="The page after", e=3_000)
    event = enricher.enrich(Hit(NOON, "192.0.2.1", FIREFOX, {"accept-language": "fr"}, wire), SiteRules("a.fr"))
    assert isinstance(event, Event)
    assert (event.path, event.title, event.engaged_ms) == ("/read", None, 3_000)


def test_the_lists_that_a_first_hit_needs_are_loaded_before_it(enricher: Enricher) -> None:
    for known in (_parse, _first_by_agent, _database, _any_sign):
        known.cache_clear()
    enricher.warm_up()
    assert [loaded.cache_info().currsize for loaded in (_database, _any_sign)] == [1, 1]
