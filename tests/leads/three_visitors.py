"""Three visitors that a score must tell apart: who acts, who reads about literary prizes, and who reads the prices.

`python -m tests.leads.three_visitors [fr|en]` prints their scores, with the points and the words of each reason.
"""

from __future__ import annotations

import sys

from dashboards.presentation.lead_rows import lead_rows
from tests.stats.conftest import Blog, scope
from tracker.leads.report import leads
from tracker.store.engines import open_event_store

KNOWN = {"company_method": "as_organisation", "company_evidence": "AS64500", "company_confidence": 0.8}
_ABOUT_PRIZES = ("/prix-goncourt", "/blog/le-prix-renaudot", "/litterature/prix/femina")


def store_three_visitors(blog: Blog) -> None:
    """Who sent a form, asked for a demo and took a PDF did so four days before the two others came."""
    blog.visit(
        "2026-11-20T10:00:00+01:00",
        (0, "/a"),
        (20, "/a", "Form: Submission"),
        (40, "/demo", "Form: Submission"),
        (60, "/a", "File Download"),
        company="Converted",
        **KNOWN,
    )
    blog.visit(
        "2026-11-24T10:00:00+01:00",
        (0, "/tarifs"),
        (60, "/tarifs/agences"),
        (90, "/tarifs/options"),
        company="Buyer",
        **KNOWN,
    )
    for hour in (9, 15):
        steps = [(60 * number, path) for number, path in enumerate(_ABOUT_PRIZES)]
        end = (200, _ABOUT_PRIZES[-1], 90_000)
        blog.visit(f"2026-11-24T{hour:02}:00:00+01:00", *steps, end, company="Literature", **KNOWN)


def main(language: str = "en") -> None:
    store = open_event_store("duckdb:///:memory:")
    store_three_visitors(Blog(store))
    for lead in lead_rows(language, leads(store, scope("30d"))):
        print(f"{lead.score:3}  {lead.company}")
        for one in lead.reasons:
            print(f"     {one.points:+4}  {one.text}")
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
