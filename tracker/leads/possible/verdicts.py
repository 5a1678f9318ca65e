"""The publisher's word on a possible company, for its past and future visits: a company, a provider, or not known.

A new word replaces the one before: a company that was called a provider is one again, and the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete

from tracker.db.correction_models import CompanyCorrection
from tracker.db.engine import AppDatabase
from tracker.leads.confirmations import confirm_company, take_back_confirmation
from tracker.leads.corrections.changes import make
from tracker.leads.corrections.rules import Kind


class Verdict(StrEnum):
    """What a publisher may say."""

    COMPANY = "company"
    PROVIDER = "provider"
    UNKNOWN = "unknown"


def judge_company(
    database: AppDatabase, site_id: int, company: str, verdict: Verdict, *, names: Sequence[str], by: str, now: datetime
) -> None:
    """Keeps the word on a company of a site, which events call by these names. `by` is the user's email.

    Raises NotACorrection for an empty or too long name, TooManyCorrections.
    """
    if verdict is Verdict.PROVIDER:
        make(database, site_id, Kind.NOT_A_COMPANY, company, None, by=by, now=now)
    else:
        _take_back_refusal(database, site_id, company)
    if verdict is Verdict.COMPANY:
        confirm_company(database, site_id, *names, by=by, now=now)
    else:
        take_back_confirmation(database, site_id, *names)


def _take_back_refusal(database: AppDatabase, site_id: int, company: str) -> None:
    made = CompanyCorrection
    own = (made.site_id == site_id, made.kind == str(Kind.NOT_A_COMPANY), made.subject == company)
    with database.transaction() as session:
        session.execute(delete(made).where(*own))
