"""The channel of Slack's incoming webhooks, and of services that take the same JSON, such as Mattermost.

Source: https://api.slack.com/messaging/webhooks and https://api.slack.com/reference/surfaces/formatting#escaping
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from dashboards.presentation.alerts.words import Line, Told
from dashboards.translations import translate

# A block's text has at most 3,000 characters.
_LONGEST = 2900


def request_of(told: Told, language: str) -> tuple[bytes, Mapping[str, str]]:
    """Returns the body and the headers."""
    rule = f"{escaped(told.rule)} · <{told.settings_url}|{escaped(told.site)}>"
    blocks = [_section(f"*{escaped(told.title)}*" if len(told.lines) != 1 else _linked(told.lines[0]))]
    if len(told.lines) > 1:
        blocks += [_section(_linked(line)) for line in told.lines]
    if told.more:
        blocks.append(_section(translate(language, "and %(number)s more", number=told.more)))
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": rule[:_LONGEST]}]})
    body = {"text": escaped(f"{told.title} ({told.site})"), "blocks": blocks}
    return json.dumps(body).encode(), {"Content-Type": "application/json"}


def escaped(text: str) -> str:
    """A text without Slack's control characters, so that a company's name makes no link and calls nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _linked(line: Line) -> str:
    label = escaped(line.text).replace("|", "¦")
    return f"<{line.url}|{label}>"


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:_LONGEST]}}
