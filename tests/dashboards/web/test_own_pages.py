"""The paths of the pages, which a path for hits must not hide."""

from __future__ import annotations

from flask import Flask

from tracker.settings.values import OWN_API, OWN_PAGES


def test_no_path_for_hits_hides_a_page(app: Flask) -> None:
    api = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert all(rule.startswith(OWN_API) for rule in api)
    first_parts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert {part for part in first_parts if part and not part.startswith("<")} - {"assets", "api"} <= OWN_PAGES
