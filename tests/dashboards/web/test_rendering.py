"""What templates word is in the language of the page, whichever page a template was first opened for."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string


@pytest.mark.parametrize("order", [["en", "fr"], ["fr", "en"]])
@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ 50000|count(compact=false) }}", {"en": "50,000", "fr": "50\u202f000"}),
        ("{{ 0.25|percent }}", {"en": "25%", "fr": "25\u202f%"}),
        ("{{ 'Leads'|translated }} {{ 'Settings'|translated }}", {"en": "Leads Settings", "fr": "Leads Réglages"}),
    ],
)
def test_a_constant_is_worded_for_each_page(app: Flask, order: list[str], template: str, said: dict[str, str]) -> None:
    for language in order:
        with app.test_request_context(headers={"Accept-Language": language}):
            assert render_template_string(template) == said[language]
