"""The columns of the files that CRMs import companies from, by the names that each publishes for its import.

Looked up in November 2026:

- HubSpot, <https://knowledge.hubspot.com/import-and-export/set-up-your-import-file>: a company needs its name or its domain
  name; columns are matched by the properties' names.
- Pipedrive, <https://support.pipedrive.com/en/article/importing-mandatory-fields>: an organization needs its name; columns
  are mapped when the file is uploaded.
- Salesforce, "Field Mapping for Other Data Sources and Organization Import"
  <https://help.salesforce.com/s/articleView?id=xcloud.field_mapping_for_other_data_sources_and_organization_import.htm>:
  the labels by which the Data Import Wizard maps the columns of accounts by itself.
- Sellsy publishes no list of columns: they are mapped when the file is uploaded, and are named here as its form for a
  company is, in French. A file with semicolons is what it expects.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Fact(Enum):
    """What a CRM is told of a company."""

    NAME = auto()
    DOMAIN = auto()
    WEBSITE = auto()
    CITY = auto()
    COUNTRY = auto()
    ADDRESS = auto()
    NOTE = auto()
    PROSPECT = auto()
    INDUSTRY = auto()
    """The sector, of public registers."""
    EMPLOYEES = auto()
    """The least number of the size that registers give."""
    NUMBER = auto()
    """The number in the register: a SIREN or an LEI."""


@dataclass(frozen=True)
class Template:
    """A CRM's name, and the headings of its columns with what stands below them."""

    name: str
    columns: tuple[tuple[str, Fact], ...]
    separator: str = ","


TEMPLATES = {
    "hubspot": Template(
        "HubSpot",
        (
            ("Company name", Fact.NAME),
            ("Company domain name", Fact.DOMAIN),
            ("City", Fact.CITY),
            ("Country/Region", Fact.COUNTRY),
            ("Number of Employees", Fact.EMPLOYEES),
            ("Description", Fact.NOTE),
        ),
    ),
    "pipedrive": Template(
        "Pipedrive",
        (
            ("Organization name", Fact.NAME),
            ("Organization address", Fact.ADDRESS),
            ("Organization website", Fact.WEBSITE),
            ("Industry", Fact.INDUSTRY),
            ("Number of employees", Fact.EMPLOYEES),
            ("Note", Fact.NOTE),
        ),
    ),
    "salesforce": Template(
        "Salesforce",
        (
            ("Account Name", Fact.NAME),
            ("Website", Fact.WEBSITE),
            ("Billing City", Fact.CITY),
            ("Billing Country", Fact.COUNTRY),
            ("Industry", Fact.INDUSTRY),
            ("Employees", Fact.EMPLOYEES),
            ("Account Description", Fact.NOTE),
        ),
    ),
    "sellsy": Template(
        "Sellsy",
        (
            ("Type", Fact.PROSPECT),
            ("Nom de la société", Fact.NAME),
            ("Site web", Fact.WEBSITE),
            ("Ville", Fact.CITY),
            ("Pays", Fact.COUNTRY),
            ("SIREN", Fact.NUMBER),
            ("Secteur d'activité", Fact.INDUSTRY),
            ("Effectif", Fact.EMPLOYEES),
            ("Notes", Fact.NOTE),
        ),
        separator=";",
    ),
}
