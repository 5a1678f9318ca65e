"""The rules of fit of a site: what companies are looked for, and how much each rule counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation import labels
from dashboards.presentation.companies.fit import FIT_FIRST, WEIGHTS, weight_name
from dashboards.presentation.companies.register_facts import SECTORS, SIZE_BANDS, sector_name, size_name
from dashboards.translations import translate
from dashboards.web.language import current_language
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.loading import companies_of
from dashboards.web.workflow.shown import words
from dashboards.web.workflow.trash import told_undoable
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.leads.fit.rules import (
    FitRule,
    change_fit,
    fit_rules,
    make_rule,
    remove_from_fit,
    version_of_fit,
    with_rule,
)
from tracker.leads.workflow import lists, states
from tracker.leads.workflow.vocabulary import KIND_NAMES
from tracker.reference.registers.areas import region_names
from tracker.service.context import Context
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Filter, FilterError
from tracker.stats.filters.address_bar import read_filter, write_filter

_NETWORK_KINDS = ("business", "education", "government", "nonprofit")


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("fit_settings", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/fit")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site, Action.VIEW_SETTINGS))

    @blueprint.post("/fit")
    def add(site: str) -> Response:
        selection, form = selection_or_404(context, site, Action.CHANGE_SETTINGS), request.form
        try:
            weight = form.get("weight", "")
            made = make_rule(int(weight) if weight in ("0", "1", "2", "3") else -1, _asked())
            number, seen = selection.site.id, form.get("version")
            change_fit(context.app_db, number, lambda rules: with_rule(rules, made), seen=seen)
        except Invalid as problem:
            return make_response(_page(context, selection, problem=describe_problem(problem)), 422)
        except ChangedMeanwhileError:
            return make_response(_page(context, selection, is_late=True), 409)
        flash(_("The rule is saved. Every company’s fit is worked out with it from now on."))
        return redirect(url_for("fit_settings.show", site=selection.site.domain))

    @blueprint.post("/fit/remove")
    def remove(site: str) -> Response:
        selection, gone = selection_or_404(context, site, Action.CHANGE_SETTINGS), request.form.get("rule", "")

        def is_gone(one: FitRule) -> bool:
            if write_filter(one.filter) != gone:
                return False
            if request.form.get("weight") not in (None, str(int(one.weight))):
                raise ChangedMeanwhileError(gone)
            return True

        try:
            number, by = selection.site.id, current_user.email
            removed = remove_from_fit(context.app_db, number, is_gone, by=by, now=context.now())
        except ChangedMeanwhileError as problem:
            return make_response(_page(context, selection, not_removed=problem.present), 409)
        told_undoable(removed, _("The rule is removed."))
        return redirect(url_for("fit_settings.show", site=selection.site.domain))

    return blueprint


def _asked() -> Filter:
    """What the form's rule looks for: a choice, or a part of the company's domain. Raises Invalid."""
    domain = " ".join(request.form.get("domain", "").split())
    if domain:
        return Comparison(Dimension.COMPANY_DOMAIN, "contains", (domain,))
    try:
        return read_filter(request.form.get("rule", ""))
    except FilterError:
        raise Invalid("Choose what the rule looks for.") from None


def _page(
    context: Context,
    selection: Selection,
    *,
    problem: str | None = None,
    is_late: bool = False,
    not_removed: str | None = None,
) -> str:
    """The page with what was typed, if nothing of it was saved; `is_late` where somebody else saved rules meanwhile.

    `not_removed` is the rule that was to be removed, where somebody else gave it another weight meanwhile.
    """
    language = current_language()
    rules = fit_rules(context.app_db, selection.site.id)
    return render_template(
        "fit.html",
        rules=[
            (write_filter(one.filter), weight_name(language, one.weight), one.filter, int(one.weight)) for one in rules
        ],
        weights=[(int(one), weight_name(language, one)) for one in WEIGHTS],
        choices=_choices(context, selection),
        fit_first=translate(language, FIT_FIRST),
        version=version_of_fit(rules),
        problem=problem,
        is_late=is_late,
        not_removed=not_removed,
        typed=request.form,
        **head(context, selection),
    )


def _choices(context: Context, selection: Selection) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a rule can look for: by dimension, its values as (filter, words)."""
    language, said, site = current_language(), words(context, selection.site), selection.site
    countries = sorted(
        ((code, labels.country(language, code)) for code in labels.territories(language)), key=lambda one: one[1]
    )
    values: dict[Dimension, list[tuple[str, str]]] = {
        Dimension.COMPANY_KIND: [(kind.value, said.kind(kind)) for kind in KIND_NAMES],
        Dimension.COMPANY_LIST: [(one.name, one.name) for one in lists.all_lists(context.app_db, site.id)],
        Dimension.COMPANY_TAG: [(tag, tag) for tag in states.known_tags(context.app_db, site.id)],
        **_of_registers(language),
        Dimension.NETWORK_KIND: [(code, labels.network_kind(language, code)) for code in _NETWORK_KINDS],
        Dimension.COUNTRY: countries,
    }
    return [
        (translate(language, dimension.definition.label), [_choice(dimension, *one) for one in found])
        for dimension, found in values.items()
        if found
    ]


def _of_registers(language: str) -> dict[Dimension, list[tuple[str, str]]]:
    """All that registers may say: a rule may look for what no company of the site has yet."""
    return {
        Dimension.COMPANY_SECTOR: [(code, sector_name(language, code)) for code in SECTORS],
        Dimension.COMPANY_SIZE: [(value, size_name(language, value)) for value in SIZE_BANDS],
        Dimension.COMPANY_REGION: list(region_names().items()),
    }


def _choice(dimension: Dimension, value: str, text: str) -> tuple[str, str]:
    return write_filter(Comparison(dimension, "is", (value,))), text


def fit_shown(context: Context, selection: Selection, name: str) -> dict[str, Any]:
    """The template variables of a company's page: its fit, and each rule with whether it holds."""
    found = companies_of(context, selection.site).fits
    fit, language = found.of(name), current_language()
    if fit is None:
        return {"fit": None, "fit_rules": []}
    held = zip(found.rules, fit.held, strict=True)
    return {"fit": fit, "fit_rules": [(one.filter, weight_name(language, one.weight), holds) for one, holds in held]}
