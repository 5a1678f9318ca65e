"""Show: a thousand reports over a real mail server that refuses, puts off and hangs up, while the service is killed.

`python -m tests.crash.mailing` prints the counts. Nobody gets two; whoever a kill or a cut connection left in doubt is
named on the status page and, where the server does not have it, sent by one click.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from aiosmtpd.smtp import SMTP
from sqlalchemy import update
from werkzeug.security import generate_password_hash

from tests.mail_server import Mailbox, mail_server
from tests.running_service import ForkedService, RunningService, descendants
from tracker.db.engine import AppDatabase, open_app_database
from tracker.db.models import Delivery, ReportRecipient, Site, User
from tracker.delivery.sending import MOST_CONNECTIONS

SITE, EMAIL, PASSWORD = "blog.exemple.fr", "anna@exemple.fr", "une phrase de passe"
_WAIT_SECONDS = 1800.0


@dataclass(frozen=True)
class Counts:
    """What became of the recipients. `doubled` must be 0, and everybody but the refused must have it."""

    recipients: int
    received: int
    doubled: int
    refused: int
    greylisted: int
    kills: int
    in_doubt: int
    in_doubt_and_received: int
    sent_by_click: int
    missing: int
    seconds: float

    @property
    def is_good(self) -> bool:
        most_in_doubt = self.kills * MOST_CONNECTIONS + 1
        return not self.doubled and not self.missing and self.in_doubt <= most_in_doubt

    def __str__(self) -> str:
        return (
            f"{self.recipients} recipients, {self.received} received it, {self.doubled} twice; {self.refused} refused and"
            f" paused, {self.greylisted} put off and sent later; {self.kills} kills and one connection cut in mid-DATA left"
            f" {self.in_doubt} in doubt (at most {self.kills * MOST_CONNECTIONS + 1}), all named on the status page:"
            f" {self.in_doubt_and_received} had it, {self.sent_by_click} sent by one click; {self.missing} without it;"
            f" {self.seconds:.0f} s"
        )


class CutsOff(SMTP):
    """Hangs up in the middle of a message to the one recipient of `cut`, once."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        mailbox: Any = self.event_handler
        if mailbox.cut is None or mailbox.cut not in self.envelope.rcpt_tos:  # type: ignore[union-attr]
            await super().smtp_DATA(arg)
            return
        mailbox.cut = None
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        with suppress(asyncio.IncompleteReadError):
            await self._reader.readexactly(500)  # type: ignore[union-attr]
        self.transport.abort()  # type: ignore[union-attr]


def run(folder: Path, *, recipients: int, refused: int, greylisted: int, kills: int) -> Counts:
    """Sends the report to so many, with the faults at equal distances. Returns the counts."""
    begun = time.monotonic()
    emails = [f"r{number:04}@exemple.fr" for number in range(recipients)]
    data = folder / "data"
    data.mkdir()
    _fill(data, emails)
    with mail_server(smtp=CutsOff) as mailbox:
        mailbox.refused, mailbox.greylisted = set(emails[:refused]), set(emails[-greylisted:])
        mailbox.cut = emails[recipients // 2]
        service = ForkedService(
            data, WEBLEADS_SCHEDULER="yes", WEBLEADS_SMTP_URL=mailbox.url, WEBLEADS_MAIL_FROM="stats@exemple.fr"
        )
        service.start()
        for number in range(1, kills + 1):
            _wait(lambda at=number * recipients // (kills + 1): len(mailbox.envelopes) >= at)  # type: ignore[misc]
            _kill(service)
            service.start()
        _wait(lambda: not _left(data, emails))
        service.stop()
        _let_time_pass(data)  # the greylisted are tried again after five minutes
        service.start()
        _wait(lambda: not _left(data, emails, also_failed=True))
        received = Counter(mailbox.recipients)
        named = _in_doubt(service)
        lacking = [(number, email) for number, email in named if email not in received]
        _click(service, [number for number, _ in lacking])
        service.stop()
        return _counted(data, emails, mailbox, [email for _, email in named], received, kills, len(lacking), begun)


def _counted(
    data: Path,
    emails: list[str],
    mailbox: Mailbox,
    named: list[str],
    before_clicks: Counter[str],
    kills: int,
    clicks: int,
    begun: float,
) -> Counts:
    received = Counter(mailbox.recipients)
    statuses = _statuses(data)
    return Counts(
        recipients=len(emails),
        received=len(received),
        doubled=sum(number > 1 for number in received.values()),
        refused=sum(status == "refused" for status in statuses.values()),
        greylisted=len([one for one in mailbox.told_to_come_back if received[one] == 1]),
        kills=kills,
        in_doubt=len(named),
        in_doubt_and_received=sum(email in before_clicks for email in named),
        sent_by_click=clicks,
        missing=sum(email not in received and statuses.get(email) != "refused" for email in emails),
        seconds=time.monotonic() - begun,
    )


def _fill(data: Path, emails: list[str]) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=90)
    database = _database(data)
    with database.transaction() as session:
        cheap = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
        session.add(User(email=EMAIL, password_hash=cheap, created_at=long_ago))
        recipients = [ReportRecipient(email=one, created_at=long_ago, confirmed_at=long_ago) for one in emails]
        session.add(Site(domain=SITE, created_at=long_ago, recipients=recipients))
    database.close()


def _database(data: Path) -> AppDatabase:
    return open_app_database(f"sqlite:///{data}/webleads.sqlite")


def _statuses(data: Path) -> dict[str, str]:
    """Each recipient's status, looked up beside the running service."""
    with closing(sqlite3.connect(f"file:{data}/webleads.sqlite?mode=ro", uri=True, timeout=30)) as looking:
        return dict(looking.execute("select recipient, status from deliveries"))


def _left(data: Path, emails: list[str], *, also_failed: bool = False) -> bool:
    """Whether somebody has not been tried yet, or is being sent to."""
    open_ones = {"claimed", "sending", *({"failed"} if also_failed else set())}
    statuses = _statuses(data)
    return any(statuses.get(email, "claimed") in open_ones for email in emails)


def _let_time_pass(data: Path) -> None:
    database = _database(data)
    with database.transaction() as session:
        session.execute(update(Delivery).where(Delivery.status == "failed").values(retry_at=None))
    database.close()


def _kill(service: RunningService) -> None:
    """SIGKILL to all of its processes."""
    family = [service.pid, *descendants(service.pid)]
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    service.kill()


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the service does not get on")
        time.sleep(0.3)


def _opener(service: RunningService) -> Any:
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    _post(opener, service, "/sign-in", {"email": EMAIL, "password": PASSWORD})
    return opener


def _post(opener: Any, service: RunningService, path: str, fields: dict[str, str]) -> None:
    page = opener.open(f"{service.url}{path if path == '/sign-in' else '/status'}", timeout=60).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    opener.open(f"{service.url}{path}", urlencode(fields | {"csrf_token": token[1]}).encode(), timeout=60).read()


def _in_doubt(service: RunningService) -> list[tuple[str, str]]:
    """The emails in doubt that the status page names: the button's number and the recipient."""
    page = _opener(service).open(f"{service.url}/status", timeout=60).read().decode()
    part = re.search(r'id="in-doubt">(.*?)</section>', page, re.DOTALL)
    if part is None:
        return []
    names = re.findall(r'class="device-name">([^<]+)<', part[1])
    return list(zip(re.findall(r'name="email" value="(\d+)"', part[1]), names, strict=True))


def _click(service: RunningService, numbers: list[str]) -> None:
    opener = _opener(service)
    for number in numbers:
        _post(opener, service, "/status/emails", {"email": number})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.mailing", description=__doc__)
    parser.add_argument("--recipients", type=int, default=1000)
    recipients = parser.parse_args().recipients
    with tempfile.TemporaryDirectory(prefix="webleads-mailing-", ignore_cleanup_errors=True) as folder:
        counts = run(Path(folder), recipients=recipients, refused=10, greylisted=5, kills=2)
    print(counts)
    return 0 if counts.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
