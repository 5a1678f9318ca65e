"""What a site's settings may be: each is read from what a person typed, and refused with a sentence. Raises Invalid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_network
from zoneinfo import ZoneInfo, available_timezones

from tracker.accounts.emails import normalise_email
from tracker.db.invalid import Invalid, about
from tracker.db.models import Site
from tracker.sites.domain_name import plain_host, split_name

LANGUAGES = ("fr", "en")

# As tracker.enrichment.page.query takes them.
_PARAMETER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_MOST_PARAMETERS = 30
_MOST_HOSTS = 200
_MOST_PAGES = 100
_LONGEST_PATTERN = 300


@dataclass(frozen=True)
class Counting:
    """Which pages and hosts of a site are counted, as typed; what is None stays as it is.

    `page_parameters` are separated by spaces or commas; `default` is WordPress's list, an empty text none.
    `staging_hosts` are not counted, `other_hosts` are, as the publisher said of hosts that were seen. Nor is who comes
    from one of `excluded_referrers`, or a host below it. `excluded_pages` are patterns of paths.
    """

    page_parameters: str | None = None
    counts_development: bool | None = None
    staging_hosts: str | None = None
    other_hosts: str | None = None
    excluded_referrers: str | None = None
    excluded_pages: str | None = None

    def apply(self, site: Site) -> None:
        """Sets a site's fields, once all are valid."""
        with about("page_parameters"):
            names = None if self.page_parameters is None else parameters(self.page_parameters)
        with about("staging_hosts"):
            staging = site.staging_hosts if self.staging_hosts is None else hosts(self.staging_hosts)
            _refuse_own(site, staging)
        with about("other_hosts"):
            others = site.other_hosts if self.other_hosts is None else hosts(self.other_hosts)
        with about("excluded_referrers"):
            excluded = (
                site.excluded_referrers if self.excluded_referrers is None else referrers(self.excluded_referrers)
            )
            _refuse_own(site, excluded)
        with about("excluded_pages"):
            left_out = site.excluded_pages if self.excluded_pages is None else pages(self.excluded_pages)
        if self.page_parameters is not None:
            site.page_parameters = names
        if self.counts_development is not None:
            site.counts_development = self.counts_development
        site.staging_hosts = staging
        site.excluded_referrers = excluded
        site.excluded_pages = left_out
        site.other_hosts = "\n".join(host for host in others.split() if host not in staging.split())


def _refuse_own(site: Site, left_out: str) -> None:
    for host in left_out.split():
        if host in {site.domain, f"www.{site.domain}"}:
            raise Invalid("“%(host)s” is the site itself; exclude another host.", host=host)


def parameters(text: str) -> str | None:
    """The names of parameters that distinguish pages, separated by spaces and sorted; None for the default."""
    if text.strip().lower() == "default":
        return None
    names = sorted({name for name in re.split(r"[\s,;]+", text) if name})
    for name in names:
        if not _PARAMETER.fullmatch(name):
            raise Invalid(
                "“%(name)s” is not the name of a parameter; write names such as id or product_id.", name=name[:60]
            )
    if len(names) > _MOST_PARAMETERS:
        raise Invalid(
            "%(count)s parameters are too many; write %(most)s at most.",
            count=str(len(names)),
            most=str(_MOST_PARAMETERS),
        )
    return " ".join(names)


def hosts(text: str) -> str:
    """Hosts, one a line, as hits name them; `*.preview.example.fr` is all hosts below one."""
    lines = [line for line in re.split(r"[\s,;]+", text) if line]
    if len(lines) > _MOST_HOSTS:
        raise Invalid(
            "%(count)s hosts are too many; write %(most)s at most.", count=str(len(lines)), most=str(_MOST_HOSTS)
        )
    return "\n".join(dict.fromkeys(_host(line) for line in lines))


def pages(text: str) -> str:
    """Patterns of paths, one a line: `/admin/*` is every page below `/admin/`, a `*` is any text. Raises Invalid."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    for line in lines:
        if not line.startswith(("/", "*")) or len(line) > _LONGEST_PATTERN or not line.isprintable():
            raise Invalid("“%(pattern)s” is not a page; write one a line, such as /admin/*.", pattern=line[:60])
        if not line.strip("*/"):
            raise Invalid("“%(pattern)s” is every page of the site; write fewer.", pattern=line[:60])
    if len(lines) > _MOST_PAGES:
        raise Invalid(
            "%(count)s pages are too many; write %(most)s at most.", count=str(len(lines)), most=str(_MOST_PAGES)
        )
    return "\n".join(lines)


def referrers(text: str) -> str:
    """The hosts of referrers, one a line, without `www.`; what a host is left out for holds for those below it too."""
    return "\n".join(dict.fromkeys(host.removeprefix("*.").removeprefix("www.") for host in hosts(text).split()))


def _host(line: str) -> str:
    stars, host = ("*.", line[2:]) if line.startswith("*.") else ("", line)
    plain = plain_host(f"[{host}]") or plain_host(
        split_name(host)[0]
    )  # an IPv6 address, as it is kept, has no brackets
    if plain is None:
        raise Invalid("“%(host)s” is not a host; write one a line, such as staging.example.fr.", host=line[:60])
    return f"{stars}{plain}"


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA database. They are read once: looking through its folder takes as long as a page."""
    return frozenset(available_timezones())


def zone(name: str) -> str:
    """A time zone of the IANA database."""
    if name not in time_zones():
        raise Invalid("There is no time zone “%(zone)s”; write one such as Europe/Paris.", zone=name[:60])
    return ZoneInfo(name).key


def language(code: str) -> str:
    """A language of the reports."""
    if code not in LANGUAGES:
        raise Invalid("“%(code)s” is not a language of the reports; they are in fr and en.", code=code[:20])
    return code


def networks(text: str) -> str:
    """One network a line, as written; every line is checked."""
    lines = [line.strip() for line in re.split(r"[\n,;]", text) if line.strip()]
    for line in lines:
        try:
            ip_network(line, strict=False)
        except ValueError:
            raise Invalid(
                "“%(line)s” is not an IP address or network; write one per line, such as 203.0.113.7 or 2001:db8::/32.",
                line=line[:60],
            ) from None
    return "\n".join(dict.fromkeys(lines))


def emails(texts: Sequence[str]) -> list[str]:
    """Email addresses, each once, in the order given."""
    return list(dict.fromkeys(normalise_email(text) for text in texts if text.strip()))
