"""The paths of the pages, which a path for hits must not hide."""

from __future__ import annotations

from flask import Flask

from tracker.settings.values import OWN_PAGES


def test_no_path_for_hits_hides_a_page(app: Flask) -> None:
    first_parts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert {part for part in first_parts if part and not part.startswith("<")} - {"assets"} <= OWN_PAGES
