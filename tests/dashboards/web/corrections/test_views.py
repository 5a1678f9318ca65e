"""Corrections on the pages: made on a company's page, listed, exported and undone."""

from __future__ import annotations

import re
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


def correct(browser: Browser, kind: str, subject: str, target: str) -> None:
    browser.post(CORRECTIONS, form=CORRECTIONS, kind=kind, subject=subject, target=target)


def undo_newest(browser: Browser) -> None:
    found = re.search(r'name="undo" value="(\d+)"', browser.get(CORRECTIONS).text)
    assert found
    browser.post(CORRECTIONS, form=CORRECTIONS, undo=found[1])


def work(browser: Browser, mark: str, **fields: str) -> None:
    browser.post(f"/{SITE}/work", form=LEADS, company=mark, next=LEADS, **fields)


def names(browser: Browser, query: str = "") -> list[str]:
    return re.findall(r'class="lead-name"[^>]*>([^<]+)<', browser.get(f"{LEADS}{query}").text)


def test_what_is_set_for_a_company_without_a_domain_follows_it_through_every_name(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    """Renamed, renamed again, back, and undone: a hidden company stays hidden, its links lead to it."""
    company_visit("/a", company="Zéphyr", company_domain=None)
    company_visit("/a", company="Bolt", company_domain=None)
    signed_in.post(f"/{SITE}/lists", form=f"/{SITE}/lists", name="Cibles", lines="Zéphyr")
    work(signed_in, "0:zéphyr", status="contacted", owner="1", add_tag="Salon", note="Rappeler", hidden="yes")
    calls = [("Zéphyr", "Vent"), ("Vent", "Brise"), ("Brise", "Zéphyr")]
    for subject, target in calls:
        correct(signed_in, "rename", subject, target)
        assert names(signed_in) == ["Bolt"], target
        assert names(signed_in, "?f=hidden:is:yes") == [target]
        assert names(signed_in, "?f=hidden:is:yes&f=list:is:Cibles&f=status:is:contacted") == [target]
        page = signed_in.get(f"{LEADS}/zéphyr").text
        for kept in (f">{target}</h1>", "Rappeler", 'value="Salon" aria-label=', "Lead status: New → Contacted"):
            assert kept in page, (target, kept)
        for old in ("Zéphyr", "vent", "Vent")[: 1 if target == "Vent" else 3]:
            answer = signed_in.client.get(f"{LEADS}/{old}")
            assert answer.status_code == 302, (target, old)
            assert answer.location.startswith(f"{LEADS}/z%C3%A9phyr"), (target, old)
    for _ in calls:
        undo_newest(signed_in)
        assert names(signed_in) == ["Bolt"]
    assert names(signed_in, "?f=hidden:is:yes") == ["Zéphyr"]


def test_two_companies_with_work_are_merged_with_all_of_it_and_separated_again(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    """By its own form, and by giving one the name of the other."""
    company_visit("/a", company="Zéphyr", company_domain=None)
    company_visit("/a", company="Bolt", company_domain="bolt.fr")
    work(signed_in, "0:zéphyr", status="contacted", kind="partner", add_tag="Salon", note="Vu au salon", hidden="yes")
    work(signed_in, "0:bolt.fr", status="customer", add_tag="VIP", note="Facture")
    for kind in ("merge", "rename"):
        correct(signed_in, kind, "Zéphyr", "Bolt")
        assert names(signed_in) == ["Bolt"], "what was hidden does not hide the other"
        page = signed_in.get(f"{LEADS}/bolt.fr").text
        for kept in (
            'value="Salon" aria-label=',
            'value="VIP" aria-label=',
            "Vu au salon",
            "Facture",
            'value="customer" selected',
            'value="partner" selected',
        ):
            assert kept in page, kept
        for line in ("Lead status: New → Contacted", "Lead status: New → Customer"):
            assert line in page
        assert signed_in.client.get(f"{LEADS}/zéphyr").location.startswith(f"{LEADS}/bolt.fr")
        undo_newest(signed_in)
        assert names(signed_in, "?f=hidden:is:yes") == ["Zéphyr"]
        assert names(signed_in, "?f=status:is:contacted&f=tag:is:Salon&f=hidden:is:yes") == ["Zéphyr"]
        assert names(signed_in, "?f=status:is:customer&f=tag:is:VIP") == ["Bolt"]
        assert names(signed_in, "?f=status:is:customer&f=tag:is:Salon") == []


def test_of_a_merged_company_a_tag_and_an_owner_are_taken_from_both_and_come_back_with_undo(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Zéphyr", company_domain=None)
    company_visit("/a", company="Bolt", company_domain="bolt.fr")
    work(signed_in, "0:zéphyr", owner="1", add_tag="Salon")
    work(signed_in, "0:bolt.fr", add_tag="Salon")
    correct(signed_in, "merge", "Zéphyr", "Bolt")
    work(signed_in, "2:zéphyr", owner="-", remove_tag="Salon")
    page = signed_in.get(f"{LEADS}/bolt.fr").text
    assert names(signed_in, "?f=owner:is:") == ["Bolt"]
    assert names(signed_in, "?f=tag:is:Salon") == []
    action = re.search(r'name="action" value="(\w+)"', page)
    assert action
    signed_in.post(f"/{SITE}/undo-work", form=LEADS, action=action[1], next=LEADS)
    assert names(signed_in, "?f=owner:is:") == []
    assert names(signed_in, "?f=tag:is:Salon") == ["Bolt"]


def test_a_confirmed_company_stays_confirmed_under_another_name_and_is_taken_back_by_it(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    typed = {"company_method": "given", "company_confidence": 0.4}
    company_visit("/a", company="Zéphyr", company_domain=None, **typed)
    page = f"{LEADS}/zéphyr"
    signed_in.post(page, form=page, verdict="confirm")
    correct(signed_in, "rename", "Zéphyr", "Vent")
    assert "You confirmed this company." in signed_in.get(page).text
    signed_in.post(page, form=page, verdict="take_back")
    undo_newest(signed_in)
    assert "It is them: confirm" in signed_in.get(page).text


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
