from __future__ import annotations

import pytest

from tests.dashboards.web.conftest import PASSWORD, Browser


@pytest.fixture
def signed_in(browser: Browser, user: str) -> Browser:
    """Signed in on the page, with all that it leaves in the browser."""
    assert browser.post("/sign-in", email=user, password=PASSWORD).status_code == 302
    return browser
