"""The words of the work with companies: statuses, kinds and the fields that can be changed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from tracker.stats.messages import message


class Kind(StrEnum):
    """What a company is to the publisher."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    COMPETITOR = "competitor"
    SUPPLIER = "supplier"
    PARTNER = "partner"
    PRESS = "press"
    APPLICANT = "applicant"
    INTERNAL = "internal"
    IGNORED = "ignored"


KIND_NAMES = {
    Kind.PROSPECT: message("Prospect"),
    Kind.CUSTOMER: message("Customer"),
    Kind.COMPETITOR: message("Competitor"),
    Kind.SUPPLIER: message("Supplier"),
    Kind.PARTNER: message("Partner"),
    Kind.PRESS: message("Press"),
    Kind.APPLICANT: message("Applicant"),
    Kind.INTERNAL: message("Internal"),
    Kind.IGNORED: message("Ignored"),
}
DEFAULT_KIND = Kind.PROSPECT
# Companies of these kinds, and hidden ones, are in no list and no email unless they are asked for.
LEFT_OUT = frozenset({Kind.INTERNAL, Kind.IGNORED})


class Status(NamedTuple):
    """A status of a site. `name` is the publisher's own, as they wrote it; None for one of the program's own words."""

    code: str
    name: str | None = None


# The first is that of a company nobody has touched.
STATUS_NAMES = {
    "new": message("New"),
    "to_contact": message("To contact"),
    "contacted": message("Contacted"),
    "in_conversation": message("In conversation"),
    "customer": message("Customer"),
    "lost": message("Lost"),
    "not_interesting": message("Not interesting"),
}
STATUSES = tuple(Status(code) for code in STATUS_NAMES)


class Field(StrEnum):
    """What can be changed of a company. A tag and a note are added or taken away; the others have one value."""

    STATUS = "status"
    KIND = "kind"
    OWNER = "owner"
    REMINDER = "reminder"
    HIDDEN = "hidden"
    TAG = "tag"
    NOTE = "note"


# Of two people who change one of these at the same time, the second is asked.
SINGLE = frozenset({Field.STATUS, Field.KIND, Field.OWNER, Field.REMINDER, Field.HIDDEN})

LONGEST_TAG = 40
LONGEST_NOTE = 10_000
MOST_TAGS = 20  # of a company
MOST_KNOWN_TAGS = 500  # of a site
MOST_NOTES = 500  # of a company
MOST_HISTORY = 200  # entries that are shown of a company
