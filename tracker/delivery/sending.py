"""Sends one report of a site to many recipients: each on their own, several at a time, nobody twice.

A recipient who fails stops nobody else. One whom the server refuses for good is paused.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock

from tracker.db.models import ReportRecipient, Site
from tracker.delivery import sent_log
from tracker.delivery.letters import Letters
from tracker.delivery.mailer import (
    MailConnection,
    Mailer,
    MailError,
    MailRefused,
    MailServerAway,
    MailUnconfirmed,
)
from tracker.delivery.sent_log import DeliveryKey
from tracker.recipients.subscriptions import State, pause, resume, state_of
from tracker.service.context import Context

log = logging.getLogger(__name__)

# At most so many are in doubt when the service is killed.
MOST_CONNECTIONS = 4
_RECIPIENTS_A_CONNECTION = 25


@dataclass(frozen=True)
class SendOutcome:
    """What became of one recipient's report: `sent`, `already sent`, or why not."""

    recipient: str
    outcome: str
    failed: bool
    server_is_away: bool = False


@dataclass(frozen=True)
class Asked:
    """How a report is asked for: by the schedule, or by a person, who need not wait for a retry.

    With `again` also to those whose message was cut off while it was sent, who may have had it; a person says so.
    """

    retry_early: bool = True
    again: bool = False


BY_SCHEDULE = Asked(retry_early=False)
BY_HAND = Asked()


def send_report(
    context: Context,
    site: Site,
    kind: str,
    label: str,
    recipients: Sequence[str],
    *,
    mailer: Mailer,
    asked: Asked = BY_HAND,
    stopping: Event | None = None,
) -> list[SendOutcome]:
    """Sends a week's or month's report to each recipient who has not had it. Raises MailSettingsMissing.

    Returns the outcomes in the order of the recipients; those who were not reached before `stopping` was set are left out.
    """
    mailer.check()
    run = _Run(context, site, kind, label, mailer, asked)
    waiting = _Shared(recipients, stopping or Event())

    def work() -> None:
        with mailer.connection() as connection:
            while (email := waiting.next()) is not None:
                waiting.outcomes[email] = run.outcome_of(connection, email)

    connections = min(MOST_CONNECTIONS, 1 + len(recipients) // _RECIPIENTS_A_CONNECTION)
    if connections == 1:
        work()
    else:
        with ThreadPoolExecutor(connections, thread_name_prefix="email") as pool:
            for done in [pool.submit(work) for _ in range(connections)]:
                done.result()
    return [waiting.outcomes[one] for one in recipients if one in waiting.outcomes]


class _Shared:
    """The recipients who are left, for several connections, and what became of the others."""

    def __init__(self, recipients: Iterable[str], stopping: Event) -> None:
        self._left = iter(recipients)
        self._lock = Lock()
        self._stopping = stopping
        self.outcomes: dict[str, SendOutcome] = {}

    def next(self) -> str | None:
        with self._lock:
            return None if self._stopping.is_set() else next(self._left, None)


class _Run:
    """One report on its way to its recipients."""

    def __init__(self, context: Context, site: Site, kind: str, label: str, mailer: Mailer, asked: Asked) -> None:
        self._context = context
        self._site = site
        self._kind = kind
        self._label = label
        self._mailer = mailer
        self._asked = asked
        self._known = {one.email: one for one in site.recipients}
        self._letters = Letters(context, site, kind, label)
        self._away: MailServerAway | None = None

    def outcome_of(self, connection: MailConnection, email: str) -> SendOutcome:
        if why := _stopped(self._known.get(email)):
            return SendOutcome(email, f"not sent: {why}", failed=False)
        key = DeliveryKey(self._site.id, self._kind, self._label, email)
        database, now = self._context.app_db, self._context.now()
        asked = self._asked
        claimed = sent_log.claim(database, key, now=now, retry_early=asked.retry_early, again=asked.again)
        if claimed is None:
            return self._not_claimed(key)
        if self._away is not None:  # each would take as long to fail
            return self._failed(email, claimed, self._away)
        try:
            return self._send(connection, email, claimed)
        except MailServerAway as problem:
            self._away = problem
            return self._failed(email, claimed, problem)

    def _send(self, connection: MailConnection, email: str, delivery_id: int) -> SendOutcome:
        """Raises MailServerAway when there is no point in trying the next one now."""
        database, now = self._context.app_db, self._context.now
        try:
            message = self._letters.to(self._known.get(email) or email, sender=self._mailer.sender)
            connection.send(message, about_to_send=partial(sent_log.mark_sending, database, delivery_id))
        except MailUnconfirmed as problem:
            # Nobody takes it over: better once too few than twice.
            sent_log.mark_unsure(database, delivery_id, error=str(problem))
            return SendOutcome(email, f"perhaps sent, and not sent again by itself: {problem}", failed=True)
        except MailServerAway:
            raise
        except MailRefused as problem:
            if not problem.is_of_recipient:
                return self._failed(email, delivery_id, problem)
            sent_log.mark_refused(database, delivery_id, error=str(problem))
            pause(database, email, "bounce", str(problem), now=now())
            return SendOutcome(email, f"not sent: {problem}", failed=True)
        except MailError as problem:
            return self._failed(email, delivery_id, problem)
        except Exception as problem:
            sent_log.mark_failed(database, delivery_id, error=repr(problem), now=now())
            log.exception("the %s report of %s could not be made", self._kind, self._site.domain)
            return SendOutcome(email, "not sent: the report could not be made, the log says why", failed=True)
        sent_log.mark_sent(database, delivery_id, now=now())
        self._resume(email)
        return SendOutcome(email, "sent", failed=False)

    def _resume(self, email: str) -> None:
        """Ends the pause of a recipient to whom a person had it sent, and whom the server took this time."""
        one = self._known.get(email)
        if one is not None and one.paused_at is not None:
            resume(self._context.app_db, one.id)

    def _failed(self, email: str, delivery_id: int, problem: MailError) -> SendOutcome:
        sent_log.mark_failed(self._context.app_db, delivery_id, error=str(problem), now=self._context.now())
        is_away = isinstance(problem, MailServerAway)
        return SendOutcome(email, f"not sent: {problem}", failed=True, server_is_away=is_away)

    def _not_claimed(self, key: DeliveryKey) -> SendOutcome:
        found = sent_log.status_of(self._context.app_db, key)
        stale = self._context.now() - sent_log.STALE_CLAIM
        if found is not None and found.status == "sent":
            return SendOutcome(key.recipient, f"already sent on {found.sent_at:%Y-%m-%d %H:%M} UTC", failed=False)
        if found is not None and found.status == "failed":
            return SendOutcome(key.recipient, f"failed before ({found.error}); it is tried again later", failed=True)
        if found is not None and (found.status == "unsure" or found.claimed_at < stale):
            words = "cut off while it was sent, perhaps delivered; not sent again, unless you say --again"
            return SendOutcome(key.recipient, words, failed=True)
        return SendOutcome(key.recipient, "being sent by another process", failed=False)


def _stopped(recipient: ReportRecipient | None) -> str | None:
    """Why a recipient gets nothing, even where a person asks for it."""
    if recipient is None:
        return None
    state = state_of(recipient)
    if state == State.PAUSED and recipient.pause_reason == "complaint":
        return "reported as unwanted email"
    return {State.UNSUBSCRIBED: "unsubscribed", State.UNCONFIRMED: "not confirmed yet"}.get(state)
