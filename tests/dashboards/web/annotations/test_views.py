"""Annotations are added, edited and removed on their page, and stand on the overview's chart and in the list beneath it."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.cli import webleads
from tracker.db.engine import AppDatabase
from tracker.sharing.links import Asked, add_link

PAGE = f"/{SITE}/annotations"
HOSTILE = "<script>alert(1)</script>"


def test_an_annotation_is_shown_on_the_chart_as_text_and_to_nobody_without_an_account(
    signed_in: Browser, site: str, visit: Callable[..., None], database: AppDatabase, clock: Clock
) -> None:
    visit("/a")
    assert signed_in.post(PAGE, day="2026-11-16", hour="9", text=HOSTILE).location == PAGE
    for address in (PAGE, f"/{SITE}"):
        page = signed_in.get(address).text
        assert "&lt;script&gt;alert(1)" in page
        assert HOSTILE not in page
    overview = signed_in.get(f"/{SITE}").text
    assert "16 Nov 2026, 09:00" in overview
    assert len(re.findall(r'<path class="annotation" d="M983\.3 ', overview)) == 1
    assert "alert(1)" not in signed_in.get(f"/{SITE}?period=2026-10").text
    _link, token = add_link(database, 1, Asked("x", shows_companies=True), by="x", now=clock())
    assert "alert(1)" not in signed_in.get(f"/share/{token}").text


def test_it_is_edited_and_removed(signed_in: Browser, site: str) -> None:
    signed_in.post(PAGE, day="2026-11-16", text="Newsletter")
    version = re.search(r'name="version" value="(\w+)"', signed_in.get(PAGE).text)
    assert version
    change = f"{PAGE}/1/change"
    assert signed_in.post(change, form=PAGE, day="2026-11-15", text="Site", version=version[1]).location == PAGE
    late = signed_in.post(change, form=PAGE, day="2026-11-14", text="Mine", version=version[1])
    assert late.status_code == 409
    assert "Mine" in late.text
    assert signed_in.post(change, form=PAGE, day="soon", text="Mine").status_code == 422
    assert signed_in.post(f"{PAGE}/1/remove", form=PAGE).location == PAGE
    assert signed_in.post(f"{PAGE}/{10**30}/remove", form=PAGE).status_code == 404
    assert "No annotation yet." in signed_in.get(PAGE).text


def test_commands_are_there() -> None:
    assert set(webleads.commands["annotation"].commands) == {"add", "list", "remove"}  # type: ignore[attr-defined]
