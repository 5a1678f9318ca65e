"""What a visitor did beyond reading, in words: the event's name with its target, as a part of a sentence about a visit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from dashboards.translations import message, translate
from tracker.enrichment.text import clean_text

_LONGEST = 80
_PROPERTIES = 3
# With a target, and where none is told.
_NAMES: Mapping[str, tuple[str, str]] = {
    "Outbound Link: Click": (message("followed a link to %(target)s"), message("followed a link to another site")),
    "File Download": (message("downloaded %(target)s"), message("downloaded a file")),
    "Form: Submission": (message("sent the form “%(target)s”"), message("sent a form")),
    "Email: Click": (message("clicked the email address %(target)s"), message("clicked an email address")),
    "Phone: Click": (message("clicked the phone number %(target)s"), message("clicked a phone number")),
    "404": (message("met a missing page: %(target)s"), message("met a missing page")),
    "Identify": (message("said who they are"), message("said who they are")),
}


def describe_event(language: str, name: str, props: str | None, path: str = "") -> str:
    """An event as the verb of a sentence; `props` are its properties as stored, `path` the page on which it happened."""
    given = _properties(props)
    with_target, without = _NAMES.get(name, ("", ""))
    if not without:
        return _own_event(language, name, given)
    target = clean_text(_target(name, given, path), _LONGEST)
    if name == "Identify" or not target:
        return translate(language, without)
    return translate(language, with_target, target=target)


def _own_event(language: str, name: str, given: Mapping[str, Any]) -> str:
    """An event that the publisher named, with its first properties."""
    shown = [f"{key}: {value}" for key, value in list(given.items())[:_PROPERTIES] if value not in (None, "")]
    event = clean_text(name, _LONGEST)
    if not shown:
        return translate(language, "did “%(event)s”", event=event)
    return translate(
        language, "did “%(event)s” (%(details)s)", event=event, details=clean_text(", ".join(shown), _LONGEST)
    )


def _target(name: str, given: Mapping[str, Any], path: str) -> str:
    url = str(given.get("url") or "")
    if name == "Form: Submission":
        return str(given.get("form") or "")
    if name == "404":
        return path
    if name in ("Email: Click", "Phone: Click"):
        return unquote(url.partition(":")[2].partition("?")[0])
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if name == "File Download":
        return unquote(PurePosixPath(parts.path).name)
    return (parts.netloc.rpartition("@")[2] + unquote(parts.path)).removesuffix("/")


def _properties(props: str | None) -> Mapping[str, Any]:
    try:
        given = json.loads(props) if props else {}
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
