"""How long a page was in front and how far it was read, in tabs that really go behind others."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.chromium import PlainChromium, Tab
from tests.snippet.servers import Blog, Service

# The page notes the time before the snippet hears of a change and after it. What the snippet took as the time is
# between the two, however long a busy machine takes. The focus is the test's alone: a busy headless Chromium gives and
# takes it of itself.
NOTE_TIME = """
document.hasFocus = () => true;
window.shown = window.hid = null;
window.inFront = [0, 0];
window.scrolls = 0;
addEventListener("DOMContentLoaded", () => {
  const [loaded] = performance.getEntriesByType("navigation");
  window.shown = [loaded.domInteractive, loaded.domContentLoadedEventStart];
});
addEventListener("visibilitychange", () => { window.before = performance.now(); }, true);
document.addEventListener("visibilitychange", () => {
  const change = [window.before, performance.now()];
  if (!document.hidden) return window.shown = change;
  window.hid = change;
  window.inFront[0] += change[0] - shown[1];
  window.inFront[1] += change[1] - shown[0];
});
document.addEventListener("scroll", () => { window.scrolls++; });
"""
LONG = "<p style='height: 3000px'>long</p>"


@pytest.fixture
def tab(plain_browser: PlainChromium) -> Iterator[Tab]:
    tab = plain_browser.open_tab()
    tab.run_in_each_page(NOTE_TIME)
    tab.show()
    yield tab
    tab.close()


@pytest.fixture
def other(plain_browser: PlainChromium, tab: Tab) -> Iterator[Tab]:
    other = plain_browser.open_tab()
    tab.show()
    yield other
    other.close()


def put_behind(tab: Tab, other: Tab) -> None:
    """Shows the other tab, and waits until this one knows of it."""
    other.show()
    tab.wait_for("document.hidden")


def scroll(tab: Tab, top: int) -> None:
    """Scrolls, and waits until the page was told: it is with the next picture."""
    before = tab.run("scrolls")
    tab.run(f"scrollTo(0, {top})")
    tab.wait_for(f"scrolls > {before}")


def change(tab: Tab, script: str) -> tuple[float, float]:
    """Runs the script. Returns the page's own times before and after it."""
    before, after = tab.run(
        f"(() => {{ const before = performance.now(); {script}; return [before, performance.now()] }})()"
    )
    return before, after


def engaged_ms(service: Service) -> float:
    return sum(float(event["e"]) for event in service.events("engagement"))


def is_between(least: float, ms: float, most: float) -> bool:
    """Browsers round each time to a tenth of a millisecond."""
    return least - 1 <= ms <= most + 1


def test_time_in_front_is_close_to_the_truth_over_three_hides(
    tab: Tab, other: Tab, blog: Blog, service: Service
) -> None:
    tab.goto(blog.origin + "/one")
    for seconds in (1.0, 0.5, 0.8):
        tab.show()
        time.sleep(seconds)
        put_behind(tab, other)
        time.sleep(0.7)

    service.wait_for("engagement", 3)
    least, most = tab.run("inFront")
    assert least >= 2300
    assert is_between(least, engaged_ms(service), most)
    assert [event["u"] for event in service.events("engagement")] == [blog.origin + "/one"] * 3
    assert len(service.events("pageview")) == 1


def test_a_page_that_lost_the_focus_is_not_in_front(tab: Tab, other: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.origin + "/one")
    time.sleep(0.3)
    left = change(tab, "document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    time.sleep(1)
    back = change(tab, "document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    time.sleep(0.3)
    put_behind(tab, other)
    service.wait_for("engagement", 1)

    least, most = tab.run("inFront")
    assert back[0] - left[1] >= 1000
    assert is_between(least - (back[1] - left[0]), engaged_ms(service), most - (back[0] - left[1]))


def test_leaving_the_page_sends_what_was_read_of_it(tab: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.put("/one", blog.article(LONG)))
    time.sleep(0.4)
    tab.goto(blog.put("/two", "<!doctype html><title>without the snippet</title>"))
    [event] = service.wait_for("engagement", 1)

    assert event["e"] >= 400


def test_closing_the_tab_sends_what_was_read(plain_browser: PlainChromium, blog: Blog, service: Service) -> None:
    tab = plain_browser.open_tab()
    tab.run_in_each_page(NOTE_TIME)
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
    scroll(tab, 1000)
    scroll(tab, 0)
    time.sleep(0.2)
    put_behind(tab, other)
    [event] = service.wait_for("engagement", 1)
    assert event["sd"] == pytest.approx((1000 + height) / total * 100, abs=1)

    tab.show()
    scroll(tab, 99999)
    time.sleep(0.2)
    put_behind(tab, other)
    assert int(min(service.wait_for("engagement", 2)[1]["sd"], 100)) == 100


def test_what_grows_after_the_load_counts_for_the_depth(tab: Tab, other: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.put("/one", blog.article("<p>short</p>")))
    tab.run("document.body.insertAdjacentHTML('beforeend', '<p style=\"height: 9000px\">late</p>')")
    time.sleep(0.3)
    put_behind(tab, other)

    assert service.wait_for("engagement", 1)[0]["sd"] < 20


def test_a_move_in_a_single_page_app_ends_one_page_and_begins_the_next(
    tab: Tab, other: Tab, blog: Blog, service: Service
) -> None:
    tab.goto(blog.put("/one", blog.article(LONG)))
    time.sleep(0.5)
    scroll(tab, 99999)
    moved = change(tab, "history.pushState(0, '', '/two'); scrollTo(0, 0)")
    time.sleep(1.1)
    put_behind(tab, other)
    first, second = service.wait_for("engagement", 2)

    assert (first["u"], second["u"]) == (blog.origin + "/one", blog.origin + "/two")
    shown, hid = tab.run("shown"), tab.run("hid")
    assert is_between(moved[0] - shown[1], first["e"], moved[1] - shown[0])
    assert is_between(hid[0] - moved[1], second["e"], hid[1] - moved[0])
    assert first["sd"] >= 100
    assert second["sd"] < 50


def test_nothing_is_sent_when_nothing_was_read_since(tab: Tab, other: Tab, blog: Blog, service: Service) -> None:
    tab.goto(blog.origin + "/one")
    time.sleep(0.3)
    put_behind(tab, other)
    service.wait_for("engagement", 1)
    for _ in range(3):
        tab.run("window.dispatchEvent(new Event('blur')); document.dispatchEvent(new Event('visibilitychange'))")
    service.settle()

    assert len(service.events("engagement")) == 1


@pytest.fixture
def phone(plain_browser: PlainChromium) -> Iterator[Tab]:
    tab = plain_browser.open_tab()
    tab.run_in_each_page(NOTE_TIME)
    tab.show()
    tab.emulate_phone()
    yield tab
    tab.close()


def test_on_a_phone_time_in_front_and_depth_are_right_over_three_hides(
    phone: Tab, other_of_phone: Tab, blog: Blog, service: Service
) -> None:
    viewport = "<meta name=viewport content='width=device-width, initial-scale=1'>"
    phone.goto(blog.put("/one", blog.article(LONG, head=viewport)))
    assert phone.run("innerWidth") == 390
    for top, seconds in ((600, 0.9), (0, 0.6), (None, 0.8)):
        phone.show()
        if top is not None:
            scroll(phone, top)
        time.sleep(seconds)
        put_behind(phone, other_of_phone)
        time.sleep(0.5)

    events = service.wait_for("engagement", 3)
    least, most = phone.run("inFront")
    assert least >= 2300
    assert is_between(least, engaged_ms(service), most)
    assert len(service.events("pageview")) == 1
    reached = phone.run("(600 + innerHeight) / document.body.scrollHeight * 100")
    assert [event["sd"] for event in events] == pytest.approx([reached] * 3, abs=1)


@pytest.fixture
def other_of_phone(plain_browser: PlainChromium, phone: Tab) -> Iterator[Tab]:
    other = plain_browser.open_tab()
    phone.show()
    yield other
    other.close()
