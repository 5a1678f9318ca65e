"""The email that tells alerts: the news in the subject, a line for each with its link, and why it was sent."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from dashboards.email.rendering import inline, template
from dashboards.presentation.alerts.words import Told
from dashboards.translations import translate

_LONGEST_SUBJECT = 120


def alert_message(told: Told, uid: str, *, language: str, sender: str, recipient: str, now: datetime) -> EmailMessage:
    """Returns the message; its Message-ID is made of the message's own id."""
    name, address = getaddresses([sender])[0]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(f"{told.title} · {told.site}".split())[:_LONGEST_SUBJECT]
    message["From"] = Address(name, addr_spec=address)
    message["To"] = recipient
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{uid}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    view = {"language": language, "told": told, "words": _words(language, told)}
    message.set_content(template("alert.txt.j2").render(view), cte="quoted-printable")
    message.add_alternative(inline(template("alert.html.j2").render(view)), subtype="html", cte="quoted-printable")
    message["Content-Language"] = language  # after the content, which would take it for its own
    return message


def _words(language: str, told: Told) -> dict[str, str]:
    return {
        "more": translate(language, "and %(number)s more", number=told.more) if told.more else "",
        "button": translate(language, "Open the dashboard"),
        "why": translate(language, "You get this because of the alert “%(name)s” of %(site)s.", name=told.rule, site=told.site),
        "change": translate(language, "Change the alerts"),
    }  # fmt: skip
