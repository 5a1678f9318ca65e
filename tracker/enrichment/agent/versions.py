"""How much of a version is kept: the parts that matter to a publisher, without builds that change weekly."""

from __future__ import annotations


def short_version(version: str | None) -> str | None:
    """At most two parts of a version, a second of 0 left out: 141.0.7390.55 is 141, 15.5.0 is 15.5."""
    if not version:
        return None
    parts = version.split(".")
    return parts[0] if len(parts) == 1 or parts[1] in ("0", "") else ".".join(parts[:2])


def major(version: str | None) -> int:
    """The first part of a version; 0 when there is none."""
    first = (version or "").partition(".")[0]
    return int(first) if first.isdigit() and len(first) < 6 else 0
