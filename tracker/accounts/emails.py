"""Email addresses as the app database keeps them: trimmed, in lower case, of a valid form. Delivery is not checked."""

from __future__ import annotations

import re

from tracker.db.invalid import Invalid

# RFC 5321, 4.5.3.1: a path is at most 254 characters. The pattern is loose on purpose: the mail server decides.
_MAX_LENGTH = 254
_SHAPE = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+")


def normalise_email(text: str) -> str:
    """Returns the email address in the form that is stored and compared. Raises Invalid for any other text."""
    email = text.strip().lower()
    if len(email) > _MAX_LENGTH or not _SHAPE.fullmatch(email):
        raise Invalid(
            "“%(email)s” is not an email address; write one such as name@example.fr.", email=text.strip()[:60]
        )
    return email
