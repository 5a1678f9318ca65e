"""The built style sheet, script and icon: served with a hash of their content in the URL, and cached for a year.

This blueprint's folder is also where all pages find their templates.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_from_directory, url_for

STATIC = Path(__file__).parent / "static"
_YEAR_SECONDS = 365 * 24 * 3600


@cache
def content_hash(name: str) -> str:
    """Returns the first digits of a file's hash; empty when the file was not built."""
    try:
        return sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    except OSError:
        return ""


def _built() -> set[str]:
    """Returns the names of the files that are served."""
    return {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}


def asset(name: str) -> str:
    """Returns the URL of an asset, which changes with its content."""
    return url_for("assets.file", name=name, v=content_hash(name) or None)


def create_blueprint() -> Blueprint:
    blueprint = Blueprint("assets", __name__, template_folder="templates")

    @blueprint.get("/assets/<path:name>")
    def file(name: str) -> Response:
        # Only built files are served: a name in a request may be a path to any file, or not a file name at all.
        if name not in _built():
            abort(404)
        forever = request.args.get("v", "") == content_hash(name) != ""
        response = send_from_directory(STATIC, name, max_age=_YEAR_SECONDS if forever else 0)
        if forever:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response

    return blueprint
