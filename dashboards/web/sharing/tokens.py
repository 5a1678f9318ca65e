"""The page on which a site's API tokens are made, listed and revoked. A token is shown once, when it is made."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.api_tokens import LONGEST_NAME, add_token, revoke_token, tokens_of
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.service.context import Context

log = logging.getLogger(__name__)


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("api_tokens", __name__, url_prefix="/<domain:site>/api-tokens")

    @blueprint.get("")
    def show(site: str) -> str:
        return _page(context, selection_or_404(context, site, Action.CHANGE_SETTINGS), {})

    @blueprint.post("")
    def add(site: str) -> Response | tuple[str, int] | str:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        name, may_change = request.form.get("name", ""), request.form.get("scope") == "change"
        try:
            made, text = add_token(
                context.app_db, selection.site.id, name, may_change=may_change, by=current_user.email, now=context.now()
            )
        except Invalid as problem:
            typed = {"problem": describe_problem(problem), "typed_name": name, "typed_change": may_change}
            return _page(context, selection, typed), 422
        log.info("%s: %s made the API token %s “%s”", site, current_user.email, made.id, made.name)
        return _page(context, selection, {"made": made.name, "made_token": text})

    @blueprint.post("/<number:number>/revoke")
    def revoke(site: str, number: int) -> Response:
        selection = selection_or_404(context, site, Action.CHANGE_SETTINGS)
        name = revoke_token(context.app_db, selection.site.id, number)
        if name is None:
            flash(_("That token was revoked already."))
        else:
            log.info("%s: %s revoked the API token %s “%s”", site, current_user.email, number, name)
            flash(_("The token “%(name)s” is revoked: from now on it opens nothing.", name=name))
        return redirect(url_for("api_tokens.show", site=selection.site.domain))

    return blueprint


def _page(context: Context, selection: Selection, typed: dict[str, Any]) -> str:
    nothing = {"problem": None, "typed_name": "", "typed_change": False, "made": None, "made_token": None}
    return render_template(
        "api_tokens.html",
        tokens=tokens_of(context.app_db, selection.site.id),
        longest_name=LONGEST_NAME,
        api_url=f"{context.settings.public_url}/api/v1/sites/{selection.site.domain}",
        **nothing | typed,
        **head(context, selection),
    )
