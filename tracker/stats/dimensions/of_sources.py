"""Where visits come from: sources, channels, campaigns."""

from __future__ import annotations

from tracker.stats.dimensions.definition import Definition
from tracker.stats.messages import message

SOURCE = Definition(
    message("Source"),
    ("visit:source",),
    panel="sources",
    title=message("Sources"),
    unknown=message("Direct"),
)
CHANNEL = Definition(
    message("Channel"), ("visit:channel",), panel="sources", title=message("Channels"), vocabulary="channel"
)
REFERRER = Definition(
    message("Referrer"),
    ("visit:referrer",),
    panel="sources",
    more=True,
    title=message("Referrer URLs"),
    only_named=True,
)
MEDIUM = Definition(message("Medium"), ("visit:medium",))
# As they stood in the URL: what Plausible documents. Rows stored before schema 3 have neither.
UTM_SOURCE = Definition(
    message("UTM source"),
    ("visit:utm_source",),
    panel="sources",
    more=True,
    title=message("UTM sources"),
    only_named=True,
)
UTM_MEDIUM = Definition(
    message("UTM medium"),
    ("visit:utm_medium",),
    panel="sources",
    more=True,
    title=message("UTM media"),
    only_named=True,
)
CAMPAIGN = Definition(
    message("Campaign"), ("visit:utm_campaign",), panel="sources", title=message("Campaigns"), only_named=True
)
CONTENT = Definition(
    message("Content of the campaign"),
    ("visit:utm_content",),
    panel="sources",
    more=True,
    title=message("Contents of campaigns"),
    only_named=True,
)
TERM = Definition(
    message("Term of the campaign"),
    ("visit:utm_term",),
    panel="sources",
    more=True,
    title=message("Terms of campaigns"),
    only_named=True,
)
SOCIAL_KIND = Definition(
    message("Kind of social network"),
    ("visit:social_kind",),
    panel="sources",
    more=True,
    title=message("Kinds of social networks"),
    vocabulary="social_kind",
    only_named=True,
)
