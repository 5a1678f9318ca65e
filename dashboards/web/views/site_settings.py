"""A site's settings: time zone, language of reports, and what is counted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards.presentation import labels
from dashboards.web.site.forms import bot_rule_switches, describe_problem, time_zone_names
from dashboards.web.site.hosts import SEEN_DAYS, decide, seen_hosts
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.enrichment.page.query import DEFAULT_PARAMETERS
from tracker.service.context import Context
from tracker.sites.site_settings import Counting
from tracker.sites.sites import update_site

_SWITCHES = ("honours_signals", "keeps_emails", "counts_development")
_FIELDS = (
    "time_zone",
    "report_language",
    "excluded_networks",
    "page_parameters",
    "staging_hosts",
    "other_hosts",
    "excluded_referrers",
    "excluded_pages",
)
_WITH_HOSTS = ("site_settings.show", "sites.setup")


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("site_settings", __name__)

    @blueprint.route("/<domain:site>/settings", methods=["GET", "POST"])
    def show(site: str) -> tuple[str, int] | str | Response:
        reads = request.method != "POST"
        selection = selection_or_404(context, site, Action.VIEW_SETTINGS if reads else Action.CHANGE_SETTINGS)
        if reads:
            return _page(context, selection, {})
        try:
            _update(context, selection.site)
        except Invalid as problem:
            typed: dict[str, Any] = {name: request.form[name] for name in _FIELDS if name in request.form}
            typed |= {name: name in request.form for name in _SWITCHES}
            if "with_bot_rules" in request.form:
                typed["bot_rules"] = bot_rule_switches(request.form.getlist("bot_rules"))
            return _page(context, selection, typed | {"problem": describe_problem(problem)}), 422
        flash(_("The settings are saved. They apply from now on."))
        return redirect(url_for("site_settings.show", site=selection.site.domain))

    @blueprint.post("/<domain:site>/hosts")
    def host(site: str) -> Response:
        """Excludes a host that was seen, or counts it as the site's own."""
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        try:
            decide(context, found, request.form.get("host", ""), counts=request.form.get("choice") == "count")
        except Invalid as problem:
            flash(describe_problem(problem))
        else:
            flash(_("The settings are saved. They apply from now on."))
        back = request.form.get("from", "")
        return redirect(url_for(back if back in _WITH_HOSTS else _WITH_HOSTS[0], site=found.domain))

    return blueprint


def _page(context: Context, selection: Selection, typed: dict[str, Any]) -> str:
    form = _settings_form(selection.site) | typed
    hosts = {"seen_hosts": seen_hosts(context, selection.site), "seen_days": SEEN_DAYS}
    return render_template("settings.html", **form, **hosts, **head(context, selection))


def _settings_form(site: Site) -> dict[str, Any]:
    names = site.page_parameters
    return {
        "time_zone": site.time_zone,
        "report_language": site.language,
        "excluded_networks": site.excluded_networks,
        "honours_signals": site.honours_signals,
        "keeps_emails": site.keeps_emails,
        "page_parameters": " ".join(sorted(DEFAULT_PARAMETERS)) if names is None else names,
        "counts_development": site.counts_development,
        "staging_hosts": site.staging_hosts,
        "other_hosts": site.other_hosts,
        "excluded_referrers": site.excluded_referrers,
        "excluded_pages": site.excluded_pages,
        "bot_rules": bot_rule_switches(set(labels.BOT_RULES) - set(site.disabled_rules.split())),
        "time_zones": time_zone_names(),
        "problem": None,
    }


def _update(context: Context, site: Site) -> None:
    update_site(
        context.app_db,
        site.domain,
        time_zone=request.form.get("time_zone", ""),
        language=request.form.get("report_language", ""),
        excluded_networks=request.form.get("excluded_networks", ""),
        honours_signals="honours_signals" in request.form,
        keeps_emails="keeps_emails" in request.form,
        disabled_rules=_unticked_rules(),
        counting=_counting(),
    )


def _counting() -> Counting | None:
    """Returns which pages and hosts to count by the form; None for a form without these fields."""
    form = request.form
    if "with_counting" not in form:
        return None
    names = form.get("page_parameters")
    if names is not None and set(names.replace(",", " ").split()) == DEFAULT_PARAMETERS:
        names = "default"
    return Counting(
        names,
        "counts_development" in form,
        form.get("staging_hosts"),
        form.get("other_hosts"),
        form.get("excluded_referrers"),
        form.get("excluded_pages"),
    )


def _unticked_rules() -> set[str] | None:
    """The rules that the form switches off; None for a form that does not show them, since a box unticked sends nothing."""
    if "with_bot_rules" not in request.form:
        return None
    return set(labels.BOT_RULES) - set(request.form.getlist("bot_rules"))
