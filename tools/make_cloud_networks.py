"""Makes cloud_networks.csv from the lists of networks that SOURCES.md names.

    python tools/make_cloud_networks.py FOLDER

FOLDER holds files `<owner>_ipv4_merged.txt` and `<owner>_ipv6_merged.txt`, a network a line, plain or gzipped. Networks
beside each other are joined. Networks for documentation and private use, which
one of the lists holds as well, are left out. GitHub's are those of its build machines, which stand in Azure.
"""

from __future__ import annotations

import csv
import gzip
import sys
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from pathlib import Path

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"

# The owner as the files are named, and the name that people know.
OWNERS = (
    ("amazon", "Amazon Web Services"),
    ("cloudflare", "Cloudflare"),
    ("digitalocean", "DigitalOcean"),
    ("google", "Google"),
    ("linode", "Linode"),
    ("microsoft", "Microsoft Azure"),
    ("oracle", "Oracle Cloud"),
    ("vultr", "Vultr"),
)


def main(folder: Path) -> None:
    with open(DATA / "cloud_networks.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["network", "cloud"])
        for owner, name in OWNERS:
            four = [IPv4Network(line, strict=False) for line in _lines(folder, f"{owner}_ipv4_merged.txt*")]
            six = [IPv6Network(line, strict=False) for line in _lines(folder, f"{owner}_ipv6_merged.txt*")]
            joined: list[IPv4Network | IPv6Network] = [*collapse_addresses(four), *collapse_addresses(six)]
            rows.writerows((network, name) for network in joined if network.is_global)


def _lines(folder: Path, pattern: str) -> list[str]:
    texts = (
        gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
        for path in sorted(folder.glob(pattern))
    )
    return [line for text in texts for line in text.split()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
