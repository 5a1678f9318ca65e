"""What a register says of companies is the same in the list, its filters and files, the command, the query, the email and alerts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from dashboards.email.report import render_report
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.filters.test_views import filters_of, send, ticks
from tests.dashboards.web.test_leads_pages import names, text
from tests.dashboards.web.test_overview import figures
from tests.dashboards.web.workflow.test_views import LIST
from tests.reference.registers.published import imported, seat, unit
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.alerts.look import Look
from tracker.leads.alerts.occurrence import Occurrence
from tracker.leads.alerts.payload import facts_of
from tracker.leads.fit.rules import agree_on_fit, make_rule
from tracker.leads.registers.matching import match_companies
from tracker.leads.segments.asked import KnownCompanies
from tracker.reference.registers.registers import Registers
from tracker.reports.report import report_on
from tracker.service import operations
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import find_site
from tracker.stats.filters.address_bar import read_filter
from tracker.store.protocol import EventStore

ALL = "c=sector&c=activity&c=size&c=seat&c=region&c=state"


@pytest.fixture
def listed_site(
    app: Flask, site: str, tmp_path: Path, database: AppDatabase, store: EventStore, clock: Clock,
    company_visit: Callable[..., None],
) -> Site:  # fmt: skip
    """Breguet is in the register, in industry; Zéphyr is in trade and ceased; Chez nous is in none."""
    company_visit("/a", "/tarifs", "/contact", "/b", "/c", company="Breguet Systèmes", city="Besançon")
    company_visit("/a", company="Zéphyr", city="Lyon")
    company_visit("/a", company="Chez nous", city="Lyon")
    units = [
        unit("552100554", "BREGUET SYSTEMES", size="32"),
        unit(
            "111111101", "ZEPHYR", size="42", activitePrincipaleUniteLegale="47.59A",
            etatAdministratifUniteLegale="C", dateDebut="2026-06-30",
        ),
    ]  # fmt: skip
    places = [seat("552100554", "BESANCON"), seat("111111101", "LYON", "69002")]
    folder = imported(tmp_path / "registers", units, places).parent
    found = find_site(database, site)
    assert found is not None
    context = Context(Settings(), database, store, clock)
    match_companies(database, context.event_store, found, Registers(folder), now=clock())
    return found


def listed(browser: Browser, query: str) -> list[str]:
    return names(browser.get(f"{LIST}?{query}").text)


def test_the_list_shows_filters_sorts_and_finds_by_what_the_register_says(
    signed_in: Browser, listed_site: Site
) -> None:
    said = text(signed_in.get(f"{LIST}?{ALL}").text)
    assert "Manufacturing, 250–499 people, Besançon" in said
    assert "Bourgogne-Franche-Comté" in said
    ranked = listed(signed_in, "f=sector:is:C")
    assert ranked == ["Breguet Systèmes"]
    for asked in ("activity:is:28", "activity:is:28.99B", "size:is:250-499", "seat_town:is:Besançon", "seat_town:is:Besancon",
                  "seat_region:is:FR-BFC", "legal_state:is:active"):  # fmt: skip
        assert listed(signed_in, f"f={asked}") == ["Breguet Systèmes"], asked
    assert set(listed(signed_in, "f=sector:is_not:C")) == {"Zéphyr", "Chez nous"}
    assert listed(signed_in, "f=sector:is:") == ["Chez nous"]
    assert listed(signed_in, "q=manufacture+of+machinery") == ["Breguet Systèmes"]
    assert listed(signed_in, "q=552+100+554") == ["Breguet Systèmes"]
    assert listed(signed_in, "sort=size") == ["Zéphyr", "Breguet Systèmes", "Chez nous"]


def test_forms_offer_activities_and_towns_with_their_visitors_and_find_them_by_words(
    signed_in: Browser, listed_site: Site, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Zéphyr", city="Lyon", ago=timedelta(hours=30))
    activity, town = (send(signed_in, LIST, "redraw", t_0_d=one).text for one in ("activity", "seat_town"))
    assert ticks(activity) == [("47.59A", False), ("28.99B", False)]
    assert ticks(town) == [("Lyon", False), ("Besançon", False)]
    assert '<span>Lyon</span> <span class="muted">2</span>' in town
    assert figures(signed_in.get(f"/{SITE}?f=seat_town:is:Lyon").text)["Visitors"] == "2"
    found = send(signed_in, LIST, "redraw", t_0_d="activity", t_0_of="activity", t_0_q="machinery").text
    assert ticks(found) == [("28.99B", False)]
    assert "28.99B Manufacture of machinery" in found
    typed = send(signed_in, LIST, "apply", t_0_d="seat_town", t_0_of="seat_town", t_0_q="besancon")
    assert filters_of(typed) == ["seat_town:is:Besançon"]
    selects = signed_in.get(LIST).text
    assert '<option value="activity:is:28.99B">28.99B Manufacture of machinery' in selects
    assert '<option value="seat_town:is:Besançon">Besançon' in selects


def test_files_the_command_and_the_query_say_the_same(
    signed_in: Browser, listed_site: Site, database: AppDatabase, store: EventStore, clock: Clock
) -> None:
    (row,) = csv.DictReader(io.StringIO(signed_in.get(f"/{SITE}/leads.csv?f=sector:is:C").text.lstrip("\ufeff")))
    assert (row["Sector"], row["Size"], row["Seat"], row["Registry number"], row["Register"]) == (
        "Manufacturing", "250–499 people", "Besançon", "552100554", "SIRENE (INSEE), 2026-10-31",
    )  # fmt: skip
    (codes,) = csv.DictReader(
        io.StringIO(signed_in.get(f"/{SITE}/leads.csv?f=sector:is:C&words=codes").text.lstrip("\ufeff"))
    )
    assert (codes["activity"], codes["employees_least"], codes["seat_region"], codes["register_as_of"]) == (
        "28.99B", "250", "FR-BFC", "2026-10-31",
    )  # fmt: skip
    (crm,) = csv.DictReader(
        io.StringIO(signed_in.get(f"/{SITE}/leads.csv?f=sector:is:C&for=salesforce").text.lstrip("\ufeff"))
    )
    assert (crm["Industry"], crm["Employees"], crm["Billing City"]) == ("Manufacturing", "250", "Besançon")
    context = Context(Settings(), database, store, clock)
    told = {
        one["company"]: one["register"]
        for one in operations.run(context, "leads", {"site": SITE, "period": "30d"})["leads"]
    }
    assert told["Chez nous"] is None
    assert told["Breguet Systèmes"]["number"] == "552100554"
    query = {"metrics": ["visits"], "date_range": "30d", "filters": [["is", "company:sector", ["C"]]]}
    assert operations.run(context, "query", {"site": SITE, "query": query})["results"][0]["metrics"] == [1]


def test_fit_counts_sector_size_and_region(
    signed_in: Browser, listed_site: Site, database: AppDatabase, store: EventStore, clock: Clock
) -> None:
    rules = [make_rule(2, read_filter("sector:is:C")), make_rule(2, read_filter("size:is:250-499|500-999"))]
    agree_on_fit(database, listed_site.id, rules)
    known = KnownCompanies(database, Context(Settings(), database, store, clock).event_store, listed_site, clock())
    found = {name: known.fits.of(name) for name in ("Breguet Systèmes", "Zéphyr", "Chez nous")}
    assert {name: one.points for name, one in found.items() if one} == {
        "Breguet Systèmes": 100,
        "Zéphyr": 0,
        "Chez nous": 0,
    }
    page = text(signed_in.get(f"/{SITE}/fit").text)
    assert "Sector Manufacturing" in page
    assert "500–999 people" in page


def test_the_email_and_alerts_say_what_the_register_says(
    listed_site: Site, database: AppDatabase, store: EventStore, clock: Clock
) -> None:
    context = Context(Settings(), database, store, clock)
    look = Look(database, context.event_store, listed_site, clock() - timedelta(days=1), clock())
    watched = look.all_watched["Breguet Systèmes"]
    told = facts_of(Occurrence("k", clock(), watched))["company"]["register"]
    assert (told["activity"], told["employees_least"], told["as_of"]) == ("28.99B", 250, "2026-10-31")
    known = KnownCompanies(database, context.event_store, listed_site, clock())
    report = report_on(context.event_store, listed_site, "weekly", "2026-W47", now=clock(), known=known)
    english = render_report(report, site=listed_site, form="text", base_url="https://s.exemple.fr", language="en")
    french = render_report(report, site=listed_site, form="html", base_url="https://s.exemple.fr", language="fr")
    assert "Manufacturing, 250–499 people, Besançon" in english
    assert "Industrie, 250–499 personnes, Besançon" in french
