"""The letters of one report of a site: each is written once for a language and a view, and then addressed to many."""

from __future__ import annotations

from email.message import EmailMessage
from threading import Lock

from dashboards.email.audience import audience_of
from dashboards.email.letter import Letter, write_letter
from dashboards.email.site_report import site_report
from tracker.db.models import ReportRecipient, Site
from tracker.reference.attributions import attributions
from tracker.reports.report import Report
from tracker.service.context import Context


class Letters:
    """Safe to use from several threads: one writes while the others wait for it."""

    def __init__(self, context: Context, site: Site, kind: str, label: str) -> None:
        self._context = context
        self._site = site
        self._kind = kind
        self._label = label
        self._lock = Lock()
        self._reports: dict[str | None, Report] = {}
        self._letters: dict[tuple[str | None, str, bool], Letter] = {}

    def to(self, recipient: ReportRecipient | str, *, sender: str) -> EmailMessage:
        """Returns the message to a recipient of the site, or a copy for another email address."""
        context = self._context
        if isinstance(recipient, str):
            letter = self._letter(None, self._site.language, with_links=False)
            return letter.to(recipient, None, sender=sender, now=context.now())
        base_url, folder = context.settings.public_url, context.settings.data
        audience = audience_of(recipient, self._site, base_url=base_url, folder=folder)
        letter = self._letter(recipient.view_key, audience.language, with_links=True)
        return letter.to(recipient.email, audience, sender=sender, now=context.now())

    def _letter(self, view_key: str | None, language: str, *, with_links: bool) -> Letter:
        with self._lock:
            key = (view_key, language, with_links)
            if key not in self._letters:
                self._letters[key] = write_letter(
                    self._report(view_key),
                    site=self._site,
                    language=language,
                    base_url=self._context.settings.public_url,
                    credits_due=attributions(self._context.settings),
                    with_links=with_links,
                )
            return self._letters[key]

    def _report(self, view_key: str | None) -> Report:
        if view_key not in self._reports:
            self._reports[view_key] = site_report(self._context, self._site, self._kind, self._label, view_key)
        return self._reports[view_key]
