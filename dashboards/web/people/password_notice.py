"""The email that tells people that their password was changed. Its link leads to the page for a forgotten password.

Source: OWASP's Forgot Password cheat sheet, which asks for it.
"""

from __future__ import annotations

from flask import url_for

from dashboards.email.account_messages import password_changed_message
from dashboards.web.language import current_language
from dashboards.web.outgoing_mail import OutgoingMail
from tracker.db.models import User
from tracker.service.context import Context


def tell_of_new_password(context: Context, mail: OutgoingMail, user: User) -> None:
    """Sends the email in the background, so that nobody waits for the mail server; without one, nothing is sent."""
    if not mail.is_set_up:
        return
    recipient, language, now = user.email, user.language or current_language(), context.now()
    url = context.settings.public_url + url_for("forgotten_password.show")
    mail.send_later(
        lambda: password_changed_message(language, sender=mail.sender, recipient=recipient, url=url, now=now)
    )
