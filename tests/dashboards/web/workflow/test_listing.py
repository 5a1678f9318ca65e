"""The list as people filter, sort and keep it: views, filters, columns, lists, what is left out; and the same elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.test_leads_pages import names, text
from tests.dashboards.web.workflow.test_views import LIST, send
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.segments.asked import KnownCompanies
from tracker.leads.workflow.views import find_view
from tracker.service import operations
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import find_site
from tracker.stats.filters import Comparison, Filter
from tracker.stats.periods import parse_period
from tracker.store.protocol import EventStore


@pytest.fixture
def four(site: str, company_visit: Callable[..., None]) -> None:
    company_visit("/a", "/tarifs", "/contact", company_domain="airfrance.fr")
    company_visit("/a", "/b", company="Zéphyr", country="BE")
    company_visit("/a", company="Concurrent SARL", company_domain="concurrent.example", city="Lyon")
    company_visit("/a", company="Chez nous")


@pytest.fixture
def context(database: AppDatabase, store: EventStore, clock: Clock) -> Context:
    return Context(Settings(), database, store, clock)


def of_email_of(context: Context, site: Site) -> tuple[Filter, ...]:
    """Which companies the email of the last week lists."""
    known = KnownCompanies(context.app_db, context.event_store, site, context.now())
    return known.of_email(parse_period("2026-W46", today=known.today, time_zone=ZoneInfo(site.time_zone)))


def listed(browser: Browser, query: str = "") -> list[str]:
    return names(browser.get(f"{LIST}?{query}").text)


def test_filters_of_what_is_set_narrow_the_list_the_file_the_command_and_the_query(
    signed_in: Browser, four: None, context: Context
) -> None:
    send(signed_in, "0:airfrance.fr", status="contacted", owner="1", add_tag="VIP")
    send(signed_in, "0:zéphyr", kind="customer")
    assert listed(signed_in, "f=status:is:contacted") == ["Air France"]
    assert listed(signed_in, "f=tag:is:VIP&f=owner:is:lea@exemple.fr&f=") == ["Air France"]
    assert len(listed(signed_in, "view=new")) == 4, "all of them were first seen in the period"
    assert listed(signed_in, "view=back") == listed(signed_in, "view=possible") == []
    assert set(listed(signed_in, "f=status:is:new")) == {"Zéphyr", "Concurrent SARL", "Chez nous"}
    assert listed(signed_in, "view=customers&f=country:is:BE") == ["Zéphyr"]
    assert listed(signed_in, "view=customers&q=lyon") == []
    assert len(listed(signed_in, "view=nonsense")) == 4
    assert "There is no view “nonsense”." in text(signed_in.get(f"{LIST}?view=nonsense").text)
    assert signed_in.get(f"/{SITE}/leads.csv?view=nonsense").status_code == 400
    assert len(signed_in.get(f"/{SITE}/leads.csv?view=customers").text.splitlines()) == 2

    found = operations.run(context, "leads", {"site": SITE, "period": "30d", "view": "customers"})
    assert [one["company"] for one in found["leads"]] == ["Zéphyr"]
    with pytest.raises(
        operations.OperationError, match="use one of new, back, rising, cooling, to-contact, customers, possible"
    ):
        operations.run(context, "leads", {"site": SITE, "period": "30d", "view": "x"})
    query = {"metrics": ["pageviews"], "date_range": "30d", "filters": [["is", "company:tag", ["VIP"]]]}
    assert operations.run(context, "query", {"site": SITE, "query": query})["results"][0]["metrics"] == [3]
    with pytest.raises(operations.OperationError, match="unknown name 'company:tag'"):
        operations.run(context, "query", {"site": SITE, "query": query | {"dimensions": ["company:tag"]}})
    page = signed_in.get(f"/{SITE}?f=relationship:is:customer").text
    assert "Zéphyr" in page
    assert "Concurrent SARL" not in page


def test_hidden_internal_and_ignored_companies_are_in_no_list_and_no_email(
    signed_in: Browser, four: None, context: Context
) -> None:
    send(signed_in, "0:airfrance.fr", hidden="yes")
    send(signed_in, "0:chez nous", kind="internal")
    send(signed_in, "0:concurrent.example", kind="ignored")
    assert listed(signed_in) == names(signed_in.get(f"/{SITE}").text) == ["Zéphyr"]
    assert len(signed_in.get(f"/{SITE}/leads.csv").text.splitlines()) == 2
    found = operations.run(context, "leads", {"site": SITE, "period": "30d"})
    assert [one["company"] for one in found["leads"]] == ["Zéphyr"]
    site = find_site(context.app_db, SITE)
    assert site is not None
    (of_email,) = of_email_of(context, site)
    assert isinstance(of_email, Comparison)
    assert of_email.values == ("Air France", "Chez nous", "Concurrent SARL")
    assert listed(signed_in, "f=hidden:is:yes") == ["Air France"]
    assert listed(signed_in, "f=relationship:is:ignored|internal") == ["Chez nous", "Concurrent SARL"]
    assert "This company is hidden" in signed_in.get(f"{LIST}/airfrance.fr").text


def test_a_view_keeps_filters_order_and_columns_for_everybody_and_the_email(
    signed_in: Browser, four: None, context: Context, database: AppDatabase
) -> None:
    send(signed_in, "0:zéphyr", add_tag="Salon")
    send(signed_in, "0:airfrance.fr", add_tag="Salon", status="contacted")
    page = signed_in.get(f"{LIST}?f=tag:is:Salon&sort=company&c=tags&c=owner").text
    stored = unescape(re.search(r'name="filters" value="([^"]+)"', page)[1])  # type: ignore[index]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    fields = {"csrf_token": token, "filters": stored, "sort": "company", "c": ["tags", "owner"]}
    saved = signed_in.client.post(f"/{SITE}/lead-views", data=fields | {"name": "Salon de Lyon"})
    assert saved.location == f"/{SITE}/leads?view=salon-de-lyon"
    page = signed_in.get(saved.location).text
    assert names(page) == ["Air France", "Zéphyr"]
    assert 'aria-current="page">Salon de Lyon</a>' in page
    assert re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', page)[2:] == ["Owner", "Tags"]
    settings = f"/{SITE}/work-settings"
    signed_in.post(settings, statuses="  contacté\nDevis  envoyé\n\nDevis envoyé", email_view="salon-de-lyon")
    assert ">New\nContacted\nDevis envoyé</textarea>" in signed_in.get(settings).text
    assert "at most 40 characters" in signed_in.post(settings, statuses="x" * 41).text
    site = find_site(database, SITE)
    assert site is not None
    (of_email,) = of_email_of(context, site)
    assert of_email.values == ("Air France", "Zéphyr")  # type: ignore[union-attr]
    page = signed_in.get(LIST).text
    assert '<option value="Devis envoyé">Devis envoyé</option>' in page
    assert '<option value="lost">' not in page
    view = find_view(database, 1, "salon-de-lyon")
    assert view is not None
    signed_in.post(f"/{SITE}/lead-views/remove", form=LIST, view=str(view.number))
    assert find_view(database, 1, "salon-de-lyon") is None
    bad = signed_in.client.post(f"/{SITE}/lead-views", data=fields | {"name": "x", "filters": "[]", "next": LIST})
    assert bad.location == LIST
    assert "were not understood" in text(signed_in.get(LIST).text)


def test_sorts_by_what_is_set_and_puts_what_is_empty_last(signed_in: Browser, four: None) -> None:
    send(signed_in, "0:airfrance.fr", owner="1", add_tag="b", status="lost", kind="press")
    send(signed_in, "0:zéphyr", kind="competitor", reminder="2027-01-01")
    send(signed_in, "0:chez nous", add_tag="a", reminder="2026-12-01", status="contacted", kind="supplier")
    send(signed_in, "0:concurrent.example", reminder="2026-11-20", kind="partner", status="to_contact")
    signed_in.post(f"/{SITE}/lists", name="Cibles", lines="airfrance.fr")
    sorts = ("status", "owner", "tags", "reminder", "kind", "lists")
    assert [listed(signed_in, f"sort={sort}")[0] for sort in sorts] == [
        *("Zéphyr", "Air France", "Chez nous", "Concurrent SARL", "Zéphyr", "Air France"),
    ]


def test_a_list_is_imported_with_a_report_and_gives_its_companies_their_relationship(
    signed_in: Browser, four: None
) -> None:
    address = f"/{SITE}/lists"
    token = re.search(r'name="csrf_token" value="([^"]+)"', signed_in.get(address).text)
    assert token
    data = {"csrf_token": token[1], "name": "Concurrents", "kind": "competitor"}
    file = (BytesIO(b"domaine;ville\nconcurrent.example;Lyon\nnobody.example;\n=1+1;x\n"), "liste.csv")
    page = text(signed_in.client.post(address, data=data | {"file": file}).text)
    assert "2 lines were read. 1 of them is a company that visited this site. 1 line could not be used." in page
    assert "concurrent.example → Concurrent SARL" in page
    assert listed(signed_in, "f=list:is:Concurrents") == ["Concurrent SARL"]
    assert listed(signed_in, "f=relationship:is:competitor") == ["Concurrent SARL"]
    send(signed_in, "0:concurrent.example", kind="partner")
    assert listed(signed_in, "f=relationship:is:competitor") == [], "what is set by hand comes first"
    rule = {"dimension": "country", "operator": "is", "value": "BE", "kind": "ignored"}
    settings = f"/{SITE}/work-settings"
    signed_in.post(f"{settings}/rules", form=settings, **rule)
    assert "Zéphyr" not in listed(signed_in), "a rule says that it is ignored"
    assert listed(signed_in, "f=relationship:is:ignored") == ["Zéphyr"]
    stored = re.search(r'name="rule" value="([^"]+)"', signed_in.get(settings).text)
    assert stored
    signed_in.post(f"{settings}/rules/remove", form=settings, rule=unescape(stored[1]))
    assert "Zéphyr" in listed(signed_in)
    assert signed_in.post(f"{settings}/rules", form=settings, **(rule | {"value": " "})).status_code == 422
    refused = signed_in.client.post(address, data=data | {"lines": "***"})
    assert refused.status_code == 422
    assert "No line of the file is a domain or a company’s name. Nothing was saved." in text(refused.text)
    signed_in.post(f"{address}/remove", form=address, list="1")
    assert 'name="list"' not in signed_in.get(address).text


def test_possible_companies_are_a_view_of_their_own_in_list_file_and_command(
    signed_in: Browser, four: None, context: Context, company_visit: Callable[..., None]
) -> None:
    possible = {"company_method": "as_organisation", "company_confidence": 0.3, "network_kind": "unknown"}
    company_visit("/tarifs", "/b", company="Kollin", **possible)
    assert "Kollin" not in listed(signed_in)
    assert listed(signed_in, "view=possible") == ["Kollin"]
    assert "leaves open who runs it" in text(signed_in.get(f"{LIST}?view=possible").text)
    (row,) = operations.run(context, "leads", {"site": SITE, "period": "30d", "view": "possible"})["leads"]
    assert (row["company"], row["sure"]) == ("Kollin", False)
    assert row["score"] == sum(one["points"] for one in row["reasons"]) > 0
    assert len(signed_in.get(f"/{SITE}/leads.csv?view=possible").text.splitlines()) == 2
    assert f'href="/{SITE}/possible">Possible</a>' in signed_in.get(LIST).text, (
        "the tab leads to the page with verdicts"
    )
    signed_in.post(f"/{SITE}/possible", form=f"/{SITE}/possible", company="Kollin", verdict="company")
    assert "Kollin" in listed(signed_in)
    assert listed(signed_in, "view=possible") == []
