"""The daily salts of visitor ids: made on first use, deleted when no event of their day can arrive any more.

Deleting a salt is what makes a visitor's id irreversible, so nothing else may keep a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import CursorResult, delete, select

from tracker.db.engine import AppDatabase
from tracker.db.models import Salt

SALT_BYTES = 16


class Salts:
    """Salts by day; each is stored before it is first used, so that a crash does not change a day's visitors."""

    def __init__(
        self, database: AppDatabase, *, now: Callable[[], datetime], random_bytes: Callable[[int], bytes]
    ) -> None:
        self._database = database
        self._now = now
        self._random_bytes = random_bytes
        self._may_linger = True

    def of(self, day: date) -> bytes:
        with self._database.transaction() as session:
            found = session.scalar(select(Salt).where(Salt.day == day))
            if found is None:
                found = Salt(day=day, value=self._random_bytes(SALT_BYTES), created_at=self._now())
                session.add(found)
            return found.value

    def delete_made_before(self, moment: datetime) -> None:
        """Deletes the salts that were made before `moment` (aware).

        An old log's salts are deleted by the time they were made, not by their day.

        Afterwards they are gone from SQLite's files, unless a reading transaction held its log. Then the next call
        tries again, as does the first after a start.
        """
        with self._database.transaction() as session:
            gone: CursorResult[object] = session.execute(delete(Salt).where(Salt.created_at < moment))  # type: ignore[assignment]
        if gone.rowcount or self._may_linger:
            self._may_linger = not self._database.forget_deleted()
