"""What templates word is in the language of the page, whichever page a template was first opened for."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import gettext

from dashboards.web.language import current_language, in_language


@pytest.mark.parametrize("order", [["en", "fr"], ["fr", "en"]])
@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ 50000|count(compact=false) }}", {"en": "50,000", "fr": "50\u202f000"}),
        ("{{ 0.25|percent }}", {"en": "25%", "fr": "25\u202f%"}),
        (
            """{{ _("%(site)s: overview", site="<i>") }} {{ ngettext("%(num)s visitor", "%(num)s visitors", 2) }}""",
            {"en": "&lt;i&gt;: overview 2 visitors", "fr": "&lt;i&gt;\u202f: vue d’ensemble 2 visiteurs"},
        ),
        ("{{ 'Leads'|translated }} {{ 'Settings'|translated }}", {"en": "Leads Settings", "fr": "Leads Réglages"}),
    ],
)
def test_a_constant_is_worded_for_each_page(app: Flask, order: list[str], template: str, said: dict[str, str]) -> None:
    for language in order:
        with app.test_request_context(headers={"Accept-Language": language}):
            assert render_template_string(template) == said[language]


def test_what_is_said_in_another_language_is_so_in_code_and_templates_and_ends_there(app: Flask) -> None:
    def said() -> tuple[str, ...]:
        return current_language(), gettext("Settings"), render_template_string("{{ _('Settings') }}")

    with app.test_request_context(headers={"Accept-Language": "en"}):
        before = said()
        with in_language("fr"):
            assert said() == ("fr", "Réglages", "Réglages")
        assert said() == before == ("en", "Settings", "Settings")
