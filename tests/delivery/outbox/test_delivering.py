"""The outbox: at least once under one id, bounded attempts, and nothing in the way of another URL."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

from tests.delivery.outbox.conftest import Posted
from tests.webhook_server import Received
from tracker.db.alert_models import OutgoingMessage
from tracker.delivery.outbox.messages import MOST_ATTEMPTS, STALE, claim_due, forget_old, settle_after_stop, wait_after
from tracker.leads.alerts.log import log_of, replay
from tracker.leads.alerts.rules import remove_rule

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
