from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for

from dashboards.web.site.links import page_url


@pytest.mark.parametrize(
    ("endpoint", "arguments"),
    [
        ("overview.show", {"site": "blog.exemple.fr"}),
        ("overview.show", {"site": "blog.exemple.fr", "period": "12mo", "f": ["source:is:A&B", "page:is:/é à|/b\\\\"], "sort": None}),
        ("overview.breakdown", {"site": "blog.exemple.fr", "dimension": "page", "f": ["x:is:1"], "page": 2}),
        ("company.show", {"period": "7d", "company_id": "a b/c?d.example", "site": "blog.exemple.fr"}),
        ("leads.show", {"site": "blog.exemple.fr", "q": "100 % « vrai » +1 #", "_anchor": "rows"}),
        ("sites.index", {"q": ["1", None, "2"]}),
    ],
)  # fmt: skip
def test_a_page_s_url_is_the_one_that_flask_writes(app: Flask, endpoint: str, arguments: dict[str, Any]) -> None:
    with app.test_request_context():
        for _ in range(2):  # the path is known the second time
            assert page_url(endpoint, arguments) == url_for(endpoint, **arguments)
