"""What the list and a company's page show of the work with companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dashboards.presentation.workflow import WorkWords
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import allowed
from dashboards.web.workflow.loading import work_of
from tracker.accounts.permissions import Action
from tracker.accounts.users import list_users
from tracker.db.models import Site
from tracker.db.workflow_models import CompanyNote
from tracker.leads.workflow import states
from tracker.leads.workflow.agreements import agreements
from tracker.leads.workflow.names import Identity
from tracker.leads.workflow.site_work import Facts, SiteWork
from tracker.leads.workflow.states import State
from tracker.leads.workflow.vocabulary import KIND_NAMES, MOST_HISTORY, Kind
from tracker.service.context import Context


@dataclass(frozen=True)
class WorkRow:
    """What is set for one company, in words; `mark` is what a form sends to name it, `of_kind` what the company is."""

    mark: str
    state: State
    status: str
    kind: str
    of_kind: Kind
    lists: Sequence[str]
    owner: str
    is_due: bool


@dataclass(frozen=True)
class HistoryLine:
    """One change in words. `action` undoes it, and all that the same click changed; None where that is done."""

    text: str
    by: str
    at: datetime
    action: str | None


def words(context: Context, site: Site) -> WorkWords:
    """The words for the work with a site's companies, in the page's language."""
    statuses = agreements(context.app_db, site.id).statuses
    return WorkWords.of(current_language(), statuses, list_users(context.app_db))


def work_choices(context: Context, site: Site) -> dict[str, Any]:
    """The template variables of the forms: what can be chosen, and whether the person may choose."""
    said = words(context, site)
    return {
        "may_work": allowed(Action.WORK_WITH_COMPANIES, site),
        "statuses": [(one.code, said.status(one.code)) for one in said.statuses],
        "kinds": [(kind.value, said.kind(kind)) for kind in KIND_NAMES],
        "owners": list((said.people or {}).items()),
        "tags": states.known_tags(context.app_db, site.id),
    }


def work_rows(context: Context, site: Site, names: Mapping[str, str]) -> dict[str, WorkRow]:
    """What is set for each of these companies, by id. `names` has the name of each id."""
    work, said = work_of(context, site), words(context, site)
    today = context.now().astimezone(ZoneInfo(site.time_zone)).date()
    return {one: _row(_ids(work, name, one).own[0], work.of(name), said, today) for one, name in names.items()}


def _ids(work: SiteWork, name: str, company_id: str) -> Identity:
    """The ids of a company; for one for which nothing is set, that of its link."""
    return work.ids.get(name) or Identity((company_id,))


def company_work(context: Context, site: Site, company_id: str, name: str) -> dict[str, Any]:
    """The template variables of a company's page: what is set, its notes and its history."""
    said, ids = words(context, site), _ids(work_of(context, site), name, company_id).all
    notes = states.notes(context.app_db, site.id, *ids)
    return {
        "work": work_rows(context, site, {company_id: name})[company_id],
        "notes": notes,
        "note_authors": _authors(said, notes),
        "most_history": MOST_HISTORY,
        "history": _history(context, site, ids, said),
        **work_choices(context, site),
    }


def _row(company_id: str, facts: Facts, said: WorkWords, today: date) -> WorkRow:
    state = facts.state
    return WorkRow(
        mark=f"{state.version}:{quote(company_id)}",
        state=state,
        status=said.status(state.status),
        kind=said.kind(facts.kind),
        of_kind=facts.kind,
        lists=facts.lists,
        owner=said.person(state.owner_id),
        is_due=state.remind_on is not None and state.remind_on <= today,
    )


def _authors(said: WorkWords, notes: Sequence[CompanyNote]) -> Mapping[int, str]:
    """Who wrote each note: their name, or the email of somebody who has left."""
    return {note.id: (said.people or {}).get(note.author_id or 0, note.author) for note in notes}


def _history(context: Context, site: Site, ids: Sequence[str], said: WorkWords) -> list[HistoryLine]:
    return [
        HistoryLine(
            text=said.change(one),
            by=(said.people or {}).get(one.user_id or 0, one.made_by),
            at=one.made_at,
            action=None if one.is_undone or one.undoes else one.action,
        )
        for one in states.history(context.app_db, site.id, *ids)
    ]
