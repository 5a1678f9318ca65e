"""A site's settings: time zone, language, who gets the weekly email, which addresses and robots are not counted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards import words
from dashboards.web.context import DashboardContext
from dashboards.web.site_forms import bot_rule_switches, time_zone_names, words_of
from dashboards.web.site_pages import head, selection_or_404
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.db.sites import update_site

_SWITCHES = ("honours_signals", "keeps_emails")
_FIELDS = ("time_zone", "report_language", "recipients", "excluded_networks")


def create_blueprint(context: DashboardContext) -> Blueprint:
    blueprint = Blueprint("site_settings", __name__)

    @blueprint.route("/<domain:site>/settings", methods=["GET", "POST"])
    def show(site: str) -> tuple[str, int] | str | Response:
        selection = selection_or_404(context, site)
        if request.method == "GET":
            return render_template("settings.html", **_settings_form(selection.site), **head(context, selection))
        try:
            _update(context, selection.site)
        except Invalid as problem:
            typed: dict[str, Any] = {name: request.form[name] for name in _FIELDS if name in request.form}
            typed |= {name: name in request.form for name in _SWITCHES}
            if "with_bot_rules" in request.form:
                typed["bot_rules"] = bot_rule_switches(request.form.getlist("bot_rules"))
            form = _settings_form(selection.site) | typed | {"problem": words_of(problem)}
            return render_template("settings.html", **form, **head(context, selection)), 422
        flash(_("The settings are saved. They hold for hits from now on."))
        return redirect(url_for("site_settings.show", site=selection.site.domain))

    return blueprint


def _settings_form(site: Site) -> dict[str, Any]:
    return {
        "time_zone": site.time_zone,
        "report_language": site.language,
        "excluded_networks": site.excluded_networks,
        "recipients": "\n".join(one.email for one in site.recipients),
        "honours_signals": site.honours_signals,
        "keeps_emails": site.keeps_emails,
        "bot_rules": bot_rule_switches(set(words.BOT_RULES) - set(site.disabled_rules.split())),
        "time_zones": time_zone_names(),
        "problem": None,
    }


def _update(context: DashboardContext, site: Site) -> None:
    update_site(
        context.db,
        site.domain,
        now=context.now(),
        time_zone=request.form.get("time_zone", ""),
        language=request.form.get("report_language", ""),
        excluded_networks=request.form.get("excluded_networks", ""),
        recipients=request.form.get("recipients", "").replace(",", "\n").split("\n"),
        honours_signals="honours_signals" in request.form,
        keeps_emails="keeps_emails" in request.form,
        disabled_rules=_unticked_rules(),
    )


def _unticked_rules() -> set[str] | None:
    """The rules that the form switches off; None for a form that does not show them, since a box unticked sends nothing."""
    if "with_bot_rules" not in request.form:
        return None
    return set(words.BOT_RULES) - set(request.form.getlist("bot_rules"))
