"""Text of a register is text wherever it is shown: no markup, no formula, no line of its own, and not endless."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from dashboards.email.report import render_report
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.reference.registers.published import imported, seat, unit
from tracker.db.engine import AppDatabase
from tracker.leads.registers.matching import match_companies
from tracker.leads.segments.asked import KnownCompanies
from tracker.reference.registers.registers import Registers
from tracker.reports.report import report_on
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import find_site
from tracker.store.protocol import EventStore

MARKUP, FORMULA = "<script>alert(1)</script>", "=HYPERLINK(A1)"
LONG = "".join(map(str, range(20_000)))


def test_what_a_register_says_is_text_on_pages_in_files_and_in_emails(
    signed_in: Browser, site: str, database: AppDatabase, store: EventStore, clock: Clock, tmp_path: Path,
    company_visit: Callable[..., None],
) -> None:  # fmt: skip
    company_visit("/a", "/tarifs", "/contact", company="Breguet Systèmes", city="Besançon")
    hostile = {"activitePrincipaleUniteLegale": MARKUP, "dateCreationUniteLegale": MARKUP}
    usual = {
        "denominationUsuelle1UniteLegale": "BREGUET SYSTEMES",
        "denominationUsuelle2UniteLegale": LONG,
    }
    units = [unit("552100554", f"{MARKUP}\r\n{FORMULA}{LONG}", size="32", **hostile, **usual)]
    imported(tmp_path / "registers", units, [seat("552100554", f"{FORMULA} {MARKUP}"), seat("552100554", "BESANCON", nic="2", etablissementSiege="false")])  # fmt: skip
    found = find_site(database, site)
    assert found is not None
    context = Context(Settings(), database, store, clock)
    match_companies(database, context.event_store, found, Registers(tmp_path / "registers"), now=clock())
    pages = (
        "leads?c=activity&c=seat&c=sector", "leads/breguet%20syst%C3%A8mes", "filters?next=%2F",
        "leads?f=seat_town:is:%3Cscript%3Ealert(1)%3C/script%3E",
    )  # fmt: skip
    for one in pages:
        page = signed_in.get(f"/{SITE}/{one}").text
        assert MARKUP not in page.casefold(), one
        assert LONG[:1_000] not in page, one
    assert "&lt;script&gt;" in signed_in.get(f"/{SITE}/{pages[1]}").text
    (row,) = csv.DictReader(io.StringIO(signed_in.get(f"/{SITE}/leads.csv").text.lstrip("\ufeff")))
    assert [value for value in row.values() if value.startswith(("=", "+", "@", "\t", "\r"))] == []
    known = KnownCompanies(database, context.event_store, found, clock())
    report = report_on(context.event_store, found, "weekly", "2026-W47", now=clock(), known=known)
    assert MARKUP not in render_report(report, site=found, form="html", base_url="https://s.exemple.fr", language="en")  # fmt: skip
