"""The page on which a site's links are made, listed and revoked. A link's URL is shown once, when it is made."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.presentation import dates
from dashboards.translations import message, translate
from dashboards.web.language import current_language
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.service.context import Context
from tracker.sharing.links import (
    LEAST_PASSWORD,
    LONGEST_NAME,
    Asked,
    Page,
    add_link,
    end_of_day,
    last_day,
    links_of,
    revoke_link,
)
from tracker.stats.filters.address_bar import write_filter

_PAGES = {
    Page.DASHBOARD: message("the dashboard, any period"),
    Page.WEEKLY: message("the last complete week"),
    Page.MONTHLY: message("the last complete month"),
}


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("sharing", __name__, url_prefix="/<domain:site>/sharing")

    @blueprint.get("")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site, Action.SHARE_REPORTS), {})

    @blueprint.post("")
    def add(site: str) -> str | tuple[str, int]:
        selection = selection_or_404(context, site, Action.SHARE_REPORTS)
        try:
            asked = _asked(selection)
            link, token = add_link(context.app_db, selection.site.id, asked, by=current_user.email, now=context.now())
        except Invalid as problem:
            typed = {"problem": describe_problem(problem), "typed": request.form}
            return _page(context, selection, typed), 422
        path = url_for("shared.show", token=token) if token else url_for("shared.public", site=selection.site.domain)
        url = f"{context.settings.public_url}{path}"
        return _page(context, selection, {"made": link, "made_url": url})

    @blueprint.post("/revoke")
    def revoke(site: str) -> Response:
        found = site_or_404(context, site, Action.SHARE_REPORTS)
        number = request.form.get("link", "")
        known = number.isascii() and number.isdigit() and len(number) < 12
        name = revoke_link(context.app_db, found.id, int(number)) if known else None
        flash(
            _("“%(name)s” is revoked; its URL shows nothing from now on.", name=name)
            if name
            else _("That link was revoked already.")
        )
        return redirect(url_for("sharing.show", site=found.domain))

    return blueprint


def _asked(selection: Selection) -> Asked:
    form = request.form
    if selection.unread_filters:  # without it the link would show more than its maker thinks
        raise Invalid("“%(filter)s” is not a known filter and is left out.", filter=selection.unread_filters[0])
    return Asked(
        name=form.get("name", ""),
        page=form.get("page", Page.DASHBOARD),
        password=form.get("password", ""),
        ends_at=end_of_day(form.get("ends_at", ""), selection.zone),
        filters=[write_filter(one) for one in selection.filters],
        shows_companies="shows_companies" in form,
        frame_hosts=form.get("frame_hosts", ""),
        is_public="is_public" in form,
    )


def _page(context: Context, selection: Selection, typed: dict[str, Any]) -> str:
    language = current_language()
    words = {one.value: translate(language, text) for one, text in _PAGES.items()}
    return render_template(
        "sharing.html",
        links=[
            {
                "id": one.id,
                "name": one.name,
                "page": words.get(one.page, one.page),
                "is_public": one.token_hash is None,
                "has_password": one.password_hash is not None,
                "shows_companies": one.shows_companies,
                "filters": one.filters != "[]",
                "frame_hosts": " ".join(one.frame_hosts.split()),
                "by": one.created_by,
                "created_at": one.created_at,
                "ends": (last := last_day(one, selection.zone)) and dates.full_day(language, last),
                "is_over": one.ends_at is not None and one.ends_at <= context.now(),
            }
            for one in links_of(context.app_db, selection.site.id)
        ],
        pages=list(words.items()),
        longest_name=LONGEST_NAME,
        least_password=LEAST_PASSWORD,
        public_url=context.settings.public_url,
        **{"problem": None, "typed": {}, "made": None, "made_url": None} | typed,
        **head(context, selection),
    )
