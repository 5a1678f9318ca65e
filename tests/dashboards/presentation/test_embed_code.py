"""What publishers are given to paste."""

from __future__ import annotations

import re

from dashboards.presentation.embed_code import tags
from tracker.collector.scripts import published
from tracker.settings import Settings

SETTINGS = Settings(base_url="https://stats.exemple.fr")


def test_the_line_names_the_site_and_the_service() -> None:
    assert tags(SETTINGS, "blog.exemple.fr").plain == (
        '<script defer data-domain="blog.exemple.fr" src="https://stats.exemple.fr/js/webleads.js"></script>'
    )


def test_the_pinned_line_bears_the_version_and_its_integrity_value() -> None:
    built = published()
    assert built is not None, "the snippet is not built: run `make build`"
    pinned = tags(SETTINGS, "blog.exemple.fr").pinned or ""
    assert f'src="https://stats.exemple.fr/js/webleads.{built.version}.js"' in pinned
    assert f'integrity="{built.integrity}" crossorigin="anonymous"' in pinned


def test_paths_of_the_operator_s_stand_in_every_line() -> None:
    settings = Settings(
        base_url="https://stats.exemple.fr", script_path="/a/notes.js", event_path="/a/note", pixel_path="/a/n.gif"
    )
    found = tags(settings, "blog.exemple.fr")
    assert found.plain == (
        '<script defer data-domain="blog.exemple.fr" data-api="/a/note" src="https://stats.exemple.fr/a/notes.js"></script>'
    )
    assert re.search(
        r'data-api="/a/note" src="https://stats\.exemple\.fr/a/notes\.[0-9a-f]{12}\.js"', found.pinned or ""
    )
    assert 'src="https://stats.exemple.fr/a/n.gif?d=blog.exemple.fr"' in found.image
    assert 'src="https://stats.exemple.fr/a/notes-leads.js"' in found.leads


def test_the_image_sends_the_whole_address_of_its_page() -> None:
    image = tags(SETTINGS, "blog.exemple.fr").image
    assert image.startswith("<noscript><img ")
    assert 'referrerpolicy="no-referrer-when-downgrade"' in image
