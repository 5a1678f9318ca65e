"""Funnels are added, edited and removed on their page, which shows where visits and their companies stopped; paths follow them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from tests.dashboards.web.conftest import SITE, Browser, Visits
from tests.dashboards.web.workflow.test_views import send

PAGE = f"/{SITE}/funnels"


def test_a_funnel_is_added_shown_edited_and_removed(
    signed_in: Browser, site: str, company_visit: Callable[..., None], visit: Callable[..., None]
) -> None:
    company_visit("/a", "/tarifs", company="Air France")
    company_visit("/a", company="Kerjean & fils")
    visit("/a", "/tarifs", "/merci")
    empty = signed_in.get(PAGE).text
    assert "No funnel yet." in empty
    assert '<option value="days" data-needs="days">' in empty  # else the number of days is not shown
    assert '<label class="needs-days">How many days' in empty
    added = signed_in.post(
        PAGE, name="<b>Prix</b>", step=["*", "/tarifs/", "", "Forms sent"], within="visit", order="in"
    )
    assert added.location == f"{PAGE}?funnel=1"
    page = unescape(re.sub(r"<[^>]+>", " ", signed_in.get(PAGE).text))
    shown = " ".join(page.split())
    assert "1. Any page 3 100%" in shown
    assert "2. /tarifs/ Page 2 67%" in shown
    assert "3. Forms sent Goal 0 0%" in shown
    assert "0 visits of 3 did all steps: 0%." in shown
    assert "1 stopped here: 33%" in shown
    assert "<b>Prix</b>" not in signed_in.get(PAGE).text
    assert f'href="/{SITE}/leads/Kerjean%20&amp;%20fils"' in signed_in.get(PAGE).text
    version = re.search(r'name="version" value="(\w+)"', signed_in.get(PAGE).text)
    assert version
    change, fields = f"{PAGE}/1/change", {"step": ["/a", "/merci"], "within": "days", "order": "any"}
    again = signed_in.post(change, form=PAGE, name="Deux", days="7", version=version[1], **fields)
    assert again.location == f"{PAGE}?funnel=1"
    assert "1 visitor of 3 did all steps: 33%." in signed_in.get(PAGE).text
    assert "0 visitors at the first step and 0 at the last have an identifier that lasts." in signed_in.get(PAGE).text
    late = signed_in.post(change, form=PAGE, name="Mine", days="7", version=version[1], **fields)
    assert late.status_code == 409
    assert 'value="Mine"' in late.text
    refused = signed_in.post(change, form=PAGE, name="Mine", days="400", **fields)
    assert refused.status_code == 422
    assert f'name="next" value="{PAGE}' in refused.text, "whoever changes the language there comes back to the page"
    assert "“400” is not a number of days" in refused.text
    assert signed_in.post(f"{PAGE}/1/remove", form=PAGE, version="other").status_code == 409
    assert signed_in.post(f"{PAGE}/1/remove", form=PAGE).location == PAGE
    empty = signed_in.get(PAGE).text
    assert "No funnel yet." in empty
    assert '<option value="days" data-needs="days">' in empty  # else the number of days is not shown
    assert '<label class="needs-days">How many days' in empty


def test_the_best_leads_come_first_and_hidden_companies_are_left_out(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    for company, times in (("Air France", 1), ("Kerjean & fils", 4), ("Zénith", 2)):
        for hours in range(1, times + 1):
            company_visit("/a", company=company, ago=timedelta(hours=30 * hours))
    company_visit("/a", company="Zénith", ago=timedelta(hours=2), titles={"/a": "Tarifs"})
    company_visit("/a", company="Cachée")
    send(signed_in, "0:cachée", hidden="yes")
    signed_in.post(PAGE, name="Prix", step=["/a", "/tarifs"])
    listed = re.findall(r'<a href="[^"]*/leads/[^"]*">([^<]+)</a>', signed_in.get(PAGE).text)
    assert listed == ["Kerjean &amp; fils", "Zénith", "Air France"]


def test_the_period_and_the_filters_of_the_page_stay(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    visit("/a", "/b")
    narrowed = f"{PAGE}?period=7d&f=country:is:FR"
    form = re.search(r'action="([^"]+funnels[^"]*)" class="form funnel-form"', signed_in.get(narrowed).text)
    assert form
    action = unescape(form[1])
    added = signed_in.post(action, form=PAGE, name="Deux", step=["/a", "/b"]).location
    assert added
    assert ("period=7d" in added, "f=country:is:FR" in added, "funnel=1" in added) == (True, True, True)
    refused = signed_in.post(action, form=PAGE, name="", step=["/a", "/b"])
    assert refused.status_code == 422
    for one in ("change", "remove"):
        found = re.search(rf'action="([^"]+/1/{one}[^"]*)"', signed_in.get(added).text)
        assert found
        after = signed_in.post(unescape(found[1]), form=PAGE, name="Deux", step=["/a", "/c"]).location
        assert after
        assert ("period=7d" in after, "f=country:is:FR" in after) == (True, True), one


def test_of_many_companies_only_some_are_listed(
    signed_in: Browser, site: str, visit: Visits, company_visit: Callable[..., None]
) -> None:
    with visit.at_once():
        for number in range(53):
            company_visit("/a", company=f"Entreprise {number:02}")
    signed_in.post(PAGE, name="Prix", step=["/a", "/tarifs"])
    page = signed_in.get(PAGE).text
    assert "48 more companies" in page
    assert len(re.findall(r'href="[^"]*/leads/Entreprise', page)) == 50
    assert "and 3 more" in page


def test_hostile_addresses_and_forms_are_refused_or_shown_nothing(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit("/a" * 900, "/b")
    unending = "/*" + "a*" * 240 + "b"
    refused = (["/a"] * 9, ["/a"] * 20_000, ["x" * 501, "/a"], ["\x00", "\u202e"], ["goal:9999999999999999999", "/a"])
    for steps in refused:
        assert signed_in.post(PAGE, name="x", step=steps).status_code == 422, steps[:1]
    assert signed_in.post(PAGE, name="x", step=[unending, "/a\ud7ff\x07%ff'\"<b>"]).location == f"{PAGE}?funnel=1"
    assert "Nobody did the first step" in signed_in.get(PAGE).text
    for asked in ("funnel=%ff%00", "funnel=" + "9" * 3000, "funnel[]=1&funnel=2", "f=" + "[" * 2000):
        assert signed_in.get(f"{PAGE}?{asked}").status_code == 200, asked[:20]


def test_a_funnel_of_a_goal_that_is_gone_says_so(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    visit("/a", "/merci")
    settings = f"/{SITE}/settings/goals"
    signed_in.post(f"{settings}/add", form=settings, kind="page", pattern="/merci", name="Merci", points="12")
    signed_in.post(PAGE, name="Demande", step=["/a", "merci"], order="in")
    assert "1 visit of 1 did all steps" in signed_in.get(PAGE).text
    signed_in.post(f"{settings}/1/remove", form=settings)
    assert "A step is a goal that was removed." in signed_in.get(PAGE).text


def test_paths_say_what_comes_before_and_after_and_lead_on(
    signed_in: Browser, site: str, company_visit: Callable[..., None], visit: Callable[..., None]
) -> None:
    company_visit("/a", "/tarifs", "/merci")
    visit("/tarifs")
    page = signed_in.get(f"/{SITE}/paths?page=/tarifs").text
    shown = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "Titre de /a /a · 1 company 1 50% The visit began here 1 50%" in shown
    assert "Titre de /merci /merci · 1 company 1 50%" in shown
    assert f'href="/{SITE}/paths?page=/merci"' in page
    assert "2 visits · 1 company" in shown
    assert "Nobody viewed this page" in signed_in.get(f"/{SITE}/paths?page=/x").text
    assert "Titre de /tarifs" in signed_in.get(f"/{SITE}/paths").text
    assert signed_in.get(f"/{SITE}/paths?page=%00&f=country:is:ZZ").status_code == 200
