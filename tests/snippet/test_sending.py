"""How events travel: without a preflight, once, and again when they could not be sent."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.snippet.servers import Blog, Service
from tests.snippet.stopped_clock import stop_clock, wait_for_answers
from tracker.collector.payload import read_events
from tracker.hit import Hit, encode_line
from tracker.hit.plain import decode_plain, decode_sender

STUB = "<script>window.webleads=window.webleads||function(){(webleads.q=webleads.q||[]).push(arguments)}</script>"


def test_an_event_is_one_plain_request_without_preflight_or_cookie(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")
    [request] = service.requests

    assert (request.method, request.path) == ("POST", "/api/event")
    assert request.headers["Content-Type"].startswith("text/plain")
    assert "Cookie" not in request.headers


def test_page_views_and_times_of_reading_are_what_the_ingest_takes_together(
    page: Page, blog: Blog, service: Service
) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(1200)
    page.goto("about:blank")
    service.wait_for("engagement")
    for request in service.requests:
        (event,), _ = read_events(request.body)
        line = encode_line([Hit(datetime.now(UTC), "192.0.2.1", event=event)])
        assert decode_plain([line], decode_sender) != [None], request.body


def test_the_address_of_the_service_can_be_another(page: Page, blog: Blog, service: Service) -> None:
    attributes = f"data-api='{service.origin}/elsewhere'"
    page.goto(blog.put("/one", blog.article(attributes=attributes)))
    service.wait_for("pageview")

    assert [request.path for request in service.requests] == ["/elsewhere"]


def test_each_event_has_its_own_id(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.put("/one", blog.article(head=STUB)))
    page.evaluate("for (let i = 0; i < 50; i++) webleads('Many')")
    ids = {event["id"] for event in service.wait_for("Many", 50)}

    assert len(ids) == 50
    assert all(0 < len(one) <= 40 for one in ids)


def test_a_page_loaded_while_the_service_is_down_counts_when_it_is_up_again(
    page: Page, blog: Blog, service: Service
) -> None:
    page.add_init_script(
        "window.asked = []; const real = fetch;window.fetch = (...all) => (asked.push(performance.now()), real(...all))"
    )
    page.goto(blog.put("/one", blog.article(head=STUB)))
    service.wait_for("pageview")
    service.requests.clear()
    service.stop()
    happened = page.evaluate("webleads('While down'); performance.now()")
    time.sleep(1)
    service.start()
    [event] = service.wait_for("While down")
    # By the page's own clock: from there to here a busy machine takes its time.
    sent = page.evaluate("Math.max(...asked)")
    service.settle(1)

    assert event["age"] == pytest.approx(sent - happened, abs=200)
    assert event["age"] >= 5000
    service.wait_for("While down", 1)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("status", [503, 500, 502, 429])
def test_what_the_service_could_not_take_is_sent_again_with_the_same_id(
    status: int, page: Page, blog: Blog, service: Service
) -> None:
    stop_clock(page)
    service.status = status
    page.goto(blog.origin + "/one")
    wait_for_answers(page, 1)
    service.status = 202
    page.clock.run_for(5000)
    refused, taken = service.wait_for("pageview", 2)
    wait_for_answers(page, 2)
    page.clock.run_for(4_000_000)
    service.settle()

    assert (refused["age"], taken["age"]) == (0, 5000)
    assert {**refused, "age": 0} == {**taken, "age": 0}
    service.wait_for("pageview", 2)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("status", [200, 202, 400, 404, 413])
def test_what_the_service_took_or_refused_for_good_is_not_sent_again(
    status: int, page: Page, blog: Blog, service: Service
) -> None:
    stop_clock(page)
    service.status = status
    page.goto(blog.origin + "/one")
    wait_for_answers(page, 1)
    page.clock.run_for(4_000_000)
    service.settle()

    service.wait_for("pageview", 1)


def test_a_reader_without_a_network_is_counted_when_it_is_back(
    page: Page, context: BrowserContext, blog: Blog, service: Service
) -> None:
    stop_clock(page)
    page.goto(blog.origin + "/one")
    wait_for_answers(page, 1)
    context.set_offline(True)
    page.evaluate("webleads('Offline')")
    wait_for_answers(page, 2)
    page.clock.run_for(5000)
    wait_for_answers(page, 3)
    assert service.events("Offline") == []

    context.set_offline(False)
    page.clock.run_for(10_000)

    assert service.wait_for("Offline")[0]["age"] == 15_000


@pytest.mark.usefixtures("context")
def test_the_waits_between_attempts_double_and_end_after_an_hour(page: Page, blog: Blog, service: Service) -> None:
    # Each wait is 5 s and as long again as the event was old. At 2,555 s it is not an hour old yet.
    ages = [0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 5115]
    stop_clock(page)
    service.status = 503
    page.goto(blog.origin + "/one")
    for count, (age, later) in enumerate(pairwise(ages), 1):
        wait_for_answers(page, count)
        page.clock.run_for((later - age) * 1000 - 1)
        page.clock.run_for(1)
    wait_for_answers(page, len(ages))
    page.clock.run_for(20_000_000)
    service.settle()

    assert [event["age"] for event in service.events("pageview")] == [1000 * age for age in ages]


@pytest.mark.usefixtures("context")
def test_a_page_gives_up_after_a_hundred_repetitions(page: Page, blog: Blog, service: Service) -> None:
    stop_clock(page)
    page.goto(blog.origin + "/one")
    wait_for_answers(page, 1)
    service.status = 503
    page.evaluate("for (let i = 0; i < 150; i++) webleads('Many')")
    wait_for_answers(page, 151)
    page.clock.run_for(5000)
    wait_for_answers(page, 251)
    page.clock.run_for(4_000_000)
    service.settle()

    assert len(service.events("Many")) == 250


# What browsers did not have ten years ago (Chrome 54, Firefox 50, Safari 10, Edge 14), and what some pages break.
OLD = {
    "fetch without keepalive": "delete Request.prototype.keepalive; window.fetch = () => { throw new Error('no') }",
    "no fetch at all": "delete window.fetch; delete window.Request; delete Navigator.prototype.sendBeacon",
    "a fetch that throws": "window.fetch = () => { throw new Error('fetch') }",
}


@pytest.mark.parametrize("old", OLD.values(), ids=list(OLD))
def test_a_browser_ten_years_old_gets_the_pixel_image_and_no_error(
    old: str, page: Page, blog: Blog, service: Service
) -> None:
    page.add_init_script(old)
    page.goto(blog.put("/one", blog.article(title="C# & 100 % + é?")) + "?a=%20b&c")
    [event] = service.wait_for("pageview")
    [request] = service.requests

    assert (request.method, request.path.partition("?")[0]) == ("GET", "/api/event")
    assert (event["u"], event["t"]) == (blog.origin + "/one?a=%20b&c", "C# & 100 % + é?")
    assert event["id"]
