from __future__ import annotations

import pytest

from tracker.enrichment.company.tenants import Tenant, tenant_of

COMPANIES = [
    ("armor.sharepoint.com", Tenant("Armor", None)),
    ("armor-my.sharepoint.com", Tenant("Armor", None)),
    ("armor-admin.sharepoint.com", Tenant("Armor", None)),
    ("biscuiterie-armor.atlassian.net", Tenant("Biscuiterie Armor", None)),
    ("armor.slack.com", Tenant("Armor", None)),
    ("armor.lightning.force.com", Tenant("Armor", None)),
    ("armor.my.salesforce.com", Tenant("Armor", None)),
    ("armor--uat.sandbox.my.salesforce.com", None),
    ("armor.zendesk.com", Tenant("Armor", None)),
    ("armor.service-now.com", Tenant("Armor", None)),
    ("armordev.service-now.com", Tenant("Armor", None)),
    ("armor-dev.service-now.com", Tenant("Armor", None)),
    ("armor.webex.com", Tenant("Armor", None)),
    ("armor.okta.com", Tenant("Armor", None)),
    ("armor.monday.com", Tenant("Armor", None)),
    ("armor.notion.site", Tenant("Armor", None)),
    ("intranet.armor.fr", Tenant("Armor", "armor.fr")),
    ("sharepoint.armor.com", Tenant("Armor", "armor.com")),
    ("jira.dept.armor.co.uk", Tenant("Armor", "armor.co.uk")),
    ("confluence.biscuiterie-armor.com", Tenant("Biscuiterie Armor", "biscuiterie-armor.com")),
    ("webmail.armor.fr", Tenant("Armor", "armor.fr")),
    ("teams.armor.fr", Tenant("Armor", "armor.fr")),
]
NOBODY = [
    "www.atlassian.net",
    "id.atlassian.net",
    "app.slack.com",
    "login.salesforce.com",
    "support.zendesk.com",
    "teams.microsoft.com",
    "mail.google.com",
    "outlook.office.com",
    "webmail.orange.fr",
    "mail.yahoo.com",
    "mail.ovh.net",
    "jira.atlassian.com",
    "gitlab.com",
    "wiki.example.github.io",
    "a8f3c2d901.slack.com",
    "www.armor.fr",
    "armor.fr",
    "intranet",
    "mail.localhost",
    "192.0.2.1",
]


@pytest.mark.parametrize(("host", "tenant"), COMPANIES, ids=[host for host, _ in COMPANIES])
def test_a_workspace_or_an_inner_host_names_its_company(host: str, tenant: Tenant | None) -> None:
    assert tenant_of(host) == tenant


@pytest.mark.parametrize("host", NOBODY)
def test_hosts_of_services_and_of_everybodys_mail_name_nobody(host: str) -> None:
    assert tenant_of(host) is None


@pytest.mark.parametrize("host", ["intranet.armor.fr", "armor.sharepoint.com", "webmail.armor.fr"])
def test_the_sites_own_domain_names_nobody(host: str) -> None:
    assert tenant_of(host, "blog.armor.fr") is None
