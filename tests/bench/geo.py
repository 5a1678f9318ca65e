"""Real-size geo databases for the benchmark, if the developer has some."""

from __future__ import annotations

from pathlib import Path

REAL_SIZE = Path(__file__).parents[3] / "shared" / "data" / "geo"


def provide_geo(folder: Path) -> bool:
    """Links the real-size databases into a data folder's `geo`. Returns whether there were any."""
    found = sorted(REAL_SIZE.glob("*.mmdb"))
    folder.mkdir(parents=True, exist_ok=True)
    for path in found:
        (folder / path.name).symlink_to(path)
    return bool(found)
