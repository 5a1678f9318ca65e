"""Every hit of a site that was not counted, and why; and the referrers that look like spam and were counted."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards.presentation import labels
from dashboards.presentation.not_counted_rows import by_reason
from dashboards.web.language import current_language
from dashboards.web.site import unknown_sites
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.suspect_referrers import leave_out, suspect_referrers
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.service.context import Context
from tracker.stats import traffic

_LONGEST_SEARCH = 100


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("not_counted", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/not-counted")
    def show(site: str) -> str:
        selection = selection_or_404(context, site)
        language, asked = current_language(), request.args.get("reason", "")
        search = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
        found = traffic.not_counted(context.event_store, selection.site.stored_as, selection.period)
        kinds = [(code, labels.drop_reason(language, code)) for code in sorted(found["reason"].unique())]
        asked = asked if asked in dict(kinds) else ""
        if asked:
            found = found[found["reason"] == asked]
        if search:
            found = found[found["detail"].astype(str).str.casefold().str.contains(search.casefold(), regex=False)]
        reasons = by_reason(language, found)
        # What is excluded is not enriched, so that no filter applies to it; the comparison is with all that was counted.
        pageviews = traffic.totals(context.event_store, selection.unfiltered.scope).iloc[0]["pageviews"]
        return render_template(
            "not_counted.html",
            reasons=reasons,
            kinds=sorted(kinds, key=lambda one: one[1]),
            asked=asked,
            search=search,
            suspects=suspect_referrers(context, selection),
            hits=sum(one.hits for one in reasons),
            pageviews=int(pageviews),
            unknown_sites=unknown_sites.of_site(context, selection.site, since=selection.period.start),
            **head(context, selection),
        )

    @blueprint.post("/referrers")
    def referrer(site: str) -> Response:
        """Excludes a referrer that looks like spam."""
        found = site_or_404(context, site, Action.CHANGE_SETTINGS)
        try:
            leave_out(context, found, request.form.get("host", ""))
        except Invalid as problem:
            flash(describe_problem(problem))
        else:
            flash(
                _(
                    "This referrer is excluded from now on; visits already counted do not change. You can undo this in the settings."
                )
            )
        return redirect(url_for("not_counted.show", site=found.domain, period=request.form.get("period") or None))

    return blueprint
