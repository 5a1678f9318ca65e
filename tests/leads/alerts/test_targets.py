"""Where alerts may go: the URL of a webhook, whoever types it."""

from __future__ import annotations

import pytest

from tracker.db.invalid import Invalid
from tracker.leads.alerts.targets import check_url


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://hooks.exemple.fr/x?y=1#part ", "https://hooks.exemple.fr/x?y=1"),
        ("https://hélianthe.fr/x?y=1", "https://xn--hlianthe-b1a.fr/x?y=1"),
        ("https://Hélianthe.fr:8443/x", "https://xn--hlianthe-b1a.fr:8443/x"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
    ],
)
def test_a_url_is_kept_as_it_is_sent(typed: str, kept: str) -> None:
    assert check_url(typed, example="https://hooks.example.fr/") == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ftp://hooks.exemple.fr/", "Give a URL such as https://hooks.example.fr/."),
        ("https://é..fr/", "Give a URL"),
        ("https://é" + "a" * 70 + ".fr/", "Give a URL"),
        ("https://léa:mot@hooks.exemple.fr/", "a name or password"),
        ("https://hooks.exemple.fr/é", "percent-encoded"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        check_url(typed, example="https://hooks.example.fr/")
