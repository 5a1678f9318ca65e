"""Annotations of a site's days by the HTTP API: listed, added, removed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, jsonify, request

from tracker.accounts.permissions import Action
from tracker.api.asking import Answer, Door, Refused, answering, fields_of_body
from tracker.db.models import Annotation
from tracker.service.context import Context
from tracker.sites.annotations import add_annotation, annotations_of, remove_annotation

# No database numbers its rows beyond this.
_LARGEST_NUMBER = 2**31 - 1


def create_blueprint(context: Context, asked: Door) -> Blueprint:
    blueprint = Blueprint("api_annotations", __name__, url_prefix="/api/v1/sites/<site>/annotations")

    @blueprint.get("")
    @answering
    def listed(site: str) -> Answer:
        found = asked.site(site, Action.VIEW_SETTINGS)
        first, last = _day("since"), _day("until")
        until = last + timedelta(days=1) if last and last < date.max else None
        kept = annotations_of(context.app_db, found.id, since=first, until=until)
        return jsonify(annotations=[_as_json(one) for one in kept]), 200

    @blueprint.post("")
    @answering
    def added(site: str) -> Answer:
        found = asked.site(site, Action.CHANGE_SETTINGS)
        typed = fields_of_body("day", "hour", "text")
        number = add_annotation(context.app_db, found.id, **typed, by=None, now=context.now())
        (made,) = (one for one in annotations_of(context.app_db, found.id) if one.id == number)
        return jsonify(_as_json(made)), 201

    @blueprint.delete(f"/<int(max={_LARGEST_NUMBER}):number>")
    @answering
    def removed(site: str, number: int) -> Answer:
        found = asked.site(site, Action.CHANGE_SETTINGS)
        if not remove_annotation(context.app_db, found.id, number):
            raise Refused(404, "not_found", f"The site has no annotation {number}; list them to see their numbers.")
        return jsonify(removed=number), 200

    return blueprint


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(422, name, f"“{text[:20]}” is not a day; write one such as 2026-12-31.") from None


def _as_json(one: Annotation) -> dict[str, Any]:
    """The hour is the site's; null is the whole day."""
    return {"id": one.id, "day": one.day.isoformat(), "hour": one.hour, "text": one.text}
