"""What no event has of a company: where it stands, what registers say of it, and what the publisher set for it."""

from __future__ import annotations

from tracker.stats.dimensions.definition import Definition, Level
from tracker.stats.messages import message

# What is worked out of a company (tracker.leads.segments): where it stands in the period, and how well it fits.
COMPANY_STANDING = Definition(
    message("Standing"), ("company:standing",), Level.COMPANY, vocabulary="standing", unknown=message("none")
)
COMPANY_FIT = Definition(message("Fit"), ("company:fit",), Level.COMPANY, vocabulary="fit", unknown=message("none"))
# What public registers say of a company (tracker.leads.registers): the section and code of its activity (NACE, NAF), its
# employees (`250-499`), the town and region (ISO 3166-2) of its seat, and whether it exists.
COMPANY_SECTOR = Definition(
    message("Sector"), ("company:sector",), Level.COMPANY, vocabulary="sector", unknown=message("none")
)
COMPANY_ACTIVITY = Definition(
    message("Activity code"),
    ("company:activity",),
    Level.COMPANY,
    vocabulary="activity",
    unknown=message("none"),
)
COMPANY_SIZE = Definition(message("Size"), ("company:size",), Level.COMPANY, vocabulary="size", unknown=message("none"))
COMPANY_TOWN = Definition(message("Town of the seat"), ("company:town",), Level.COMPANY, unknown=message("none"))
COMPANY_REGION = Definition(
    message("Region of the seat"),
    ("company:region",),
    Level.COMPANY,
    vocabulary="seat_region",
    unknown=message("none"),
)
COMPANY_STATE = Definition(
    message("Legal state"), ("company:state",), Level.COMPANY, vocabulary="legal_state", unknown=message("none")
)
# What the publisher set for a company (tracker.leads.workflow). An owner is written as the email of their account.
COMPANY_STATUS = Definition(message("Lead status"), ("company:status",), Level.COMPANY, vocabulary="work")
COMPANY_KIND = Definition(message("Relationship"), ("company:relationship",), Level.COMPANY, vocabulary="work")
COMPANY_OWNER = Definition(message("Owner"), ("company:owner",), Level.COMPANY, unknown=message("Nobody"))
COMPANY_TAG = Definition(message("Tag"), ("company:tag",), Level.COMPANY, unknown=message("No tag"))
COMPANY_LIST = Definition(message("In the list"), ("company:list",), Level.COMPANY, unknown=message("No list"))
COMPANY_REMINDER = Definition(
    message("Reminder"), ("company:reminder",), Level.COMPANY, vocabulary="work", unknown=message("none")
)
COMPANY_HIDDEN = Definition(message("Hidden from lists"), ("company:hidden",), Level.COMPANY, vocabulary="work")
