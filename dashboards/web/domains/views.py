"""A site's name and domains: rename it, move it, add domains, give up former ones; and its removal, which can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation import dates
from dashboards.translations import message, translate
from dashboards.web.domains.removed import what_goes
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import require
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.service.context import Context
from tracker.sites.names import (
    LONGEST_NAME,
    change_further_domains,
    forget_domain,
    move_site,
    name_site,
    names_version,
)
from tracker.sites.removal import KEPT, find_removed, set_aside, take_back
from tracker.sites.sites import find_site

# For how long hits with the old domain are counted after a move, in days; None without an end.
OVERLAPS = (
    ("30", 30, message("for 30 days")),
    ("90", 90, message("for 90 days")),
    ("365", 365, message("for a year")),
    ("always", None, message("without an end")),
    ("0", 0, message("not at all")),
)


class _Form(NamedTuple):
    """A form of the page: its URL, what it changes, and what is said then."""

    url: str
    change: Callable[[Context, Site, str | None], Site]
    done: str


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("domains", __name__)

    @blueprint.get("/<domain:site>/settings/site")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site, Action.VIEW_SETTINGS), {})

    for name, form in _FORMS.items():
        blueprint.add_url_rule(
            f"/<domain:site>/settings/site{form.url}", name, _saving(context, name), methods=["POST"]
        )

    @blueprint.post("/<domain:site>/settings/site/remove")
    def remove(site: str) -> Response | tuple[str, int]:
        aside = find_removed(context.app_db, site)
        if aside is not None and find_site(context.app_db, site) is None:
            require(Action.REMOVE_SITE, aside)
            return _removed_already(aside)
        selection = selection_or_404(context, site, Action.REMOVE_SITE)
        seen = request.form.get("version")
        try:
            gone = set_aside(context.app_db, selection.site.domain, by=current_user.email, now=context.now(), seen=seen)
        except (Invalid, ChangedMeanwhileError) as problem:
            return _refused(context, selection, "remove", problem)
        flash(_("%(site)s is removed. It can be taken back for %(days)s days.", site=gone.name, days=KEPT.days))
        return redirect(url_for("sites.index"))

    @blueprint.post("/sites/removed/<domain:site>/take-back")
    def restore(site: str) -> Response:
        """Takes the removal of a site back."""
        found = find_removed(context.app_db, site)
        if found is None:
            present = selection_or_404(context, site, Action.REMOVE_SITE).site
            flash(_("%(site)s is not removed.", site=present.name))
            return redirect(url_for("overview.show", site=present.domain))
        require(Action.REMOVE_SITE, found)
        try:
            back = take_back(context.app_db, found.domain)
        except Invalid as problem:
            flash(describe_problem(problem), "error")
            return redirect(url_for("sites.index"))
        flash(_("%(site)s is back with everything that was counted for it, and is counted again.", site=back.name))
        return redirect(url_for("overview.show", site=back.domain))

    return blueprint


def _removed_already(site: Site) -> Response:
    by = site.removed_by
    flash(
        _("%(site)s was removed already, by %(email)s.", site=site.name, email=by)
        if by
        else _("%(site)s was removed already.", site=site.name),
        "error",
    )
    return redirect(url_for("sites.index"))


def _saving(context: Context, name: str) -> Callable[..., Response | tuple[str, int]]:
    """The view that makes the change that a form asks for, and shows the page again."""

    def save(site: str) -> Response | tuple[str, int]:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        try:
            changed = _FORMS[name].change(context, selection.site, request.form.get("version"))
        except (Invalid, ChangedMeanwhileError) as problem:
            return _refused(context, selection, name, problem)
        flash(translate(current_language(), _FORMS[name].done))
        return redirect(url_for("domains.show", site=changed.domain))

    return save


def _refused(
    context: Context, selection: Selection, name: str, problem: Invalid | ChangedMeanwhileError
) -> Response | tuple[str, int]:
    present = find_site(context.app_db, selection.site.domain)
    aside = find_removed(context.app_db, selection.site.domain)
    if present is None:  # it was removed while the form was read, or sent
        return abort(404) if aside is None else _removed_already(aside)
    if isinstance(problem, Invalid):
        said, status = describe_problem(problem), 422
    else:
        said, status = _("Somebody else changed this site meanwhile; look at it before you try again."), 409
    typed = {"problem": said, "problem_of": name, "typed": request.form}
    return _page(context, replace(selection, site=present), typed), status


def _rename(context: Context, site: Site, seen: str | None) -> Site:
    return name_site(context.app_db, site.domain, request.form.get("name", ""), seen=seen)


def _move(context: Context, site: Site, seen: str | None) -> Site:
    days = {code: days for code, days, _name in OVERLAPS}.get(request.form.get("overlap", ""))
    until = None if days is None else context.now() + timedelta(days=days)
    new = request.form.get("domain", "")
    return move_site(context.app_db, site.domain, new, now=context.now(), counts_until=until, seen=seen)


def _further(context: Context, site: Site, seen: str | None) -> Site:
    domains = request.form.get("domains", "")
    return change_further_domains(context.app_db, site.domain, domains, now=context.now(), seen=seen)


def _give_up(context: Context, site: Site, seen: str | None) -> Site:
    return forget_domain(context.app_db, site.domain, request.form.get("former", ""), seen=seen)


_FORMS = {
    "rename": _Form("/name", _rename, message("The name is saved.")),
    "move": _Form("/move", _move, message("The site has moved. Change the domain in its snippet as well.")),
    "further": _Form("/domains", _further, message("The domains are saved. They apply from now on.")),
    "give_up": _Form("/give-up", _give_up, message("The former domain is given up.")),
}


def _page(context: Context, selection: Selection, typed: dict[str, Any]) -> str:
    site, language = selection.site, current_language()
    former = [
        {
            "domain": one.domain,
            "until": one.counts_until and dates.absolute(language, one.counts_until, selection.zone),
            "is_over": one.counts_until is not None and one.counts_until <= context.now(),
        }
        for one in site.domains
        if one.is_former
    ]
    return render_template(
        "domains.html",
        version=names_version(site),
        label=site.label or "",
        longest_name=LONGEST_NAME,
        further="\n".join(one.domain for one in site.domains if not one.is_former),
        former=former,
        overlaps=[(code, translate(language, words)) for code, _days, words in OVERLAPS],
        kept_days=KEPT.days,
        what_goes=what_goes(context, selection),
        **{"problem": None, "problem_of": None, "typed": {}} | typed,
        **head(context, selection),
    )
