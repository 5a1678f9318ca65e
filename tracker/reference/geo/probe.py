"""Reads a database file in a process of its own, as thoroughly as time allows, and says what is wrong with it.

Run as `python -m tracker.reference.geo.probe FILE`: prints one JSON object, {"problem": null or [sentence, values]}.
`tracker.reference.geo.check` starts it. A damaged file may crash this process or keep it running for ever, but not the
service.
"""

from __future__ import annotations

import json
import sys
from ipaddress import IPv4Address, IPv6Address
from itertools import islice

import maxminddb

from tracker.enrichment.geo.databases import fields_of, one_line
from tracker.enrichment.geo.records import use_of
from tracker.phrase import Phrase, message

_RECORDS = 20_000
_IPS = 4_096
# The year 2100 in seconds since 1970. A later build time is damage, not a wrong clock.
_LATEST_BUILD = 4_102_444_800


def problem_of(path: str) -> Phrase | None:
    """Returns what is wrong with a file in one line; None for a database that the service can use."""
    try:
        with maxminddb.open_database(path) as opened:
            return _problem_in(opened)
    except (maxminddb.InvalidDatabaseError, UnicodeError, ValueError, OSError, TypeError, KeyError) as problem:
        reason = one_line(problem).replace(f" ({path})", "")
        return Phrase(message("it is damaged or no MaxMind database (%(reason)s)"), reason=reason)


def _problem_in(opened: maxminddb.Reader) -> Phrase | None:
    about = opened.metadata()
    if not 0 < about.build_epoch < _LATEST_BUILD:
        return Phrase(message("it is damaged (built %(seconds)s seconds after 1970)"), seconds=about.build_epoch)
    for ip in _spread(about.ip_version):
        opened.get(ip)
    for _ in islice(opened, _RECORDS):
        pass
    if use_of(about.database_type, fields_of(opened)) is None:
        kind = " ".join(str(about.database_type).split())[:60]
        return Phrase(message("it is a database of type “%(kind)s”, which says nothing that is used here"), kind=kind)
    return None


def _spread(ip_version: int) -> list[str]:
    """Yields IP addresses from the whole range. An odd multiplier never repeats one."""
    numbers = [(index * 2_654_435_761) % 2**32 for index in range(_IPS)]
    ips = [str(IPv4Address(number)) for number in numbers]
    if ip_version == 6:
        # All public IPv6 networks are in 2000::/3.
        ips += [str(IPv6Address((1 << 125) + (number << 93))) for number in numbers]
    return ips


if __name__ == "__main__":
    found = problem_of(sys.argv[1])
    sys.stdout.write(json.dumps({"problem": found and [found.sentence, found.values]}))
