"""Corrections on the pages: made on a company's page, listed, exported and undone."""

from __future__ import annotations

from collections.abc import Callable

from tests.dashboards.web.conftest import SITE, Browser

LEADS, CORRECTIONS = f"/{SITE}/leads", f"/{SITE}/corrections"


def test_a_company_is_renamed_everywhere_listed_and_undone(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Armor", company_domain="armor.fr")
    assert "Correct this company" in signed_in.get(f"{LEADS}/armor.fr").text
    signed_in.post(CORRECTIONS, form=f"{LEADS}/armor.fr", kind="rename", subject="Armor", target="Kerjean")
    assert "Armor is shown as Kerjean" in signed_in.get(CORRECTIONS).text
    for address in (LEADS, f"{LEADS}/armor.fr", f"{LEADS}.csv", f"/{SITE}"):
        assert "Kerjean" in signed_in.get(address).text, address
    assert "rename,Armor,Kerjean,False" in signed_in.get(f"/{SITE}/corrections.csv").text
    signed_in.post(CORRECTIONS, undo="1")
    assert "No correction yet." in signed_in.get(CORRECTIONS).text
    assert "Kerjean" not in signed_in.get(LEADS).text


def test_what_says_nothing_is_told_and_an_unknown_kind_refused(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Armor", company_domain="armor.fr")
    form = f"{LEADS}/armor.fr"
    signed_in.post(CORRECTIONS, form=form, kind="not_asn", subject="AS1")
    assert "Nothing was changed" in signed_in.get(CORRECTIONS).text
    assert signed_in.post(CORRECTIONS, form=form, kind="delete", subject="Armor").status_code == 400
