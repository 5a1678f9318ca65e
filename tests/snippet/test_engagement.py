"""How long a page was in front and how far it was read, in tabs that really go behind others."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.chromium import PlainChromium, Tab
from tests.snippet.servers import Blog, Service

# The page itself notes how long it was visible: what a busy machine takes between two steps of a test counts too. The
# focus is the test's alone: a busy headless Chromium gives and takes it of itself.
NOTE_TIME = """
document.hasFocus = () => true;
window.visibleMs = 0;
addEventListener("DOMContentLoaded", () => { window.visibleSince = performance.now(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) window.visibleMs += performance.now() - window.visibleSince;
  window.visibleSince = performance.now();
});
"""
LONG = "<p style='height: 3000px'>long</p>"


@pytest.fixture
def tab(plain_browser: PlainChromium) -> Iterator[Tab]:
    tab = plain_browser.open_tab()
    tab.show()
    yield tab
    tab.close()


@pytest.fixture
def other(plain_browser: PlainChromium, tab: Tab) -> Iterator[Tab]:
    other = plain_browser.open_tab()
    tab.show()
    yield other
    other.close()


def engaged_ms(service: Service, url: str | None = None) -> float:
    return sum(float(event["e"]) for event in service.events("engagement") if url is None or event["u"] == url)


def test_time_in_front_is_close_to_the_truth_over_three_hides(
    tab: Tab, other: Tab, blog: Blog, service: Service
) -> None:
    tab.run_in_each_page(NOTE_TIME)
    tab.goto(blog.origin + "/one")
    for seconds in (1.0, 0.5, 0.8):
        tab.show()
        time.sleep(seconds)
        other.show()
        time.sleep(0.7)

    service.wait_for("engagement", 3)
    assert engaged_ms(service) == pytest.approx(tab.run("visibleMs"), rel=0.05)
    assert [event["u"] for event in service.events("engagement")] == [blog.origin + "/one"] * 3
    assert len(service.events("pageview")) == 1


def test_a_page_that_lost_the_focus_is_not_in_front(tab: Tab, other: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.origin + "/one")
    tab.run("addEventListener('visibilitychange', () => window.hiddenAt ??= performance.now())")
    # The focus is the test's alone: a busy headless Chromium gives and takes it of itself.
    focused = tab.run("document.hasFocus = () => true; window.dispatchEvent(new Event('focus')); performance.now()")
    time.sleep(0.3)
    left = tab.run("document.hasFocus = () => false; window.dispatchEvent(new Event('blur')); performance.now()")
    time.sleep(1)
    back = tab.run("document.hasFocus = () => true; window.dispatchEvent(new Event('focus')); performance.now()")
    time.sleep(0.3)
    other.show()
    service.wait_for("engagement", 1)

    # By the page's own clock, as a busy machine sleeps longer than it is asked to.
    loaded = tab.run("performance.getEntriesByType('navigation')[0].domContentLoadedEventStart")
    in_front = (left - focused) + (tab.run("hiddenAt") - back)
    assert back - left >= 1000
    assert in_front - 150 <= engaged_ms(service) <= in_front + (focused - loaded) + 150


def test_leaving_the_page_sends_what_was_read_of_it(tab: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.put("/one", blog.article(LONG)))
    time.sleep(0.4)
    tab.goto(blog.put("/two", "<!doctype html><title>without the snippet</title>"))
    [event] = service.wait_for("engagement", 1)

    assert event["e"] >= 400


def test_closing_the_tab_sends_what_was_read(plain_browser: PlainChromium, blog: Blog, service: Service) -> None:
    tab = plain_browser.open_tab()
    tab.show()
    tab.goto(blog.origin + "/one")
    time.sleep(0.4)
    tab.close()

    assert service.wait_for("engagement", 1)[0]["e"] >= 300


def test_scroll_depth_is_the_deepest_point_and_never_shrinks(
    tab: Tab, other: Tab, blog: Blog, service: Service
) -> None:
    tab.goto(blog.put("/one", blog.article(LONG)))
    height = tab.run("innerHeight")
    total = tab.run("document.body.scrollHeight")
    tab.run("scrollTo(0, 1000)")
    time.sleep(0.2)
    tab.run("scrollTo(0, 0)")
    time.sleep(0.2)
    other.show()
    [event] = service.wait_for("engagement", 1)
    assert event["sd"] == pytest.approx((1000 + height) / total * 100, abs=1)

    tab.show()
    tab.run("scrollTo(0, 99999)")
    time.sleep(0.2)
    other.show()
    assert int(min(service.wait_for("engagement", 2)[1]["sd"], 100)) == 100


def test_what_grows_after_the_load_counts_for_the_depth(tab: Tab, other: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.put("/one", blog.article("<p>short</p>")))
    tab.run("document.body.insertAdjacentHTML('beforeend', '<p style=\"height: 9000px\">late</p>')")
    time.sleep(0.3)
    other.show()

    assert service.wait_for("engagement", 1)[0]["sd"] < 20


def test_a_move_in_a_single_page_app_ends_one_page_and_begins_the_next(
    tab: Tab, other: Tab, blog: Blog, service: Service
) -> None:
    tab.goto(blog.put("/one", blog.article(LONG)))
    tab.run("addEventListener('visibilitychange', () => window.hiddenAt ??= performance.now())")
    time.sleep(0.5)
    tab.run("scrollTo(0, 99999)")
    time.sleep(0.2)
    moved = tab.run("history.pushState(0, '', '/two'); setTimeout(() => scrollTo(0, 0), 20); performance.now()")
    time.sleep(1.1)
    other.show()
    first, second = service.wait_for("engagement", 2)

    assert (first["u"], second["u"]) == (blog.origin + "/one", blog.origin + "/two")
    # By the page's own clock, as a busy machine sleeps longer than it is asked to.
    begun = tab.run("performance.getEntriesByType('navigation')[0].domContentLoadedEventStart")
    assert first["e"] == pytest.approx(moved - begun, rel=0.1, abs=60)
    assert second["e"] == pytest.approx(tab.run("hiddenAt") - moved, rel=0.1, abs=60)
    assert first["sd"] >= 100
    assert second["sd"] < 50


def test_nothing_is_sent_when_nothing_was_read_since(tab: Tab, other: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.origin + "/one")
    time.sleep(0.3)
    other.show()
    service.wait_for("engagement", 1)
    for _ in range(3):
        tab.run("window.dispatchEvent(new Event('blur')); document.dispatchEvent(new Event('visibilitychange'))")
    service.settle()

    assert len(service.events("engagement")) == 1


@pytest.fixture
def phone(plain_browser: PlainChromium) -> Iterator[Tab]:
    tab = plain_browser.open_tab()
    tab.show()
    tab.emulate_phone()
    yield tab
    tab.close()


def test_on_a_phone_time_in_front_and_depth_are_right_over_three_hides(
    phone: Tab, other_of_phone: Tab, blog: Blog, service: Service
) -> None:
    viewport = "<meta name=viewport content='width=device-width, initial-scale=1'>"
    phone.run_in_each_page(NOTE_TIME)
    phone.goto(blog.put("/one", blog.article(LONG, head=viewport)))
    assert phone.run("innerWidth") == 390
    for index, seconds in enumerate((0.9, 0.6, 0.8)):
        phone.show()
        phone.run(f"scrollTo(0, {600 if index == 0 else 0})")
        time.sleep(seconds)
        other_of_phone.show()
        time.sleep(0.5)

    events = service.wait_for("engagement", 3)
    assert engaged_ms(service) == pytest.approx(phone.run("visibleMs"), rel=0.05)
    assert len(service.events("pageview")) == 1
    reached = phone.run("(600 + innerHeight) / document.body.scrollHeight * 100")
    assert [event["sd"] for event in events] == pytest.approx([reached] * 3, abs=1)


@pytest.fixture
def other_of_phone(plain_browser: PlainChromium, phone: Tab) -> Iterator[Tab]:
    other = plain_browser.open_tab()
    phone.show()
    yield other
    other.close()
