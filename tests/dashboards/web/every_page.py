"""Every page of the dashboard, by route, on a site that has something to show on each.

A route that is neither in `PAGES` nor in `DOORS` nor in `NO_PAGE` fails test_access.py: so that no page is forgotten
where each is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.dashboards.web.conftest import EMAIL, SITE, Browser, Clock, Visits
from tracker.accounts.invitations import invite
from tracker.accounts.one_time_links import create_link
from tracker.accounts.password_resets import reset_token
from tracker.accounts.users import find_user_by_email
from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient
from tracker.recipients.links import Purpose, token_of
from tracker.sharing.links import Asked, add_link
from tracker.sites.sites import find_site
from tracker.stats.filters.address_bar import read_filter
from tracker.stats.filters.json import write_stored
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore

COMPANY, POSSIBLE, ARMOR = "Coopérative agricole des Trois Vallées", "Perhaps", "armor.example"
EMPTY_SITE = "nouveau.fr"
# What signed-in people see, by endpoint.
PAGES: Mapping[str, tuple[str, ...]] = {
    "overview.show": (f"/{SITE}", f"/{SITE}?f=country:is:FR&period=7d", f"/{SITE}?f=country:is:ZZ", f"/{EMPTY_SITE}"),
    "overview.breakdown": (f"/{SITE}/breakdown/page", f"/{SITE}/breakdown/country"),
    "timing.show": (f"/{SITE}/timing",),
    "funnels.show": (f"/{SITE}/funnels",),
    "paths.show": (f"/{SITE}/paths?page=/tarifs",),
    "broken_links.show": (f"/{SITE}/broken-links",),
    "filters.show": (
        f'/{SITE}/filters?next=/{SITE}%3Ff=country:is:FR%26f=["or",[["is","visit:os",["Linux"]],["is","event:page",["/a"]]]]',
    ),
    "actions.show": (f"/{SITE}/actions",),
    "actions.one": (f"/{SITE}/actions/one?event=Form: Submission&detail=devis",),
    "leads.show": (f"/{SITE}/leads", f"/{SITE}/leads?view=new&columns=&c=tags&c=owner"),
    "company.show": (
        f"/{SITE}/leads/{COMPANY.casefold()}",
        f"/{SITE}/leads/{POSSIBLE.casefold()}",
        f"/{SITE}/leads/{ARMOR}",
    ),
    "possible.show": (f"/{SITE}/possible",),
    "realtime.show": (f"/{SITE}/realtime",),
    "annotations.show": (f"/{SITE}/annotations",),
    "sharing.show": (f"/{SITE}/sharing",),
    "api_tokens.show": (f"/{SITE}/api-tokens",),
    "domains.show": (f"/{SITE}/settings/site",),
    "corrections.show": (f"/{SITE}/corrections",),
    "lists.show": (f"/{SITE}/lists",),
    "advice.show": (f"/{SITE}/advice", f"/{EMPTY_SITE}/advice"),
    "not_counted.show": (f"/{SITE}/not-counted",),
    "site_settings.show": (f"/{SITE}/settings",),
    "alerts.show": (f"/{SITE}/alerts", f"/{SITE}/alerts?rule=1"),
    "goals.show": (f"/{SITE}/settings/goals",),
    "recipients.show": (f"/{SITE}/recipients",),
    "fit_settings.show": (f"/{SITE}/fit",),
    "work_settings.show": (f"/{SITE}/work-settings",),
    "sites.setup": (f"/{SITE}/setup", f"/{EMPTY_SITE}/setup"),
    "sites.index": ("/sites", "/sites?q=xyz"),
    "sites.add": ("/sites/add",),
    "account.show": ("/account",),
    "people.show": ("/people",),
    "identify.show": ("/identify",),
    "status.show": ("/status",),
    "status.diagnosis": ("/status/diagnosis",),
}
# What everybody sees, and its status. Those with a one-time link are opened with a link that works, too.
DOORS: Mapping[str, tuple[str, int]] = {
    "sign_in.show": ("/sign-in", 200),
    "forgotten_password.show": ("/forgotten-password", 200),
    "opt_out.show": (f"/opt-out/{SITE}", 200),
    "invitation.show": ("/invitation/x", 410),
    "new_password.show": ("/new-password/x", 410),
    "first_run.show": ("/setup/x", 410),
    "recipient.show": ("/email/x", 410),
    "recipient.ask_to_unsubscribe": ("/email/x/unsubscribe", 410),
    "recipient.ask_to_confirm": ("/email/x/confirm", 410),
    "home.show": ("/no-such-page", 404),
    "shared.show": ("/share/x", 404),
    "shared.public": (f"/public/{SITE}", 404),
}
NO_PAGE = {
    "assets.file": "files of the program itself",
    "recipients.preview": "an email as it is sent, which tests/dashboards/email holds",
    "overview.panel": "a part of the overview",
    "realtime.now": "the part of the page that moves",
    "first_day.geo_progress": "JSON",
    "sites.first_hit": "JSON",
    "leads.download": "a file",
    "overview.breakdown_file": "a file",
    "corrections.download": "a file",
}


def first_user_link(database: AppDatabase, clock: Clock) -> str:
    """The page of the first user, as long as there is none."""
    return "/setup/" + create_link(database, "first-user", now=clock(), lasts=timedelta(days=7))


def working_links(database: AppDatabase, clock: Clock, folder: Path) -> list[str]:
    """Pages whose links work: an invitation, a new password, and those of a recipient. `folder` is the service's."""
    user, site = find_user_by_email(database, EMAIL), find_site(database, SITE)
    assert user is not None
    assert site is not None
    with database.transaction() as session:
        recipient = ReportRecipient(site_id=site.id, email="anne@exemple.fr", created_at=clock())
        session.add(recipient)
        session.flush()
        choosing, confirming = (token_of(folder, recipient, one) for one in (Purpose.CHOOSE, Purpose.CONFIRM))
    links = (Asked("Pour Anna", shows_companies=True), Asked("Pour Paul", password="une phrase"))
    shared = [add_link(database, site.id, one, by=EMAIL, now=clock())[1] for one in links]
    invited = invite(database, "paul@exemple.fr", now=clock())[1]
    return [
        f"/invitation/{invited}",
        f"/new-password/{reset_token(database, user, now=clock())}",
        f"/email/{choosing}",
        f"/email/{choosing}/unsubscribe",
        f"/email/{confirming}/confirm",
        *(f"/share/{token}" for token in shared),
    ]


def fill(browser: Browser, store: EventStore, clock: Clock, visit: Visits, company_visit: Callable[..., None]) -> None:
    """Gives the pages something to show: leads, work with them, goals, corrections, excluded traffic, a second site."""
    title = "Panorama des réseaux sociaux : où sont vos clients, et comment leur parler sans les lasser"
    with visit.at_once():
        for hours in range(1, 30):
            source = "LinkedIn" if hours % 2 else "journal-du-contenu-et-des-medias.example"
            company_visit(
                "/a", "/tarifs", company=COMPANY, ago=timedelta(hours=9 * hours), source=source, titles={"/a": title}
            )
        company_visit("/a", company="Armor", company_domain=ARMOR, ago=timedelta(hours=3))
        company_visit("/a", company="Kerjean", ago=timedelta(hours=4))
        company_visit("/a", company=POSSIBLE, company_method="as_organisation", company_confidence=0.3)
        company_visit("/a", company="Typed", company_method="given", company_confidence=0.4)
        visit("/" + "x" * 120, titles={"/a": title})
        visit("/a", name="Form: Submission", props='{"form":"devis"}')
    store.append(Batch({}, [NotCounted(SITE, clock().date(), *one) for one in (("bot", "Googlebot", 12), ("unknown_site", "shop.exemple.fr", 3))]))  # fmt: skip
    browser.post("/sites/add", domain=EMPTY_SITE, time_zone="Europe/Paris")
    _send(browser, f"/{SITE}/work", f"/{SITE}/leads", company=[f"0:{COMPANY.casefold()}"], status="contacted", add_tag="Salon", owner="1")  # fmt: skip
    _send(
        browser,
        f"/{SITE}/lead-views",
        f"/{SITE}/leads",
        filters=write_stored((read_filter("tag:is:Salon"),)),
        sort="company",
        name="Salon",
    )
    browser.post(f"/{SITE}/settings/goals/add", form=f"/{SITE}/settings/goals", kind="page", pattern="/merci*", name="Merci", points="12")  # fmt: skip
    browser.post(f"/{SITE}/alerts", form=f"/{SITE}/alerts", name="Customers", trigger="visit", watches="view:customers", channel="webhook", target="https://hooks.exemple.fr/" + "x" * 80)  # fmt: skip
    browser.post(f"/{SITE}/funnels", name="Du blog aux tarifs", step=["*", "/tarifs", "Merci"])
    browser.post(f"/{SITE}/annotations", day="2026-11-12", hour="9", text="Newsletter envoyée")
    browser.post(f"/{SITE}/alerts/test", form=f"/{SITE}/alerts", rule="1")
    browser.post(f"/{SITE}/corrections", form=f"/{SITE}/leads/{ARMOR}", kind="rename", subject="Armor", target="Armorique")  # fmt: skip


def _send(browser: Browser, address: str, form: str, **fields: Any) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(form).text)
    assert token
    answer = browser.client.post(address, data={"csrf_token": token[1], "next": form} | fields)
    assert answer.status_code == 302, answer.text
