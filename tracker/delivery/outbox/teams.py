"""The channel of Teams: a Workflows webhook that posts an adaptive card.

Source: https://learn.microsoft.com/connectors/teams/ ("When a Teams webhook request is received") and
https://adaptivecards.io/explorer/ (schema 1.4). The older Office 365 connectors are retired.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from dashboards.presentation.alerts.words import Line, Told
from dashboards.translations import translate

# A card of more than 28 KB is refused.
_MOST_LINES = 30
# What a text block reads as Markdown.
_MARKDOWN = re.compile(r"([\\`*_\[\]()#!>~-])")


def request_of(told: Told, language: str) -> tuple[bytes, Mapping[str, str]]:
    """Returns the body and the headers."""
    body: list[dict[str, object]] = [_text(escaped(told.title), weight="Bolder", size="Medium")]
    if len(told.lines) > 1:
        body += [_text(_linked(line)) for line in told.lines[:_MOST_LINES]]
    if told.more:
        body.append(_text(translate(language, "and %(number)s more", number=told.more)))
    body.append(_text(f"{escaped(told.rule)} · {escaped(told.site)}", isSubtle=True, size="Small"))
    url = told.lines[0].url if len(told.lines) == 1 else told.url
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": translate(language, "Open the dashboard"), "url": url}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return json.dumps({"type": "message", "attachments": [attachment]}).encode(), {"Content-Type": "application/json"}


def escaped(text: str) -> str:
    """A text whose characters mean themselves."""
    return _MARKDOWN.sub(r"\\\1", text)


def _linked(line: Line) -> str:
    return f"[{escaped(line.text)}]({line.url})"


def _text(text: str, **how: object) -> dict[str, object]:
    return {"type": "TextBlock", "text": text, "wrap": True, **how}
