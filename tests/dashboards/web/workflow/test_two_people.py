"""Texts that a site's people share: of two who edit one at the same time, the second is told and both texts are there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from dashboards.web.sign_in import permission
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.test_leads_pages import text
from tracker.accounts.permissions import Action, Actor, may
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.corrections.changes import corrections_of
from tracker.sites.sites import add_site

_FILTERS = '{{"version":1,"filters":[["is","visit:country",["{}"]]]}}'
CORRECTIONS, WORK, GOALS = f"/{SITE}/corrections", f"/{SITE}/work-settings", f"/{SITE}/settings/goals"


def _version(page: str, url: str) -> str:
    form = next(
        part for part in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{url}"' in part or url == WORK
    )
    found = re.search(r'name="version" value="(\w+)"', form if url != WORK else page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("page", "url", "field", "first", "second"),
    [
        (CORRECTIONS, f"{CORRECTIONS}/networks", "networks", "192.0.2.0/24,Armor,,", "198.51.100.0/24,<b>Bolt</b>,,"),
        (WORK, WORK, "statuses", "New\nFirst person", "New\nSecond <b>person</b>"),
        (GOALS, f"/{SITE}/settings/key-pages", "buying_pages", "first 3", "second 2"),
    ],
    ids=["network list", "statuses", "key pages"],
)
def test_the_second_of_two_is_told_and_sees_both_texts(
    site: str, signed_in: Browser, page: str, url: str, field: str, first: str, second: str
) -> None:
    seen = _version(signed_in.get(page).text, url)
    signed_in.post(url, form=page, **{field: first, "version": seen})
    assert first in unescape(signed_in.get(page).text)
    refused = signed_in.post(url, form=page, **{field: second, "version": seen})
    assert refused.status_code == 409
    assert "Somebody else saved another text" in text(refused.text)
    shown = unescape(refused.text)
    assert re.search(r'<pre class="their-text"[^>]*>' + re.escape(first), shown)
    assert re.search(rf'<textarea name="{field}"[^>]*>' + re.escape(second), shown)
    assert "<b>Bolt" not in refused.text
    assert "<b>person" not in refused.text
    assert first in unescape(signed_in.get(page).text), "nothing was saved"
    again = _version(refused.text, url)
    signed_in.post(
        url, form=page, **{field: f"{first}\n{second.replace('<b>', '').replace('</b>', '')}", "version": again}
    )
    kept = unescape(signed_in.get(page).text)
    assert first.splitlines()[-1] in kept
    assert second.splitlines()[-1].split(",")[0].split(" ")[0] in kept


def test_a_status_is_renamed_and_the_companies_that_have_it_keep_it(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Bolt", company_domain="bolt.fr")
    leads = f"/{SITE}/leads"
    signed_in.post(f"/{SITE}/work", form=leads, company="0:bolt.fr", next=leads, status="contacted")
    signed_in.post(f"{WORK}/rename", form=WORK, status="contacted", status_name="  Devis   <envoyé> ")
    assert "Devis &lt;envoyé&gt;" in signed_in.get(leads).text
    lines = re.search(r'<textarea name="statuses"[^>]*>(.*?)</textarea>', signed_in.get(WORK).text, re.DOTALL)
    assert lines
    signed_in.post(WORK, form=WORK, statuses=unescape(lines[1]) + "\nContacted")
    page = signed_in.get(f"{leads}?f=status:is:contacted").text
    assert "bolt.fr" in page, "saving the lines again keeps the code of the renamed one"
    assert '<option value="Contacted">Contacted</option>' in page, "a new one of the old name is another"
    refused = signed_in.post(f"{WORK}/rename", form=WORK, status="contacted", status_name="lost")
    assert refused.status_code == 422
    assert "There is such a status already" in text(refused.text)
    assert signed_in.post(f"{WORK}/rename", form=WORK, status="none", status_name="x").status_code == 422


def test_what_grows_is_bounded_and_says_so(site: str, signed_in: Browser, company_visit: Callable[..., None]) -> None:
    company_visit("/a", company="Bolt", company_domain="bolt.fr")
    leads, tags = f"/{SITE}/leads", ", ".join(f"t{number}" for number in range(20))
    signed_in.post(f"/{SITE}/work", form=leads, company="0:bolt.fr", next=leads, add_tag=tags)
    assert "is changed" in text(signed_in.get(leads).text)
    signed_in.post(f"/{SITE}/work", form=leads, company="1:bolt.fr", next=leads, add_tag="one more", status="lost")
    said = text(signed_in.get(leads).text)
    assert "A company has at most 20 tags; remove one first." in said
    assert "Bolt is changed." in said, "what there is room for is done"


def test_a_correction_for_all_sites_asks_for_the_right_to_each(
    site: str,
    signed_in: Browser,
    company_visit: Callable[..., None],
    database: AppDatabase,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    company_visit("/a", company="Bolt", company_domain="bolt.fr")
    other = add_site(database, "autre.fr", now=clock())
    shared = {"kind": "rename", "subject": "Bolt", "target": "Éclair", "all_sites": "yes"}
    page = f"/{SITE}/leads/bolt.fr"
    assert 'name="all_sites"' in signed_in.get(page).text
    assert signed_in.post(CORRECTIONS, form=page, **shared).status_code != 403

    def not_the_other(user: Actor | None, action: Action, one: Site | None = None) -> bool:
        return may(user, action, one) and (one is None or one.id != other.id)

    monkeypatch.setattr(permission, "may", not_the_other)
    assert 'name="all_sites"' not in signed_in.get(page).text
    assert signed_in.post(CORRECTIONS, form=page, **(shared | {"target": "Foudre"})).status_code == 403
    (made,) = corrections_of(database, 1)
    assert 'name="undo"' not in signed_in.get(CORRECTIONS).text
    assert signed_in.post(CORRECTIONS, form=CORRECTIONS, undo=str(made.id)).status_code == 403
    assert [one.target for one in corrections_of(database, 1)] == ["Éclair"]


def test_a_goal_and_a_fit_that_two_people_change_keep_what_the_first_saved(site: str, signed_in: Browser) -> None:
    signed_in.post(f"{GOALS}/add", form=GOALS, kind="page", pattern="/demo/*", name="Demo")
    page = signed_in.get(GOALS).text
    change = re.search(r'action="([^"]+/change)"', page)
    assert change
    seen = _version(page, change[1])
    goal = {"pattern": "/demo/*", "points": "5", "version": seen}
    assert signed_in.post(change[1], form=GOALS, name="First", **goal).status_code == 302
    late = signed_in.post(change[1], form=GOALS, name="Second", **goal)
    assert late.status_code == 409
    assert re.search(r'<pre class="their-text"[^>]*>First', late.text)
    assert re.search(r'<details class="confirm" open>.*?name="name" value="Second"', late.text, re.DOTALL)
    assert 'value="Second"' not in signed_in.get(GOALS).text
    again = goal | {"version": _version(late.text, change[1])}
    assert signed_in.post(change[1], form=GOALS, name="Second", **again).status_code == 302

    fit = f"/{SITE}/fit"
    found = re.search(r'name="version" value="(\w+)"', signed_in.get(fit).text)
    assert found
    rule = {"version": found[1], "weight": "3"}
    assert signed_in.post(fit, rule="country:is:FR", **rule).status_code == 302
    late = signed_in.post(fit, domain=".be", **rule)
    assert late.status_code == 409
    assert re.search(r'<pre class="their-text"[^>]*>Country France \(is decisive', late.text)
    assert 'name="domain" maxlength="200" placeholder=".fr" value=".be"' in late.text
    kept = signed_in.get(fit).text
    assert ".be</b>" not in kept
    assert "France</b>" in kept


@pytest.mark.parametrize(
    ("page", "made", "changed"),
    [
        (
            GOALS,
            (f"{GOALS}/add", {"kind": "page", "pattern": "/demo", "name": "Demo"}),
            (f"{GOALS}/1/change", {"pattern": "/essai", "name": "Essai", "points": "7"}),
        ),
        (
            f"/{SITE}/fit",
            (f"/{SITE}/fit", {"domain": ".fr", "weight": "2"}),
            (f"/{SITE}/fit", {"domain": ".fr", "weight": "3"}),
        ),
        (
            f"/{SITE}/leads?view=first",
            (f"/{SITE}/lead-views", {"name": "First", "filters": _FILTERS.format("FR")}),
            (f"/{SITE}/lead-views", {"name": "First", "filters": _FILTERS.format("DE")}),
        ),
        (
            f"/{SITE}/lists",
            (f"/{SITE}/lists", {"name": "Customers", "lines": "bolt.fr"}),
            (f"/{SITE}/lists", {"name": "Customers", "lines": "bolt.fr\narmor.fr"}),
        ),
    ],
    ids=["goal", "rule of fit", "view", "list"],
)
def test_whoever_removes_what_somebody_else_has_just_changed_is_told_and_nothing_is_lost(
    site: str,
    signed_in: Browser,
    clock: Clock,
    page: str,
    made: tuple[str, dict[str, str]],
    changed: tuple[str, dict[str, str]],
) -> None:
    def removal() -> tuple[str, dict[str, str]]:
        forms = re.findall(r'<form[^>]*action="([^"]*/remove)"[^>]*>(.*?)</form>', signed_in.get(page).text, re.DOTALL)
        (url, form), *_ = [one for one in forms if 'name="version"' in one[1] or 'name="weight"' in one[1]]
        fields = re.findall(r'<(?:input|button)[^>]*name="(\w+)" value="([^"]*)"', form)
        return url, {name: unescape(value) for name, value in fields if name != "csrf_token"}

    def post(url: str, fields: dict[str, str]) -> str:
        answer = signed_in.post(url, form=page, **fields)
        return answer.text if answer.status_code != 302 else signed_in.get(answer.location).text

    post(*made)
    clock.now += timedelta(minutes=1)
    url, seen = removal()
    post(*changed)
    assert "meanwhile, so it was not removed" in text(post(url, seen))
    url, seen_again = removal()
    assert seen_again != seen
    post(url, seen_again)
    assert f'action="{url}"' not in signed_in.get(page).text
