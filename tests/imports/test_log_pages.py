"""What is a page, learnt from logs: pictures without an extension, pages with one, feeds, style sheets, frames."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime

import pytest

from tests.imports.log_lines import get, pages, read_log
from tracker.imports.access_log import SkipReason
from tracker.imports.log_line import LogLine
from tracker.imports.log_pages import PageLessons
from tracker.imports.log_scanners import Scanners

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
GOOGLE = "https://www.google.com/"


def visit(page: str, second: int, *parts: str, ip: str = "192.0.2.7", came_from: str = GOOGLE) -> list[str]:
    """A page, and what a browser fetches for it within two seconds."""
    fetched = [get(part, second + 1 + n % 2, page, ip=ip, size=900) for n, part in enumerate(parts)]
    return [get(page, second, came_from, ip=ip, size=5000), *fetched]


def test_what_comes_with_its_page_is_a_part_whatever_its_name() -> None:
    parts = ["/image/60000/200x200", "/image/60001/200x200", "/settings/logo", "/ajax/menu.php?id=7", "/captcha.php"]
    log = visit("/m/b113", 0, *parts) + visit("/m/b114", 300, *parts, came_from="/m/b113")
    assert pages(log) == ["/m/b113", "/m/b114"]
    assert read_log(log).count(SkipReason.PART) == 2 * len(parts)


def test_a_part_that_comes_late_or_without_a_referrer_is_known_by_the_others_of_its_kind() -> None:
    log = [text for n in range(8) for text in visit(f"/m/{n}", 60 * n, f"/image/{n}0", f"/image/{n}1", f"/image/{n}2")]
    log += [get("/image/99", 600, "/m/7"), get("/image/98", 660)]
    assert pages(log) == [f"/m/{n}" for n in range(8)]


def test_pictures_that_each_have_a_name_are_known_by_their_folder() -> None:
    names = [f"/thumbs/{first}-{second}" for first in ("red", "blue", "green") for second in ("shoe", "hat", "coat")]
    log = [text for n in range(3) for text in visit(f"/c/{'xyz'[n]}", 60 * n, *names[3 * n : 3 * n + 3])]
    log += [get("/thumbs/one-more", 600, "/c/z"), get("/c/new", 700, "/c/z")]
    large = [text.replace(" 900 ", " 4900 ") for text in log]
    assert pages(log) == pages(large) == ["/c/x", "/c/y", "/c/z", "/c/new"]


def test_one_visit_is_enough_to_tell_many_parts_from_clicks() -> None:
    log = [
        get("/", 0, GOOGLE, size=8000),
        *(get(one, 1, "/", size=12_000) for one in ("/photo/anna", "/photo/ben", "/badge")),
    ]
    assert pages(log) == ["/"]


def test_what_a_page_asks_for_again_and_again_is_a_part() -> None:
    log = [*visit("/", 0, "/a.css", "/a.js"), *(get("/api/state", 1 + 30 * n, "/", size=50) for n in range(9))]
    assert pages(log) == ["/"]


def test_parts_are_known_in_any_order_of_the_lines() -> None:
    """A server logs a request when it has answered it: the page, which took longest, may stand last."""
    log = [
        text
        for n in range(2)
        for text in reversed(visit(f"/m/{n}", 60 * n, "/image/1", "/image/2", "/image/3", "/logo"))
    ]
    assert pages(log) == ["/m/0", "/m/1"]


def test_what_others_come_from_is_a_page_whatever_its_extension() -> None:
    names = ["/changelog/v2.0", "/guides/node.js", "/reviews/paint.net", "/blog/atom/", "/notes/data.json", "/a.txt"]
    log = [text for n, name in enumerate(names) for text in visit(name, 60 * n, "/logo.png", "/main.css", "/theme.css")]
    assert pages(log) == names


def test_quick_clicks_are_page_views() -> None:
    """Somebody who knows their way opens three pages in four seconds, with the style sheet in the cache."""
    log = [text for n in range(3) for text in visit("/", 60 * n, "/a.css", "/b.css", "/c.png", ip=f"192.0.2.{n}")]
    log += visit("/", 600, ip="192.0.2.9")
    log += [get("/docs/", 602, "/", ip="192.0.2.9"), get("/docs/install", 603, "/docs/", ip="192.0.2.9")]
    assert pages(log)[-3:] == ["/", "/docs/", "/docs/install"]


def test_a_page_that_is_sometimes_opened_at_once_stays_a_page() -> None:
    log = visit("/", 0, "/a.css", "/b.css", "/c.png", "/fr/") + visit("/fr/", 300, "/a.css", "/b.css", "/c.png")
    log += visit("/", 600, "/a.css", "/b.css", "/c.png", "/fr/", ip="192.0.2.8")
    assert pages(log).count("/fr/") == 3


def test_a_style_sheet_that_leads_to_its_fonts_is_none() -> None:
    log = []
    for n in range(3):
        log += visit(f"/a{n}", 60 * n, "/style.css", "/x.png", "/y.png")
        log += [get("/fonts/a.woff2", 60 * n + 2, "/style.css"), get("/bg/1", 60 * n + 2, "/style.css")]
    assert "/style.css" not in pages(log)


@pytest.mark.parametrize("path", ["/report.pdf", "/photo.jpg", "/data.json", "/song.mp3"])
def test_a_file_that_is_opened_by_itself_is_no_page_for_the_browsers_icon(path: str) -> None:
    assert pages([get(path, 0, GOOGLE), get("/favicon.ico", 1, path), get(path, 2, path)]) == []


@pytest.mark.parametrize(
    "agent",
    ["python-requests/2.32", "Mozilla/5.0 (compatible; Somebot/1.0)", "Mozilla/5.0 Somebody +https://some.example/"],
)
def test_programs_do_not_teach_what_is_a_page(agent: str) -> None:
    """A crawler that follows all links at once, with their page as the referrer, fetches pages as browsers do pictures."""
    crawled = [get(f"/{name}", n % 3, "/", agent=agent) for n, name in enumerate(["a", "b", "c", "d"])]
    log = [get("/", 0, agent=agent), *crawled, get("/a", 600, GOOGLE), get("/b", 660, "/a")]
    assert pages(log)[-2:] == ["/a", "/b"]


def test_pages_that_differ_by_a_parameter_are_told_from_parts_that_do() -> None:
    log = []
    for n in range(3):
        log += visit(f"/index.php?page={n}", 60 * n, "/index.php?thumb=1", "/index.php?thumb=2", "/index.php?thumb=3")
    assert pages(log) == [f"/index.php?page={n}" for n in range(3)]


@pytest.mark.parametrize(
    "path",
    [
        "/reviews/bun.sh",
        "/tools/socket.io",
        "/people/character.ai",
        "/plan.b",
        "/v1.2.3",
        "/asp.net/",
        "/a.html;v=1.png/b",
    ],
)
def test_a_name_with_a_dot_is_a_page_unless_it_ends_as_files_do(path: str) -> None:
    assert pages([get(path, 0, GOOGLE)]) == [path]


def test_a_log_without_referrers_counts_by_names() -> None:
    log = [get("/", 0), get("/style.css", 1), get("/logo.png", 1), get("/about", 60)]
    assert pages(log) == ["/", "/about"]


def test_a_policy_that_sends_only_the_origin_hides_no_page() -> None:
    log = [get("/", 0, GOOGLE), get("/a", 60, "/"), get("/b", 120, "/"), get("/c", 180, "/")]
    assert pages(log) == ["/", "/a", "/b", "/c"]


def test_memory_is_bounded_whatever_the_log_asks_for() -> None:
    lessons, scanners = PageLessons({"a.fr"}, max_shapes=100, max_browsers=100), Scanners(max_clients=100)
    tracemalloc.start()
    try:
        for number in range(20_000):
            name = "".join(chr(ord("g") + int(digit)) for digit in str(number))
            asked = LogLine(NOON, f"client-{number}", "GET", f"/{name}{'y' * 100}", 200, 10, f"https://a.fr/{name}")
            lessons.see(asked, number)
            scanners.see(asked, number, from_site=True)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8_000_000
