"""One company as a site's publisher sees it: score and its reasons, visits, how it was identified, and their own word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation.companies.next_step import next_step
from dashboards.presentation.lead_rows import LeadRow, lead_rows
from dashboards.presentation.timeline import days
from dashboards.web.corrections.shown import joined_names
from dashboards.web.corrections.views import may_everywhere
from dashboards.web.language import current_language
from dashboards.web.pages import page_number
from dashboards.web.registers.shown import register_shown
from dashboards.web.site.company_sections import sections
from dashboards.web.site.links import selection_url
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.score_trend import trend_shown
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.fit_settings import fit_shown
from dashboards.web.workflow.shown import WorkRow, company_work
from tracker.accounts.permissions import Action
from tracker.leads.activity import ScoredDay
from tracker.leads.companies.asked import find_company, name_of_company
from tracker.leads.companies.known import ListedCompany
from tracker.leads.confirmations import (
    confirm_company,
    confirmed_names,
    names_in_events,
    take_back_confirmation,
)
from tracker.leads.corrections.changes import corrections_of
from tracker.leads.listing.named import companies_of_link
from tracker.leads.one_company.looked_at import note_company, same_name
from tracker.leads.over_time.trend import score_trend
from tracker.leads.ranking import scored_day
from tracker.leads.report import one_lead
from tracker.leads.score_rules import rules_of
from tracker.leads.visit_days import most_visitors_on_a_day
from tracker.leads.visits import company_visits
from tracker.service.context import Context
from tracker.stats.rollups.moment import moment

# Visits shown at first, and how many more each time that more are asked for.
_VISITS = 10
_MORE_VISITS = 100


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("company", __name__, url_prefix="/<domain:site>")

    # An id may hold slashes, two in a row as well; an older link has the company's name in its place.
    @blueprint.get("/leads/<path:company_id>", merge_slashes=False)
    def show(site: str, company_id: str) -> str | Response:
        with moment(context.event_store) as store:
            return _page(replace(context, event_store=store), site, company_id)

    @blueprint.post("/leads/<path:company_id>", merge_slashes=False)
    def judge(site: str, company_id: str) -> Response:
        """The publisher's word on a company that only its visitor named: `verdict` is `confirm` or `take_back`."""
        selection, verdict = selection_or_404(context, site, Action.CONFIRM_COMPANY), request.form.get("verdict")
        name, _id, _known = _find(context, selection, company_id)
        names = names_in_events(context.event_store, selection.site, name)
        if verdict == "confirm":
            confirm_company(context.app_db, selection.site.id, *names, by=current_user.email, now=context.now())
            flash(_("The company is confirmed: it counts as a lead from now on, its earlier visits included."))
        elif verdict == "take_back":
            take_back_confirmation(context.app_db, selection.site.id, *names)
            flash(_("The confirmation is taken back."))
        else:
            abort(400)
        return redirect(selection_url(selection, "company.show", company_id=company_id))

    return blueprint


def _page(context: Context, site: str, company_id: str) -> str | Response:
    """The page, all of one moment of the store."""
    selection, language = selection_or_404(context, site), current_language()
    confirmed = confirmed_names(context.event_store, selection.site)
    name, present_id, known = _find(context, selection, company_id)
    if present_id != company_id:
        return redirect(selection_url(selection, "company.show", company_id=present_id))
    found = one_lead(
        context.event_store,
        selection.scope_of_companies,
        name,
        now=context.now(),
        confirmed=confirmed,
        rules=rules_of(selection.site),
    )
    lead = next(iter(lead_rows(language, found)), None)
    if lead is not None:
        note_company(
            context.event_store,
            selection.scope_of_companies,
            name,
            now=context.now(),
            confirmed=confirmed,
            rules=rules_of(selection.site),
        )
    only_sure = lead is not None and lead.sure and name not in confirmed
    store, page = context.event_store, page_number(request.args)
    shown = min(_VISITS + _MORE_VISITS * (page - 1), max(lead.visits, _VISITS) if lead else _VISITS)
    of = ScoredDay(
        selection.site.stored_as,
        scored_day(selection.period, context.now()),
        selection.zone,
        confirmed,
        rules_of(selection.site),
    )
    trend = score_trend(store, of, name, sure=lead.sure) if lead else []
    visits = company_visits(store, selection.scope_of_companies, name, only_sure=only_sure, limit=shown)
    work = company_work(context, selection.site, company_id, name)
    is_possible = any(one.name == name and one.is_possible for one in known)
    return render_template(
        "company.html",
        name=name,
        company_id=company_id,
        lead=lead,
        scored_on=scored_day(selection.period, context.now()),
        confirmed=name in confirmed,
        is_possible=is_possible,
        next_step=_next_step(language, lead, found, work["work"], is_possible=is_possible) if lead else "",
        same_beginning=same_name(store, selection.scope_of_companies, name, confirmed),
        joined=joined_names(name, corrections_of(context.app_db, selection.site.id)),
        may_share=may_everywhere(context),
        days=days(language, visits, selection.zone),
        more_visits=max(lead.visits - len(visits), 0) if lead else 0,
        next_page=page + 1,
        trend=trend_shown(language, trend, selection.site) if trend else None,
        most_on_a_day=most_visitors_on_a_day(store, selection.scope_of_companies, name, only_sure=only_sure)
        if lead
        else 0,
        **(sections(context, selection, lead, confirmed=confirmed, only_sure=only_sure) if lead else {}),
        **fit_shown(context, selection, name),
        **register_shown(context, selection.site, next(iter(found.to_dict("records")), None)),
        **work,
        **head(context, selection),
    )


def _next_step(language: str, lead: LeadRow, found: pd.DataFrame, work: WorkRow, *, is_possible: bool) -> str:
    """What to do about a company, by its row of the report and what is set for it."""
    return next_step(
        language,
        score=lead.score,
        codes=[one.code for one in found["reasons"].iloc[0]],
        standing=lead.standing,
        status=work.state.status,
        kind=work.of_kind,
        is_possible=is_possible,
    )


def _find(context: Context, selection: Selection, company_id: str) -> tuple[str, str, Sequence[ListedCompany]]:
    """The name and the present id of the company that a link means, and the companies that it may mean.

    One that was never there is called as the link says.
    """
    store, scope = context.event_store, selection.scope_of_companies
    confirmed = confirmed_names(store, selection.site)
    known = companies_of_link(store, scope, company_id, confirmed=confirmed)
    found = find_company(store, scope.site, known, company_id)
    if found is not None:
        return *found, known
    name = name_of_company(store, scope.site, company_id) or company_id
    known = companies_of_link(store, scope, name, confirmed=confirmed)
    return *(find_company(store, scope.site, known, name) or (name, company_id)), known
