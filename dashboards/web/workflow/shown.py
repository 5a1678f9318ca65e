"""What the list and a company's page show of the work with companies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboards.presentation.workflow import WorkWords
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import allowed
from tracker.accounts.permissions import Action
from tracker.accounts.users import list_users
from tracker.db.models import Site
from tracker.db.workflow_models import CompanyNote
from tracker.leads.workflow import states
from tracker.leads.workflow.states import UNTOUCHED, State
from tracker.leads.workflow.vocabulary import KIND_NAMES, STATUSES
from tracker.service.context import Context


@dataclass(frozen=True)
class WorkRow:
    """What is set for one company, in words; `mark` is what a form sends to name it."""

    mark: str
    state: State
    status: str
    kind: str
    owner: str
    is_due: bool


@dataclass(frozen=True)
class HistoryLine:
    """One change in words. `action` undoes it, and all that the same click changed; None where that is done."""

    text: str
    by: str
    at: datetime
    action: str | None


def words(context: Context, site: Site) -> WorkWords:  # noqa: ARG001
    """The words for the work with a site's companies, in the page's language."""
    people = {user.id: user.name or user.email for user in list_users(context.app_db)}
    return WorkWords(current_language(), STATUSES, people)


def work_choices(context: Context, site: Site) -> dict[str, Any]:
    """The template variables of the forms: what can be chosen, and whether the person may choose."""
    said = words(context, site)
    return {
        "may_work": allowed(Action.WORK_WITH_COMPANIES, site),
        "statuses": [(one.code, said.status(one.code)) for one in said.statuses],
        "kinds": [(kind.value, said.kind(kind)) for kind in KIND_NAMES],
        "owners": sorted((said.people or {}).items(), key=lambda one: one[1].casefold()),
        "tags": states.known_tags(context.app_db, site.id),
    }


def work_rows(context: Context, site: Site, ids: Collection[str]) -> dict[str, WorkRow]:
    """What is set for each of these companies, by id."""
    found = states.states(context.app_db, site.id, ids)
    said, today = words(context, site), context.now().date()
    return {one: _row(one, found.get(one, UNTOUCHED), said, today) for one in ids}


def company_work(context: Context, site: Site, company_id: str) -> dict[str, Any]:
    """The template variables of a company's page: what is set, its notes and its history."""
    said = words(context, site)
    return {
        "work": work_rows(context, site, [company_id])[company_id],
        "notes": states.notes(context.app_db, site.id, company_id),
        "note_authors": _authors(said, states.notes(context.app_db, site.id, company_id)),
        "history": _history(context, site, company_id, said),
        **work_choices(context, site),
    }


def _row(company_id: str, state: State, said: WorkWords, today: date) -> WorkRow:
    return WorkRow(
        mark=f"{state.version}:{company_id}",
        state=state,
        status=said.status(state.status),
        kind=said.kind(state.kind),
        owner=said.person(state.owner_id),
        is_due=state.remind_on is not None and state.remind_on <= today,
    )


def _authors(said: WorkWords, notes: Sequence[CompanyNote]) -> Mapping[int, str]:
    """Who wrote each note: their name, or the email of somebody who has left."""
    return {note.id: (said.people or {}).get(note.author_id or 0, note.author) for note in notes}


def _history(context: Context, site: Site, company_id: str, said: WorkWords) -> list[HistoryLine]:
    return [
        HistoryLine(
            text=said.change(one),
            by=(said.people or {}).get(one.user_id or 0, one.made_by),
            at=one.made_at,
            action=None if one.is_undone or one.undoes else one.action,
        )
        for one in states.history(context.app_db, site.id, company_id)
    ]
