"""Makes listed_companies.csv, companies of the large stock indices with their sites, from the package pytickersymbols.

    uv run --with pytickersymbols python tools/make_listed_companies.py

Companies that sell access, transit, hosting or content networks are left out. So are names of one ordinary word, which a
small provider may have as well.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from pytickersymbols import PyTickerSymbols

from tracker.enrichment.organisation.legal_forms import without_legal_form

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"

_PROVIDERS = re.compile(
    r"telecommunications? serv|wireless telecom|telecommunications? (?:industry|mass|media)|integrated telecom|^telecommunications?$|mobile telecom"
    r"|cable tv|pay television|cable & other|internet services? ?(?:&|and)? ?infra|cloud computing$|^internet$|satellite telecom|communications services"
    r"|social media|in-dienstleistungen",
    re.IGNORECASE,
)
_PROVIDER_NAMES = re.compile(
    r"alphabet|google|meta platforms|microsoft|apple|amazon|oracle|akamai|cloudflare|zscaler|digitalocean|equinix|digital realty|verisign|netflix|ntt|nippon tele"
    r"|softbank|kddi|united internet|ionos|1&1|godaddy|viasat|gogo|uniti|shentel|lumen|cogent|liberty|telecom|telef|telia|vodafone|orange|proximus|kpn|elisa"
    r"|swisscom|freenet|american tower|crown castle|cellnex|inwit|rackspace|ringcentral|alibaba|tencent|baidu|airtel|bt group|at&t|comcast|charter|verizon|cable"
    r"|tele2|telenor|telus|rogers|t-mobile|iridium|echostar|dish|rakuten|globalstar|cleanspark|marathon digital|riot|core scientific|fastly|iac|match group",
    re.IGNORECASE,
)
# Names of one ordinary word, which others may have too.
_ORDINARY = frozenset(
    "agile box block target gap ball key next life match energy first general national united universal global alliance allegiant "
    "summit pioneer liberty premier progressive prime vital atlas apex orion ultra zenith dover echo edge fox hub icon ivy link matrix "
    "nexus nova omega onto origin pool rapid regal relay sage signet snap spire spark square sun surge toast trip unity vector visteon wave "
    "aspen axis beacon cable carter catalyst centene central chase citizens columbus comfort connect dynamic eagle elevate evolution fabrinet "
    "interface secom nexon salesforce teradata f5 switch sunrise helix vertex vulcan domino concentra cadence".split()
)


def main() -> None:
    found: dict[str, str] = {}
    for stock in PyTickerSymbols().get_all_stocks():
        name = re.sub(r"\s*\(.*?\)", "", stock["name"]).strip()
        plain = " ".join(without_legal_form(name.replace(",", "").split()))
        industries = stock.get("industries") or []
        if (
            any(map(_PROVIDERS.search, industries))
            or _PROVIDER_NAMES.search(name)
            or plain.lower() in _ORDINARY
            or len(name) < 3
        ):
            continue
        site = str((stock.get("metadata") or {}).get("website") or "").lower()
        domain = re.sub(r"^(?:https?://)?(?:www\d?\.)?", "", site).split("/")[0].split(" ")[0]
        found.setdefault(plain, domain if re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", domain) else "")
    with open(DATA / "listed_companies.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["name", "domain", "kind", "also"])
        rows.writerows((name, domain, "business", "") for name, domain in sorted(found.items()))


if __name__ == "__main__":
    main()
