from __future__ import annotations

import pytest

from tracker.enrichment.event_name import event_name

OUTBOUND = "Outbound Link: Click"


@pytest.mark.parametrize(
    ("sent", "url", "stored"),
    [
        pytest.param(OUTBOUND, "mailto:contact@example.fr", "Email: Click", id="mail"),
        pytest.param(OUTBOUND, "TEL:+33123456789", "Phone: Click", id="phone"),
        pytest.param(OUTBOUND, "https://example.org/mailto:x", OUTBOUND, id="another site"),
        pytest.param(OUTBOUND, None, OUTBOUND, id="no link"),
        pytest.param(OUTBOUND, 7, OUTBOUND, id="a number for a link"),
        pytest.param("Signup", "mailto:contact@example.fr", "Signup", id="the publisher's own"),
        pytest.param(None, None, "pageview", id="nothing"),
        pytest.param("x" * 200, None, "x" * 120, id="a long one"),
    ],
)
def test_names_an_event(sent: str | None, url: object, stored: str) -> None:
    assert event_name(sent, url) == stored
