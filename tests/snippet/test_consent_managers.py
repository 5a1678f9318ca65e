"""The consent managers that the leads module listens to, each by a small imitation of its published interface."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.snippet.servers import Blog, Service
from tests.snippet.test_leads import EMPTY, STORED, article, reader, words

__all__ = ["reader"]  # the fixture

# tarteaucitron: services wait in `job`; allowing one runs its `js` once and sends `KEY_allowed`, denying sends
# `KEY_disallowed`; a service without an answer gets its `fallback`.
TARTEAUCITRON = """
  window.tarteaucitron = {services: {}, state: {}, launched: {}, chosen: __CHOSEN__,
    start() {
      for (const key of this.job || []) {
        const service = this.services[key];
        if (!service.needConsent) throw new Error("runs without consent");
        if (this.chosen === true) { this.launched[key] = true; service.js(); } else service.fallback();
      }
    },
    respond(key, status) {
      if (status && !this.launched[key]) { this.launched[key] = true; this.services[key].js(); }
      document.dispatchEvent(new Event(key + (status ? "_allowed" : "_disallowed")));
    }};
  addEventListener("load", () => tarteaucitron.start());
  window.choose = yes => tarteaucitron.respond("webleads", yes);
"""

# Axeptio: callbacks wait in `_axcb` for the SDK, which tells `cookies:complete` at load once chosen, and at each choice.
AXEPTIO = """
  addEventListener("load", () => {
    const hearers = [];
    const sdk = {on: (name, hearer) => name == "cookies:complete" && hearers.push(hearer)};
    for (const callback of window._axcb || []) callback(sdk);
    window.choose = yes => hearers.forEach(hearer => hearer({google_analytics: false, webleads: yes}));
    if (__CHOSEN__ !== null) choose(__CHOSEN__);
  });
"""

# Cookiebot: an object with the state by category, and events on the window.
COOKIEBOT = """
  addEventListener("load", () => {
    window.Cookiebot = {hasResponse: false, consent: {necessary: true, statistics: false, marketing: false}};
    window.choose = yes => {
      Cookiebot.hasResponse = true;
      Cookiebot.consent.statistics = yes;
      dispatchEvent(new Event("CookiebotOnConsentReady"));
      dispatchEvent(new Event(yes ? "CookiebotOnAccept" : "CookiebotOnDecline"));
    };
    if (__CHOSEN__ !== null) choose(__CHOSEN__); else dispatchEvent(new Event("CookiebotOnDialogDisplay"));
  });
"""

# Google consent mode: a default before anything else, updates after the choice; all through the data layer.
GOOGLE = """
  window.dataLayer = [];
  function gtag() { dataLayer.push(arguments); }
  gtag("consent", "default", {analytics_storage: "denied", ad_storage: "denied"});
  dataLayer.push({event: "gtm.js"});
  window.choose = yes => gtag("consent", "update", {analytics_storage: yes ? "granted" : "denied"});
  if (__CHOSEN__ !== null) choose(__CHOSEN__);
"""

MANAGERS = {"tarteaucitron": TARTEAUCITRON, "axeptio": AXEPTIO, "cookiebot": COOKIEBOT, "google": GOOGLE}


def visit(reader: Page, blog: Blog, manager: str, chosen: bool | None) -> None:
    chose = {True: "true", False: "false", None: "null"}[chosen]
    head = f"<script>{MANAGERS[manager].replace('__CHOSEN__', chose)}</script>"
    reader.goto(article(blog, head=head, leads=f"data-consent={manager}"))
    reader.wait_for_load_state("load")


def said(reader: Page, service: Service) -> dict[str, Any]:
    before = len(service.events("Look"))
    reader.evaluate("webleads('Look')")
    return words(service.wait_for("Look", before + 1)[-1])


@pytest.mark.parametrize("manager", MANAGERS)
def test_who_has_not_answered_is_not_known(manager: str, reader: Page, blog: Blog, service: Service) -> None:
    visit(reader, blog, manager, None)

    assert said(reader, service) == {}
    assert reader.evaluate(STORED) == EMPTY


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_yes_counts_from_then_on_and_a_no_removes_it(
    manager: str, reader: Page, blog: Blog, service: Service
) -> None:
    visit(reader, blog, manager, None)
    reader.evaluate("choose(true)")
    agreed = said(reader, service)
    assert agreed == {"consent": 1, "vid": agreed["vid"]}
    assert reader.evaluate("Object.keys(localStorage)") == ["webleadsId"]

    visit(reader, blog, manager, True)
    assert said(reader, service) == agreed
    assert words(service.wait_for("pageview", 2)[1]) == agreed

    reader.evaluate("choose(false)")
    assert said(reader, service) == {}
    assert reader.evaluate(STORED) == EMPTY


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_no_of_an_earlier_visit_holds(manager: str, reader: Page, blog: Blog, service: Service) -> None:
    visit(reader, blog, manager, False)

    assert said(reader, service) == {}
    assert reader.evaluate(STORED) == EMPTY


def test_a_manager_that_is_not_there_breaks_nothing(reader: Page, blog: Blog, service: Service) -> None:
    reader.goto(article(blog, leads="data-consent=tarteaucitron"))

    service.wait_for("pageview")
    assert said(reader, service) == {}


def test_the_publisher_s_own_name_for_the_service_is_used(reader: Page, blog: Blog, service: Service) -> None:
    head = f"<script>{COOKIEBOT.replace('__CHOSEN__', 'null').replace('consent.statistics =', 'consent.marketing =')}"
    reader.goto(article(blog, head=f"{head}</script>", leads="data-consent=cookiebot data-consent-name=marketing"))
    reader.wait_for_load_state("load")
    reader.evaluate("choose(true)")

    assert said(reader, service)["consent"] == 1
