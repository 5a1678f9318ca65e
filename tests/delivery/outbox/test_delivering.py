"""The outbox: at least once under one id, bounded attempts, and nothing in the way of another URL."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace as replace_fields
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest

from tests.delivery.outbox.conftest import Posted
from tests.webhook_server import Received
from tracker.db.alert_models import OutgoingMessage
from tracker.db.engine import open_app_database
from tracker.db.errors import AppDatabaseUnavailable
from tracker.delivery.outbox.channels import deliver
from tracker.delivery.outbox.delivering import Outbox
from tracker.delivery.outbox.messages import (
    MOST_ATTEMPTS,
    STALE,
    Due,
    claim_due,
    forget_old,
    settle_after_stop,
    wait_after,
)
from tracker.delivery.outbox.posting import Answer
from tracker.leads.alerts.log import log_of, replay
from tracker.leads.alerts.rules import remove_rule
from tracker.service.context import Context
from tracker.sites.removal import set_aside, take_back

HOUR = timedelta(hours=1)


def test_a_message_is_delivered_once_and_its_answer_kept(posted: Posted) -> None:
    posted.hooks.body, posted.hooks.answer = b"taken", lambda _: (200, {})
    posted.message(posted.rule())
    assert posted.deliver() == ["delivered"]
    assert posted.deliver(later=HOUR) == ["delivered"]
    assert len(posted.hooks.received) == 1
    (attempt,) = posted.attempts()
    assert (attempt.status_code, attempt.answer) == (200, "taken")
    (logged,) = log_of(posted.database, posted.site.id)
    assert logged.last is not None
    assert logged.message.delivered_at == posted.clock() - HOUR


def test_a_message_that_fails_is_tried_again_under_its_id_and_given_up_in_the_end(posted: Posted) -> None:
    posted.hooks.answer = lambda _: (500, {})
    message = posted.message(posted.rule())
    statuses = [posted.deliver(later=timedelta(hours=13)) for _ in range(MOST_ATTEMPTS + 2)]
    assert statuses[0] == ["waiting"]
    assert statuses[MOST_ATTEMPTS - 1 :] == [["failed"]] * 3
    assert posted.hooks.ids() == [message.uid] * MOST_ATTEMPTS
    assert len({one.body for one in posted.hooks.received}) == 1
    assert len({one.headers["webhook-timestamp"] for one in posted.hooks.received}) == MOST_ATTEMPTS
    assert posted.messages()[0].error == "HTTP 500"


def test_waits_grow_with_jitter_and_are_as_long_as_the_receiver_asks() -> None:
    for attempts in range(2, 8):
        assert min(wait_after(attempts) for _ in range(50)) > max(wait_after(attempts - 1) for _ in range(50)) * 0.99
    assert len({wait_after(3) for _ in range(20)}) > 1
    assert wait_after(1, retry_after=120) == timedelta(seconds=120)
    assert wait_after(1, retry_after=1e6) == timedelta(hours=12)


def test_a_url_that_fails_rests_with_all_that_waits_for_it_and_others_go_on(posted: Posted) -> None:
    posted.hooks.answer = lambda one: (503 if one.path == "/down" else 200, {})
    down, up = posted.rule("/down"), posted.rule("/up")
    for rule in (down, down, up, up):
        posted.message(rule)
    posted.deliver()
    posted.deliver()
    assert sorted(one.path for one in posted.hooks.received) == ["/down", "/up", "/up"]


def test_one_that_hangs_delays_no_other(posted: Posted) -> None:
    released, others = Event(), Event()

    def answer(one: Received) -> tuple[int, dict[str, str]]:
        if one.path == "/hangs":
            released.wait(30)
        elif len(posted.hooks.received) >= 7:
            others.set()
        return 200, {}

    posted.hooks.answer = answer
    for path in ("/hangs", "/a", "/b", "/c"):
        rule = posted.rule(path)
        posted.message(rule)
        posted.message(rule)
    stop = Event()
    running = Thread(target=posted.outbox.run, args=(stop,))
    running.start()
    assert others.wait(30)
    released.set()
    stop.set()
    running.join()
    assert [one.path for one in posted.hooks.received].count("/hangs") <= 2


def test_what_a_killed_process_was_sending_is_sent_again_under_the_same_id(posted: Posted) -> None:
    message = posted.message(posted.rule())
    assert [due.message.uid for due in claim_due(posted.database, now=posted.clock())] == [message.uid]
    assert claim_due(posted.database, now=posted.clock()) == []
    settle_after_stop(posted.database)
    assert posted.deliver() == ["delivered"]
    assert posted.hooks.ids() == [message.uid]


def test_what_another_process_was_sending_is_taken_over_after_some_minutes(posted: Posted) -> None:
    posted.message(posted.rule())
    claim_due(posted.database, now=posted.clock())
    assert posted.deliver(later=STALE) == ["sending"]
    assert posted.deliver(later=timedelta(seconds=1)) == ["delivered"]


def test_a_message_is_delivered_again_when_asked_under_its_id(posted: Posted) -> None:
    message = posted.message(posted.rule())
    assert not replay(posted.database, posted.site.id + 1, message.uid, now=posted.clock())
    posted.deliver()
    assert replay(posted.database, posted.site.id, message.uid, now=posted.clock())
    assert posted.deliver() == ["delivered"]
    assert posted.hooks.ids() == [message.uid] * 2


def test_whoever_asks_for_a_message_again_need_not_wait_until_its_url_has_rested(posted: Posted) -> None:
    posted.hooks.answer = lambda _: (503, {"Retry-After": "36000"})
    rule = posted.rule()
    first, second = posted.message(rule), posted.message(rule)
    assert posted.deliver() == ["waiting", "waiting"]
    posted.hooks.answer = lambda _: (204, {})
    assert posted.deliver(later=HOUR) == ["waiting", "waiting"]
    assert replay(posted.database, posted.site.id, second.uid, now=posted.clock())
    posted.deliver()
    assert posted.deliver() == ["delivered", "delivered"]
    assert sorted(posted.hooks.ids()) == sorted([first.uid, first.uid, second.uid])


def test_a_rule_that_is_removed_while_its_message_is_sent_leaves_nothing_behind(posted: Posted) -> None:
    rule = posted.rule()
    posted.message(rule)

    def answer(_: Received) -> tuple[int, dict[str, str]]:
        remove_rule(posted.database, posted.site.id, rule.id, by=None, now=posted.clock())
        return 200, {}

    posted.hooks.answer = answer
    assert posted.deliver() == []
    assert posted.attempts() == []


def test_the_log_is_kept_for_a_month(posted: Posted) -> None:
    posted.message(posted.rule())
    posted.deliver()
    forget_old(posted.database, now=posted.clock() + timedelta(days=29))
    assert isinstance(posted.messages()[0], OutgoingMessage)
    forget_old(posted.database, now=posted.clock() + timedelta(days=31))
    assert (posted.messages(), posted.attempts()) == ([], [])


def test_nothing_leaves_for_a_removed_site_until_it_is_taken_back(posted: Posted) -> None:
    message = posted.message(posted.rule())
    set_aside(posted.database, "blog.exemple.fr", by=None, now=posted.clock())
    assert posted.deliver(later=HOUR) == ["waiting"]
    take_back(posted.database, "blog.exemple.fr")
    assert posted.deliver() == ["delivered"]
    assert posted.hooks.ids() == [message.uid]


def test_a_clock_that_is_set_forward_and_back_holds_up_no_message(posted: Posted) -> None:
    year = timedelta(days=365)
    posted.hooks.answer = lambda _: (500, {})
    posted.message(posted.rule())
    assert posted.deliver(later=year) == ["waiting"]
    posted.hooks.answer = lambda _: (204, {})
    assert posted.deliver(later=-year) == ["delivered"]
    posted.message(posted.rule())
    claim_due(posted.database, now=posted.clock() + year)  # by a process that was killed
    assert posted.deliver()[-1] == "delivered"
    assert len(posted.hooks.received) == 3


@contextmanager
def full_disk() -> Iterator[None]:
    """Every write to a file fails, of all that this process does."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_while_the_disk_is_full_nothing_is_sent_and_afterwards_all(posted: Posted) -> None:
    posted.message(posted.rule())
    with full_disk(), pytest.raises(AppDatabaseUnavailable):
        posted.outbox.run_once()
    assert posted.hooks.received == []
    assert posted.deliver() == ["delivered"]


def test_what_was_sent_as_the_disk_became_full_is_sent_again_under_its_id(posted: Posted) -> None:
    message = posted.message(posted.rule())
    with ExitStack() as until_then:

        def deliver_and_fill(context: Context, due: Due) -> Answer:
            answer = deliver(context, due)
            until_then.enter_context(full_disk())
            return answer

        Outbox(posted.context, deliver=deliver_and_fill).run_once()
    assert [one.status for one in posted.messages()] == ["sending"]
    assert posted.deliver(later=STALE + timedelta(seconds=1)) == ["delivered"]
    assert posted.hooks.ids() == [message.uid] * 2


def test_two_services_on_one_folder_send_each_message_once(posted: Posted) -> None:
    rules = [posted.rule(f"/{number}") for number in range(8)]
    uids = [posted.message(rule).uid for rule in rules for _ in range(3)]
    together = Barrier(2)

    def serve() -> None:
        with closing(open_app_database(f"sqlite:///{posted.database.file}")) as database:
            outbox = Outbox(replace_fields(posted.context, app_db=database))
            for _ in range(6):
                together.wait()
                outbox.run_once()

    both = [Thread(target=serve) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(posted.hooks.ids()) == sorted(uids)
