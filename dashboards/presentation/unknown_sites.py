"""Hits for unknown sites in words: where they came from, which site they name, and what to change."""

from __future__ import annotations

from dashboards.translations import translate
from tracker.enrichment.text import visible_text
from tracker.sites.domain_name import shown_domain
from tracker.stats.hosts import UnknownSite


def describe_unknown_site(language: str, found: UnknownSite, site: str | None) -> str:
    """One sentence. `site` is the site here that the page is of, where one is known; without a name nobody can tell more."""
    name, host = visible_text(shown_domain(found.name)), visible_text(shown_domain(found.host))
    if not name:
        return translate(language, "An event came that names no site: set data-domain in the snippet.")
    if not host:
        return translate(
            language,
            "An event came from %(name)s, which is not a site here: add %(name)s, or change data-domain to the name of your site.",
            name=name,
        )
    if site is None:
        return translate(
            language,
            "An event came from %(host)s but names %(name)s, which is not a site here: change data-domain, or add %(name)s.",
            host=host,
            name=name,
        )
    return translate(
        language,
        "An event came from %(host)s but names %(name)s: change data-domain to %(site)s, or add %(name)s.",
        host=host,
        name=name,
        site=site,
    )
