"""The forms that change companies: one or many at once, and the undo of what a click changed.

They are plain forms that lead back to the page they came from. The dashboard's script sends the same forms and puts the
page that comes back in place.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation import dates
from dashboards.presentation.workflow import WorkWords
from dashboards.web.local_url import local_url
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import site_or_404
from dashboards.web.workflow.forms import read_changes, read_companies
from dashboards.web.workflow.shown import words
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.leads.companies.asked import name_of_company
from tracker.leads.workflow.changes import Conflict, Outcome, change_companies, of_companies, undo
from tracker.leads.workflow.names import known_names
from tracker.leads.workflow.work_row import Person
from tracker.service.context import Context

_MOST_TOLD = 5


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("work", __name__, url_prefix="/<domain:site>")

    @blueprint.post("/work")
    def change(site: str) -> Response:
        """Changes the companies that the form names."""
        found = site_or_404(context, site, Action.WORK_WITH_COMPANIES)
        said = words(context, found)
        try:
            asked = read_companies(request.form)
            statuses, people = [one.code for one in said.statuses], said.people or {}
            changes = read_changes(request.form, statuses=statuses, people=people)
        except Invalid as problem:
            flash(describe_problem(problem), "error")
            return _back(found)
        asked = of_companies(known_names(context.event_store, found.stored_as), asked)
        outcome = change_companies(context.app_db, found.id, asked, changes, by=_person(), now=context.now())
        _tell(context, found, outcome, said)
        return _back(found)

    @blueprint.post("/undo-work")
    def take_back(site: str) -> Response:
        """Undoes all that an action changed, but for what somebody changed since."""
        found = site_or_404(context, site, Action.WORK_WITH_COMPANIES)
        action = request.form.get("action", "")
        outcome = undo(context.app_db, found.id, action, by=_person(), now=context.now())
        if outcome.changed:
            number = len({_name(context, found, one) for one in outcome.changed})
            flash(ngettext("%(num)s company is as before.", "%(num)s companies are as before.", number))
        elif not outcome.conflicts:
            flash(_("This was undone already."))
        _tell_conflicts(context, found, outcome.conflicts, words(context, found))
        return _back(found)

    return blueprint


def _person() -> Person:
    return Person(current_user.id, current_user.email)


def _back(site: Site) -> Response:
    return redirect(local_url(request.form.get("next"), url_for("leads.show", site=site.domain)))


def _tell(context: Context, site: Site, outcome: Outcome, said: WorkWords) -> None:
    """Says what was changed, with a button that undoes it, and what was not."""
    undoing = f"undo:{outcome.action}"
    if len(outcome.changed) == 1:
        (changed,) = outcome.changed
        flash(_("%(company)s is changed.", company=_name(context, site, changed)), undoing)
    elif outcome.changed:
        number = len(outcome.changed)
        flash(ngettext("%(num)s company is changed.", "%(num)s companies are changed.", number), undoing)
    elif not (outcome.conflicts or outcome.refused):
        flash(_("Nothing was changed: all of this was set already."))
    for told in dict.fromkeys(describe_problem(one) for one in outcome.refused):
        flash(told, "error")
    _tell_conflicts(context, site, outcome.conflicts, said)


def _tell_conflicts(context: Context, site: Site, conflicts: list[Conflict], said: WorkWords) -> None:
    for one in conflicts[:_MOST_TOLD]:
        theirs = one.theirs
        flash(
            _(
                "%(company)s was changed meanwhile by %(person)s: %(change)s (%(when)s). Your change of it was not made. Choose again if it still holds.",
                company=_name(context, site, one.company_id),
                person=(said.people or {}).get(theirs.user_id or 0, theirs.made_by),
                change=said.change(theirs),
                when=dates.ago(said.language, theirs.made_at, context.now(), ZoneInfo(site.time_zone)),
            ),
            "error",
        )
    if (more := len(conflicts) - _MOST_TOLD) > 0:
        text = ngettext("%(num)s more change was not made.", "%(num)s more changes were not made.", more)
        flash(text, "error")


def _name(context: Context, site: Site, company_id: str) -> str:
    return name_of_company(context.event_store, site.stored_as, company_id) or company_id
