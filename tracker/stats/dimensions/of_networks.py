"""Whose network visits come from: the company, its domain, its organisation."""

from __future__ import annotations

from tracker.stats.companies.tiers import identification
from tracker.stats.dimensions.definition import Definition
from tracker.stats.messages import message

COMPANY = Definition(
    message("Company"),
    ("visit:company",),
    in_mid_visit=True,
    panel="companies",
    title=message("Companies"),
    only_named=True,
    of_company=True,
)
COMPANY_DOMAIN = Definition(
    message("Domain of the company"), ("visit:company_domain",), in_mid_visit=True, of_company=True
)
ORGANISATION = Definition(message("Organisation"), ("visit:organisation",))
NETWORK_KIND = Definition(
    message("Kind of network"),
    ("visit:network_kind",),
    panel="companies",
    title=message("Kinds of network"),
    vocabulary="network_kind",
)
IDENTIFICATION = Definition(
    message("Identification"),
    ("visit:identification",),
    in_mid_visit=True,
    vocabulary="identification",
    worked_out=identification,
)
