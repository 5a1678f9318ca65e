"""Corrections on the pages: made on a company's page, listed, exported and undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
    signed_in.post(CORRECTIONS, undo="9" * 30)
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


def test_the_network_list_is_edited_and_a_range_left_out_from_now_on(
    site: str, signed_in: Browser, tmp_path: Path
) -> None:
    form, address = CORRECTIONS, f"{CORRECTIONS}/networks"
    signed_in.post(address, form=form, networks="198.51.100.0/24,Kerjean,kerjean.example,")
    assert "198.51.100.0/24,Kerjean" in signed_in.get(CORRECTIONS).text
    signed_in.post(address, form=form, networks="nonsense,X,,")
    assert "Nothing was saved. line 1:" in signed_in.get(CORRECTIONS).text
    signed_in.post(address, form=form, range="192.0.2.0/24")
    written = (tmp_path / "networks-edited.csv").read_text(encoding="utf-8").splitlines()
    assert written == ["198.51.100.0/24,Kerjean,kerjean.example,", "192.0.2.0/24,,,unknown"]
