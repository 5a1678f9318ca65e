"""Makes crawler_networks.csv from the lists of networks that SOURCES.md names.

    python tools/make_crawler_networks.py FOLDER

FOLDER holds files `<owner>_ipv4_merged.txt` and `<owner>_ipv6_merged.txt`, a network a line, plain or gzipped. Only
owners that publish the IP addresses of their crawlers and monitors are used; an owner whose list has all of its networks
is not.
"""

from __future__ import annotations

import csv
import gzip
import sys
from ipaddress import ip_network
from pathlib import Path

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"

# The owner as the files are named, the name that people know, and the kind of bot.
OWNERS = (
    ("googlebot", "Google", "search_engine"),
    ("bing", "Bing", "search_engine"),
    ("duckduckbot", "DuckDuckGo", "search_engine"),
    ("duckassistbot", "DuckAssist", "ai_assistant"),
    ("openai", "OpenAI", "ai_crawler"),
    ("perplexity", "Perplexity", "ai_crawler"),
    ("telegram", "Telegram", "preview"),
    ("pingdom", "Pingdom", "monitoring"),
    ("statuscake", "StatusCake", "monitoring"),
)


def main(folder: Path) -> None:
    names: dict[str, tuple[str, str]] = {}
    for owner, name, kind in OWNERS:
        for path in sorted(folder.glob(f"{owner}_ipv*_merged.txt*")):
            text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
            for line in text.split():
                names.setdefault(str(ip_network(line, strict=False)), (name, kind))
    ordered = sorted(map(ip_network, names), key=lambda network: (network.version, network))
    with open(DATA / "crawler_networks.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["network", "name", "kind"])
        rows.writerows((network, *names[str(network)]) for network in ordered)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
