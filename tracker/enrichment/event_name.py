"""The name under which an event is stored. Pure.

The snippet sends every click on a link out of the site as an outbound click, which keeps it small. Here a click on an
email address or a telephone number gets the name of its kind, from the scheme of its link.
"""

from __future__ import annotations

from tracker.enrichment.event import PAGEVIEW
from tracker.enrichment.text import clean_text

OUTBOUND = "Outbound Link: Click"
EMAIL = "Email: Click"
PHONE = "Phone: Click"
_BY_SCHEME = {"mailto": EMAIL, "tel": PHONE}
_MAX_NAME = 120


def event_name(sent: str | None, url_of_link: object = None) -> str:
    """The stored name of an event that a client sent, with the `url` among its properties."""
    name = _cleaned(sent) if sent else PAGEVIEW
    if name == OUTBOUND and isinstance(url_of_link, str):
        return _BY_SCHEME.get(url_of_link.partition(":")[0].lower(), name)
    return name


def _cleaned(sent: str) -> str:
    """A name that can be shown; a page view's where nothing is left of it."""
    name = sent[:_MAX_NAME]
    return name if name.isascii() and name.isprintable() else clean_text(name) or PAGEVIEW
