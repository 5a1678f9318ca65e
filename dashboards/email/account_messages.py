"""Emails with one link: an invitation, a new or changed password, a test, the question whether one wants a report.

Each has one link and says why it was sent.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid

from dashboards.email.rendering import inline, template
from dashboards.translations import translate
from tracker.enrichment.text import clean_text, without_links

_LONGEST_NAME = 100


def invitation_message(
    language: str, *, sender: str, recipient: str, invited_by: str, url: str, now: datetime
) -> EmailMessage:
    """Returns the invitation to create an account. `invited_by` is a user's own text, so no link is made of it."""
    name = without_links(clean_text(invited_by, _LONGEST_NAME))
    words = {
        "subject": translate(language, "Invitation to the web statistics"),
        "sentence": translate(language, "%(name)s invites you to the web statistics.", name=name),
        "body": translate(language, "See which companies read the site and where its visitors come from. Choose a password to create your account."),
        "button": translate(language, "Create my account"),
        "lasts": translate(language, "The link works once, for seven days."),
        "why": translate(language, "You were not expecting this? Ignore this email: no account is created without you."),
    }  # fmt: skip
    return _message(language, words, sender=sender, recipient=recipient, url=url, now=now)


def reset_message(language: str, *, sender: str, recipient: str, url: str, now: datetime) -> EmailMessage:
    """Returns the email with the link for a new password. Its recipient may not have asked for it: a stranger may have."""
    words = {
        "subject": translate(language, "Your new password"),
        "sentence": translate(language, "Choose a new password."),
        "body": translate(language, "Somebody asked for a new password for the account %(email)s.", email=recipient),
        "button": translate(language, "Choose a new password"),
        "lasts": translate(language, "The link works once, for one hour."),
        "why": translate(language, "It was not you? Ignore this email: your password stays as it is."),
    }
    return _message(language, words, sender=sender, recipient=recipient, url=url, now=now)


def password_changed_message(language: str, *, sender: str, recipient: str, url: str, now: datetime) -> EmailMessage:
    """Tells the holder of an account that its password was changed, in case somebody else did it."""
    words = {
        "subject": translate(language, "Your password was changed"),
        "sentence": translate(language, "Your password was changed."),
        "body": translate(language, "The password of the account %(email)s was changed. All other devices have to sign in again.", email=recipient),
        "button": translate(language, "Choose a new password"),
        "lasts": "",
        "why": translate(language, "It was you? There is nothing to do. It was not you? Choose a new password now."),
    }  # fmt: skip
    return _message(language, words, sender=sender, recipient=recipient, url=url, now=now)


def check_message(language: str, *, sender: str, recipient: str, url: str, now: datetime) -> EmailMessage:
    """To whoever tries the mail server."""
    words = {
        "subject": translate(language, "Test message from the web statistics"),
        "sentence": translate(language, "The mail server works."),
        "body": translate(
            language, "The weekly email, invitations and new passwords will reach their readers this way."
        ),
        "button": translate(language, "Open the dashboard"),
        "lasts": "",
        "why": translate(language, "You get this because you asked for it on the dashboard."),
    }
    return _message(language, words, sender=sender, recipient=recipient, url=url, now=now)


def confirmation_message(
    language: str, *, sender: str, recipient: str, site_name: str, url: str, now: datetime
) -> EmailMessage:
    """Asks somebody without an account whether they want a site's report. Nothing else is sent before they say so."""
    values = {"site": site_name}
    words = {
        "subject": translate(language, "Confirm: the report of %(site)s by email", **values),
        "sentence": translate(language, "Do you want the report of %(site)s by email?", **values),
        "body": translate(language, "It says which companies read the site and where its visitors come from. You choose how often, and can stop it with one click."),
        "button": translate(language, "Yes, send it to me"),
        "lasts": "",
        "why": translate(language, "You were not expecting this? Ignore this email: nothing more is sent to you."),
    }  # fmt: skip
    return _message(language, words, sender=sender, recipient=recipient, url=url, now=now)


def _message(
    language: str, words: dict[str, str], *, sender: str, recipient: str, url: str, now: datetime
) -> EmailMessage:
    name, address = getaddresses([sender])[0]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = words["subject"]
    message["From"] = Address(name, addr_spec=address)
    message["To"] = recipient
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    view = {"language": language, "words": words, "url": url}
    message.set_content(template("account.txt.j2").render(view), cte="quoted-printable")
    message.add_alternative(inline(template("account.html.j2").render(view)), subtype="html", cte="quoted-printable")
    message["Content-Language"] = language  # after the content, which would take it for its own
    return message
