"""The company of an email address that a visitor gave: the domain of their work. Pure.

An email address at a free mail service or a provider does not say where somebody works.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tracker.enrichment.company.evidence import Evidence, EvidenceCode, evidence
from tracker.enrichment.company.hostname import provider_domains, split_host

_FREE_MAIL = Path(__file__).parents[1] / "data" / "free_mail_domains.txt"


@cache
def free_mail_domains() -> frozenset[str]:
    lines = _FREE_MAIL.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def domain_of_email(email: str) -> tuple[str | None, Evidence]:
    """The registrable domain of a work email, else None, with the evidence or the reason."""
    host = email.rpartition("@")[2].rstrip(".").lower()
    parts = split_host(host)
    domain = parts.top_domain_under_public_suffix
    if not domain:
        return None, evidence(EvidenceCode.NOT_A_COMPANY_DOMAIN, host=host)
    if {host, domain} & (free_mail_domains() | provider_domains()):
        return None, evidence(EvidenceCode.FREE_MAIL, domain=domain)
    if parts.is_private:
        return None, evidence(EvidenceCode.PUBLIC_SUFFIX, domain=parts.suffix)
    return domain, evidence(EvidenceCode.EMAIL_HOST, host=host)
