"""What the caches of reading a log may take, whatever strangers asked for: the entries of each times its largest one."""

from __future__ import annotations

import gc
from functools import _lru_cache_wrapper
from typing import Any

from tests.imports.log_lines import AGENT, line, read_log
from tests.ingest.test_caches import MEGABYTE, largest_entry


def caches() -> list[Any]:
    """All caches of the importer that are alive."""
    gc.unfreeze()  # what was there before the first test is not listed else
    found = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
    return [one for one in found if (one.__module__ or "").startswith("tracker.imports") and one.cache_info().currsize]


def worst_lines() -> list[str]:
    return [
        line(
            f"GET /{number}{'x' * size}?a={'y' * size} HTTP/1.1",
            referrer=f"https://a.fr/{number}{'z' * size}",
            agent=f"{AGENT} {number}{'é' * size}{'w' * size}",
            time=f"16/Nov/2026:10:{number:02}:03 +0100",
        )
        for number, size in enumerate((1, 100, 400, 2_000, 15_000))
    ]


def test_no_cache_of_reading_a_log_grows_with_the_lines() -> None:
    read_log(worst_lines())
    most = {one.__name__: one.cache_parameters()["maxsize"] * largest_entry(one) for one in caches()}
    assert {"shape_of", "kind_by_name", "parse_time", "_is_certain"} <= set(most)
    assert [(name, size) for name, size in most.items() if size > 12 * MEGABYTE] == []
