"""Which fields of a CRM are filled with what is known of a company: the publisher's lines, `what = field`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracker.db.invalid import Invalid
from tracker.leads.alerts.rules_vocabulary import Channel

# What can be sent, as tracker.delivery.outbox.crm makes it.
FACTS = (
    *("name", "domain", "score", "url", "last_seen", "source", "goal"),
    *("activity", "employees", "registry_number", "city"),
)
# What HubSpot has by itself. Pipedrive has no field for a domain, so that the publisher names theirs.
USUAL: Mapping[Channel, Mapping[str, str]] = {
    Channel.HUBSPOT: {"name": "name", "domain": "domain"},
    Channel.PIPEDRIVE: {"name": "name"},
}
_LINE = re.compile(r"\s*(\w+)\s*=\s*(\w{1,100})\s*", re.ASCII)


def read_fields(channel: Channel, text: str) -> dict[str, str]:
    """Returns the field of each fact. Raises Invalid."""
    found = dict(USUAL[channel])
    for line in filter(str.strip, text.splitlines()):
        match = _LINE.fullmatch(line)
        if match is None or match[1] not in FACTS:
            raise Invalid("“%(line)s” is not what = field; what can be sent: %(facts)s.", line=line.strip()[:60], facts=", ".join(FACTS))  # fmt: skip
        found[match[1]] = match[2]
    if "domain" not in found:
        raise Invalid("Say which field holds the domain, by which a company is found: domain = the key of the field.")
    return found
