"""What the forms about a site share: the time zones to choose from, and a refused value in the reader's language."""

from __future__ import annotations

from zoneinfo import available_timezones

from dashboards.translations import translate
from dashboards.web.language import current_language
from tracker.db.invalid import Invalid


def words_of(problem: Invalid) -> str:
    return translate(current_language(), problem.template, **problem.values)


def time_zone_names() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
