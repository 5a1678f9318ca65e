"""The company of an email address that a visitor gave: the domain of their work. Pure.

An address at a free mail service or a provider says who carries somebody's mail, not where they work.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tracker.enrichment.company.hostname import provider_domains, split_host

_FREE_MAIL = Path(__file__).parents[1] / "data" / "free_mail_domains.txt"


@cache
def free_mail_domains() -> frozenset[str]:
    lines = _FREE_MAIL.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def domain_of_email(email: str) -> tuple[str | None, str]:
    """The registrable domain of a work address, else None, with the evidence or the reason in words."""
    host = email.rpartition("@")[2].rstrip(".").lower()
    parts = split_host(host)
    domain = parts.top_domain_under_public_suffix
    if not domain:
        return None, f"{host} is no domain of a company"
    if {host, domain} & (free_mail_domains() | provider_domains()):
        return None, f"{domain} gives addresses to anybody"
    if parts.is_private:
        return None, f"{parts.suffix} gives names to anybody"
    return domain, f"the visitor gave an address at {host}"
