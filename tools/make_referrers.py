"""Makes referrers.json and spam_hosts.txt from the lists that SOURCES.md names.

    python tools/make_referrers.py FOLDER

FOLDER holds matomo_SearchEngines.yml, matomo_Socials.yml, matomo_AIAssistants.yml, ga4_source_categories.csv and
referrer_spam_domains.txt. Needs PyYAML.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import yaml

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"


def main(folder: Path) -> None:
    hosts: dict[str, list[str]] = {}
    for name, definitions in yaml.safe_load((folder / "matomo_SearchEngines.yml").read_text()).items():
        for definition in definitions:
            for url in definition["urls"]:
                hosts[url] = [
                    name,
                    "search",
                    ",".join(p for p in definition.get("params") or [] if not p.startswith("/")),
                ]
    for file, medium in (("matomo_Socials.yml", "social"), ("matomo_AIAssistants.yml", "ai")):
        for name, urls in yaml.safe_load((folder / file).read_text()).items():
            for url in urls:
                hosts[url] = [name, medium, ""]
    categories: dict[str, str] = {}
    with open(folder / "ga4_source_categories.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            categories[row["source"].lower()] = row["source_category"].removeprefix("SOURCE_CATEGORY_").lower()
    content = {"hosts": dict(sorted(hosts.items())), "categories": dict(sorted(categories.items()))}
    (DATA / "referrers.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
    spam = sorted(
        {
            line.strip().lower()
            for line in (folder / "referrer_spam_domains.txt").read_text().splitlines()
            if line.strip()
        }
    )
    (DATA / "spam_hosts.txt").write_text("\n".join(spam) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
