"""The network list that people edit in the dashboard: a file in the data folder, beside the operator's own networks.csv.

It counts from the next visit on, since rows hold no IP address. The operator's file is never written.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

from tracker.db.seen_version import require_seen
from tracker.enrichment.network.operator_list import edited_beside, read_network_list

LONGEST = 200_000
HEAD = "network,company,domain,kind"
# What is listed as this names nobody, whatever the network's owner is called.
_NOBODY = "unknown"
_ONE_AT_A_TIME = Lock()


def edited_list(network_list_file: Path) -> str:
    """The list as people wrote it in the dashboard; empty where nobody did."""
    try:
        return edited_beside(network_list_file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def save_list(network_list_file: Path, text: str, *, seen: str | None = None) -> list[str]:
    """Saves the list unless a line of it is wrong; returns what is wrong, each with its line's number.

    `seen` is the version of the list that the person edited. Raises ChangedMeanwhileError for another one.
    """
    with _ONE_AT_A_TIME:
        present = edited_list(network_list_file)
        require_seen(seen, present, present=present)
        return _save(network_list_file, text)


def _save(network_list_file: Path, text: str) -> list[str]:
    if len(text) > LONGEST:
        return [f"the list has more than {LONGEST} characters; put the rest into {network_list_file.name}"]
    lines = text.splitlines()
    _, problems = read_network_list(lines)
    if problems:
        return problems
    path = edited_beside(network_list_file)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as made:
        made.write("\n".join(lines) + "\n" if lines else "")
    Path(made.name).replace(path)
    return []


def leave_out_range(network_list_file: Path, written: str) -> bool:
    """Adds an IP range that names nobody from now on; False where it is not a range, or is there already."""
    try:
        network = str(ip_network(written.strip(), strict=False))
    except ValueError:
        return False
    line = f"{network},,,{_NOBODY}"
    with _ONE_AT_A_TIME:
        text = edited_list(network_list_file)
        if line in text.splitlines():
            return False
        return not _save(network_list_file, f"{text.rstrip() or HEAD}\n{line}\n")
