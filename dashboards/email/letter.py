"""The report as an email: written once for all who share language and view, then addressed to each with their own links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from hashlib import sha256

from dashboards.email.audience import Audience
from dashboards.email.report import report_html, report_text, report_view
from tracker.db.models import Site
from tracker.reference.geo.attribution import LicenceCredit
from tracker.reports.report import Report

# Stand in a letter where the recipient's own links go; no report contains them.
_PREFERENCES, _UNSUBSCRIBE = (
    "https://preferences.invalid/of-the-recipient",
    "https://unsubscribe.invalid/of-the-recipient",
)


@dataclass(frozen=True)
class Letter:
    """One report in one language."""

    report: Report
    host: str
    language: str
    subject: str
    text: str
    html: str

    def to(self, recipient: str, audience: Audience | None, *, sender: str, now: datetime) -> EmailMessage:
        """Returns the message to one recipient: text, and HTML without any image.

        The Message-ID is the same for the same report and recipient, so that a server can tell a copy from another.
        """
        name, address = getaddresses([sender])[0]
        message = EmailMessage(policy=SMTP)
        message["Subject"] = self.subject
        message["From"] = Address(name, addr_spec=address)
        message["To"] = recipient
        message["Date"] = format_datetime(now)
        digest = sha256(f"{self.report.site}\0{self.report.label}\0{recipient}".encode()).hexdigest()[:24]
        message["Message-ID"] = f"<{self.report.kind}.{self.report.label}.{digest}@{address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        self._add_list_headers(message, audience)
        message.set_content(_with_links(self.text, audience), cte="quoted-printable")
        message.add_alternative(_with_links(self.html, audience), subtype="html", cte="quoted-printable")
        message["Content-Language"] = self.language  # after the content, which would take it for its own
        return message

    def _add_list_headers(self, message: EmailMessage, audience: Audience | None) -> None:
        """What tells mail programs which list it is of, and how to leave it.

        Sources: RFC 2369 and RFC 8058 (List-Unsubscribe, by one click), RFC 2919 (List-Id), Gmail's Feedback Loop
        (Feedback-ID).
        """
        message["List-Id"] = f"<reports.{self.host}>"
        message["Feedback-ID"] = f"{self.report.kind}-{self.report.label}:{self.host}:report:webleads"
        if audience is not None and audience.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{audience.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def write_letter(
    report: Report,
    *,
    site: Site,
    language: str,
    base_url: str,
    credits_due: Sequence[LicenceCredit] = (),
    with_links: bool = True,
) -> Letter:
    """Writes a report in a language. `with_links` is for recipients; a copy for others has nothing to unsubscribe from."""
    audience = Audience(language, _PREFERENCES, _UNSUBSCRIBE) if with_links else Audience(language)
    view = report_view(report, site=site, audience=audience, base_url=base_url, credits_due=credits_due)
    return Letter(
        report,
        site.domain.partition(":")[0],
        language,
        _one_line(view.subject),
        report_text(view),
        report_html(view),
    )


def _with_links(text: str, audience: Audience | None) -> str:
    if audience is None:
        return text
    return text.replace(_PREFERENCES, audience.preferences_url).replace(_UNSUBSCRIBE, audience.unsubscribe_url)


def _one_line(text: str) -> str:
    """Without what would end a header's line; a company's name comes from outside."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)
