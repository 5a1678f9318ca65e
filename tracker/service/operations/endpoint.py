"""The service's endpoint for operations. It answers only requests with the data folder's key."""

from __future__ import annotations

import hmac
import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tracker.db.errors import AppDatabaseUnavailable
from tracker.service.context import Context
from tracker.service.operations import ForgetSite, NotAllowed, OperationError, run
from tracker.store.patience import Interrupted


def create_blueprint(context: Context, key: str, forget_site: ForgetSite | None = None) -> Blueprint:
    """Returns the service's endpoint for operations. It answers only requests with the data folder's key."""
    blueprint = Blueprint("operations", __name__, url_prefix="/operations")

    @blueprint.post("/<name>")
    def answer(name: str) -> tuple[Response, int]:
        if not hmac.compare_digest(request.headers.get("X-Webleads-Key", "").encode(), key.encode()):
            return jsonify(error="this URL is for the service's own commands"), 403
        try:
            return jsonify(run(context, name, _json(request.get_data()), forget_site=forget_site)), 200
        except NotAllowed as problem:
            return jsonify(error=str(problem)), 403
        except OperationError as problem:
            return jsonify(error=str(problem)), 400
        except (AppDatabaseUnavailable, Interrupted) as problem:
            return jsonify(error=str(problem)), 503

    return blueprint


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise OperationError(f"the arguments are not JSON: {problem}") from problem
