"""Referrers that name the visitor's company: its workspace at a software service, or an internal host.

Pure. `acme.sharepoint.com` is Acme's; `jira.acme.com` is acme.com's. The hosts of the services themselves, of web mail
that everybody uses and of the site that was read name nobody.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tracker.enrichment.company.email_domain import free_mail_domains
from tracker.enrichment.company.hostname import name_of_domain, provider_domains, split_host

# The services whose customers have a name in front, and what a name of theirs may end with.
_SERVICES = (
    "sharepoint.com", "my.sharepoint.com", "atlassian.net", "jira.com", "slack.com", "lightning.force.com", "my.salesforce.com",
    "my.force.com", "my.site.com", "zendesk.com", "service-now.com", "webex.com", "okta.com", "okta-emea.com", "onelogin.com", "monday.com", "notion.site",
    "freshdesk.com", "freshservice.com", "myworkday.com", "workday.com", "bamboohr.com", "personio.de", "personio.com", "lumapps.com",
    "sherpany.com", "happeo.com", "staffbase.com", "beekeeper.io", "workplace.com", "jivesoftware.com", "jostle.us", "powellsoftware.com", "talentlms.com",
    "360learning.com", "docebosaas.com", "looker.com", "cloud.looker.com", "tableau.com", "datadoghq.com", "grafana.net", "pagerduty.com", "opsgenie.com",
    "gitlab.io", "visualstudio.com", "box.com", "app.box.com", "egnyte.com", "sugarondemand.com", "dynamics.com", "crm.dynamics.com", "crm4.dynamics.com",
    "odoo.com", "teamwork.com", "basecamphq.com", "aha.io", "productboard.com", "smartsheet.com", "kissflow.com", "quickbase.com", "zoom.us", "podio.com",
    "helpscoutdocs.com", "gorgias.com", "intercom.help", "mattermost.cloud", "rocket.chat", "teamviewer.com", "lessonly.com", "guru.com",
)  # fmt: skip
_TENANT = re.compile(
    r"([a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?)\.(?:"
    + "|".join(map(re.escape, sorted(_SERVICES, key=len, reverse=True)))
    + r")"
)
_VARIANT = re.compile(
    r"(?:-my|-admin|-public|--[a-z0-9]+|-?sandbox\d*|-?(?:uat|dev|test|prod|preprod|staging|stage)\d*)$"
)
# What the services call their own hosts, and words that are no company.
_NOBODY = frozenset(
    "www www2 app apps web login signin sso auth id account accounts my home m mobile api rest cdn static assets media img images files file download downloads upload edgeapi "
    "api-private hooks status help support community developer developers docs doc learn learning training academy university blog news marketing info go get try start "
    "portal admin console dashboard team teams workspace mail email smtp public open demo demos trial test testing dev staging sandbox example company companies "
    "business enterprise partner partners careers jobs events meet meetings join video global eu us na emea apac de fr uk europe cloud customer customers status2 trust security "
    "store marketplace addons wiki forum forums answers ideas feedback survey surveys click links link email-link t e a b c www3 default root main".split()
)
# Usual names of internal hosts, in front of a company's own domain.
_INNER = re.compile(
    r"(?:intranet|extranet|sharepoint|jira|confluence|wiki|kb|teams|lync|skype|owa|exchange|outlook|webmail|mail|mails|zimbra|roundcube|horde|messagerie|correo|posta"
    r"|gitlab|git|bitbucket|jenkins|redmine|mattermost|rocketchat|chat|crm|erp|sap|portail|portal|myportal|moncompte-rh|rh|hr|sirh|inside|insite|insidenet|connect|workplace"
    r"|servicedesk|helpdesk|glpi|itsm|citrix|vpn|sso|adfs|idp|moodle|ent|lms|elearning|citadel|alfresco|nuxeo|nextcloud|owncloud|yammer|workspace)\d{0,2}"
)
_EVERYBODYS = frozenset(
    "google microsoft office office365 live outlook yahoo orange free sfr laposte bouyguestelecom bbox wanadoo gmx web ionos 1and1 ovh gandi yandex mail proton protonmail icloud apple "
    "aol comcast att verizon t-online telekom libero virgilio tiscali naver qq 163 126 sina rambler zoho fastmail hostinger secureserver mailchimp sendgrid hubspot "
    "facebook linkedin twitter reddit wikipedia github gitlab bitbucket atlassian slack salesforce zendesk notion monday discord telegram whatsapp zoom "
    "amazon cloudflare wordpress medium substack feedly inoreader netvibes duckduckgo bing qwant ecosia baidu skynet proximus telenet bluewin swisscom sunrise hispeed".split()
)


class Tenant(NamedTuple):
    """The company that a referrer names, by its workspace's name or by its domain."""

    name: str
    domain: str | None


@lru_cache(maxsize=8_192)
def tenant_of(host: str, site: str | None = None) -> Tenant | None:
    """The company whose workspace or inner host a referrer is; None for others, and for the read site's own domain."""
    host = host.lower().rstrip(".").partition(":")[0]
    match = _TENANT.fullmatch(host)
    tenant = _of_workspace(match[1]) if match else _of_inner_host(host)
    return None if tenant is None or (site and _is_same(tenant, site)) else tenant


def _of_workspace(label: str) -> Tenant | None:
    while (shorter := _VARIANT.sub("", label)) and shorter != label:
        label = shorter
    if label in _NOBODY or len(label) < 3 or label.isdigit() or _HEXADECIMAL.fullmatch(label):
        return None
    words = [word for word in label.split("-") if word]
    return Tenant(" ".join(word.upper() if not _HAS_VOWEL.search(word) else word.capitalize() for word in words), None)


def _of_inner_host(host: str) -> Tenant | None:
    first, _, rest = host.partition(".")
    if not rest or not _INNER.fullmatch(first):
        return None
    parts = split_host(host)
    domain = parts.top_domain_under_public_suffix
    anybodys = parts.domain in _EVERYBODYS or domain in free_mail_domains() or domain in provider_domains()
    if not domain or not parts.subdomain or parts.is_private or anybodys:
        return None
    return Tenant(name_of_domain(domain), domain)


def _is_same(tenant: Tenant, site: str) -> bool:
    own = split_host(site)
    name = tenant.name.lower().replace(" ", "")
    return tenant.domain == own.top_domain_under_public_suffix or name == own.domain.replace("-", "")


_HAS_VOWEL = re.compile(r"[aeiouy]")
_HEXADECIMAL = re.compile(r"(?=.*\d)[0-9a-f]{8,}")
