"""Where an email provider reports bounces and complaints. The secret in the URL is the right to it."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, jsonify, request, url_for

from tracker.recipients.links import secret_of_notices
from tracker.recipients.notices import heed, read_notices
from tracker.service.context import Context


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("email_notices", __name__)

    @blueprint.post("/email-notices/<secret>")
    def take(secret: str) -> Response:
        """{"recipients": how many entries were paused or unsubscribed}; an event that changes nothing is a success too."""
        if not hmac.compare_digest(secret.encode(), secret_of_notices(context.settings.data).encode()):
            abort(404)
        body = request.get_json(force=True, silent=True)
        if body is None:
            abort(400)
        changed = sum(heed(context.app_db, notice, now=context.now()) for notice in read_notices(body))
        return jsonify(recipients=changed)

    return blueprint


def notices_url(context: Context) -> str:
    """Returns the URL to give to the email provider."""
    path = url_for("email_notices.take", secret=secret_of_notices(context.settings.data))
    return context.settings.public_url + path
