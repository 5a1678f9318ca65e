"""A site's alert rules, and what became of the messages: made, removed, tried and delivered again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation import dates
from dashboards.translations import translate
from dashboards.web.alerts.words import (
    AMOUNT_LABELS,
    CHANNELS,
    PACES,
    STATUSES,
    TRIGGERS,
    URLS,
    choices,
    needs,
    rule_in_words,
)
from dashboards.web.language import current_language
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.trash import told_undoable
from tracker.accounts.permissions import Action
from tracker.db.alert_models import AlertRule
from tracker.db.invalid import Invalid, about
from tracker.db.models import Site
from tracker.leads.alerts.crm_fields import FACTS
from tracker.leads.alerts.log import log_of, replay
from tracker.leads.alerts.look import Look
from tracker.leads.alerts.raising import push_companies, raise_alerts, send_test
from tracker.leads.alerts.rule_changes import change_rule, change_secret, pause_rule, resume_rule
from tracker.leads.alerts.rules import Known, NewRule, add_rule, form_of, list_rules, read_rule, remove_rule
from tracker.leads.alerts.rules_vocabulary import AMOUNTS, CRMS, Channel
from tracker.leads.alerts.targets import may_get_alerts
from tracker.leads.workflow.lists import all_lists
from tracker.leads.workflow.views import all_views
from tracker.service.context import Context
from tracker.stats.goals import goals_of


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("alerts", __name__, url_prefix="/<domain:site>/alerts")

    @blueprint.get("")
    def show(site: str) -> str:
        """With `?rule=` the form holds a rule, to change it."""
        selection = selection_or_404(context, site, Action.VIEW_SETTINGS)
        changed = _rule(context, selection.site, request.args["rule"]) if request.args.get("rule") else None
        return _page(context, selection, changed=changed)

    @blueprint.post("")
    def add(site: str) -> Response:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        found = selection.site
        try:
            rule = read_rule(_asked(), _known(context, found))
            _check_email(context, found, rule)
            made = add_rule(context.app_db, found.id, rule, by=current_user.email, now=context.now())
        except Invalid as problem:
            return make_response(_page(context, selection, describe_problem(problem)), 422)
        _begin(context, found, made)
        flash(_("The alert is added. It tells what happens from now on."))
        return _back(found)

    @blueprint.post("/change")
    def change(site: str) -> Response:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        found = selection.site
        rule = _rule(context, found)
        try:
            asked = read_rule(_asked(), _known(context, found), changed=rule)
            _check_email(context, found, asked)
        except Invalid as problem:
            return make_response(_page(context, selection, describe_problem(problem), rule), 422)
        made = change_rule(context.app_db, found.id, rule.id, asked, now=context.now())
        _begin(context, found, made)
        flash(_("The alert is changed."))
        return _back(found)

    @blueprint.post("/remove")
    def remove(site: str) -> Response:
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        number, by = _rule(context, found).id, current_user.email
        removed = remove_rule(context.app_db, found.id, number, by=by, now=context.now())
        told_undoable(removed, _("The alert is removed, with what was still to be delivered."))
        return _back(found)

    _add_states(blueprint, context)
    _add_messages(blueprint, context)
    return blueprint


def _add_states(blueprint: Blueprint, context: Context) -> None:
    """The routes that stop a rule, let it go on, or give it another secret."""

    @blueprint.post("/pause")
    def pause(site: str) -> Response:
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        pause_rule(context.app_db, found.id, _rule(context, found).id, now=context.now())
        flash(_("The alert is paused. What was still to be delivered waits."))
        return _back(found)

    @blueprint.post("/resume")
    def resume(site: str) -> Response:
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        _begin(context, found, resume_rule(context.app_db, found.id, _rule(context, found).id, now=context.now()))
        flash(_("The alert goes on. It tells what happens from now on."))
        return _back(found)

    @blueprint.post("/secret")
    def secret(site: str) -> Response:
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        if change_secret(context.app_db, found.id, _rule(context, found).id, now=context.now()) is None:
            abort(404)
        flash(_("The webhook has a new secret. For a day, messages are signed with the old one too."))
        return _back(found)


def _add_messages(blueprint: Blueprint, context: Context) -> None:
    """The routes that send something, and change no rule."""

    @blueprint.post("/test")
    def test(site: str) -> Response:
        """Sends a message that says it is a test; the log shows what the other side answered."""
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        send_test(context.app_db, found, _rule(context, found), now=context.now())
        flash(_("A test is on its way. The log says in a moment what became of it."))
        return _back(found)

    @blueprint.post("/push")
    def push(site: str) -> Response:
        """Pushes the companies of a rule to its CRM now, or the one company of the page that asks."""
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        rule, company_id = _rule(context, found), request.form.get("company") or None
        if rule.channel not in CRMS:
            abort(404)
        number = push_companies(_look(context, found), rule, company_id)
        flash(ngettext("%(num)s company is on its way to the CRM.", "%(num)s companies are on their way to the CRM.", number))  # fmt: skip
        if company_id is not None:
            return redirect(url_for("company.show", site=found.domain, company_id=company_id))
        return _back(found)

    @blueprint.app_context_processor
    def crms() -> dict[str, Any]:
        """For a company's page: the rules of a site by which a company can be pushed to a CRM."""
        return {"crm_rules": lambda site: [one for one in list_rules(context.app_db, site.id) if one.channel in CRMS]}

    @blueprint.post("/replay")
    def deliver_again(site: str) -> Response:
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        if replay(context.app_db, found.id, request.form.get("message", ""), now=context.now()):
            flash(_("The message is on its way once more, under the same id."))
        return _back(found)


def _asked() -> dict[str, str]:
    """The form as `read_rule` reads it: emails and URLs are typed in fields of their own, and are one target."""
    form = request.form.to_dict()
    return form | {"target": form["email"]} if form.get("channel") == Channel.EMAIL and "email" in form else form


def _form_of(rule: AlertRule | None) -> dict[str, str]:
    """The form of a rule to change, else of a new one. The email is one's own until another is typed."""
    own = {"email": current_user.email}
    if rule is None:
        return own | {"channel": Channel.EMAIL}
    form = form_of(rule)
    return form | {"email": form["target"], "target": ""} if rule.channel == Channel.EMAIL else own | form


def _begin(context: Context, site: Site, rule: AlertRule | None) -> None:
    """Looks a first time for a rule that begins anew: who is in its view or list by now is no news."""
    if rule is not None and rule.looked_at is None and rule.paused_at is None:
        raise_alerts(_look(context, site), rule)


def _look(context: Context, site: Site) -> Look:
    now = context.now()
    return Look(context.app_db, context.event_store, site, now, now)


def _known(context: Context, site: Site) -> Known:
    return Known(
        views=[one.key for one in all_views(context.app_db, site.id)],
        lists=[one.name for one in all_lists(context.app_db, site.id)],
        goals=[one.key for one in goals_of(site)],
    )


def _check_email(context: Context, site: Site, rule: NewRule) -> None:
    """Raises Invalid for the email of somebody who has not agreed to emails of this site."""
    if rule.channel is Channel.EMAIL and not may_get_alerts(context.app_db, site.id, rule.target):
        with about("target"):
            raise Invalid("An alert goes to somebody with an account, or to a confirmed recipient of the report.")


def _rule(context: Context, site: Site, number: str | None = None) -> AlertRule:
    number = request.form.get("rule", "") if number is None else number
    found = next((one for one in list_rules(context.app_db, site.id) if str(one.id) == number), None)
    if found is None:
        abort(404)
    return found


def _page(context: Context, selection: Selection, problem: str | None = None, changed: AlertRule | None = None) -> str:
    language, site = current_language(), selection.site
    rules, views = list_rules(context.app_db, site.id), all_views(context.app_db, site.id)
    values: dict[str, Any] = {
        "rules": [(one, rule_in_words(language, site, one, views)) for one in rules],
        "views": views,
        "lists": all_lists(context.app_db, site.id),
        "goals": [(one.key, translate(language, one.name) if one.is_built_in else one.name) for one in goals_of(site)],
        "triggers": choices(language, TRIGGERS),
        "amounts": choices(language, AMOUNT_LABELS),
        "urls": [(code, *(translate(language, one) for one in words)) for code, words in URLS.items()],
        "channels": choices(language, CHANNELS),
        "needs": needs(),
        "paces": choices(language, PACES),
        "usual_amounts": AMOUNTS,
        "facts": FACTS,
        "crms": CRMS,
        "statuses": STATUSES,
        "log": log_of(context.app_db, site.id),
        "hour": lambda number: dates.hour(language, number),
        "clock": lambda moment: dates.clock(moment, selection.zone),
        "problem": problem,
        "changed": changed,
        "typed": request.form.to_dict() if problem else _form_of(changed),
        "signs_with_both": lambda rule: rule.old_secret and context.now() < rule.old_secret_until,
    }
    return render_template("alerts.html", **values, **head(context, selection))


def _back(site: Site) -> Response:
    return redirect(url_for("alerts.show", site=site.domain))
