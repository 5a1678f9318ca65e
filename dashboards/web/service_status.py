"""The state of the running service, as the pages show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from dashboards.presentation.dates import day
from dashboards.presentation.numbers import decimal
from dashboards.translations import catalogue, message, translate
from tracker.db.recovery import Restore
from tracker.phrase import Phrase
from tracker.service.finding import Finding
from tracker.store.repairs import Repair

LEVELS = MappingProxyType({"good": message("Good"), "hint": message("Hint"), "problem": message("Problem")})

Diagnose = Callable[[], Sequence[Finding]]


def no_diagnosis() -> Sequence[Finding]:
    """Where the application has no doctor."""
    return ()


@dataclass(frozen=True)
class ServiceStatus:
    """How the service is: what is wrong with each part, in an operator's words, or None.

    `waiting_bytes` of hits are kept and not counted yet; `repairs` are files of the event store that were set aside,
    `restores` what happened to the app database of late, `quarantined` how many lines could not be read or counted.
    """

    journal: str | None = None
    ingest: str | None = None
    event_store: str | None = None
    waiting_bytes: int = 0
    repairs: Sequence[Repair] = ()
    restores: Sequence[Restore] = ()
    quarantined: int = 0

    @property
    def needs_attention(self) -> bool:
        """Whether hits are refused, not counted, or were lost. Then every page says so."""
        broken = self.journal or self.ingest or self.event_store
        return bool(broken) or any(repair.part == "file" for repair in self.repairs)


class Line(NamedTuple):
    """A finding as it is shown. `language` is that of its words: what other programs report is in English."""

    level: str
    label: str
    words: str
    language: str


# As the sentences of commands have them.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))?")
_DECIMAL = re.compile(r"\d+\.\d+")
# What a command says after its level begins a sentence on a page: with a capital, unless a name begins it, such as secret.key.
_WORD = re.compile(r"[^\W\d_]+(?:’[^\W\d_]+)?[ \xa0\u202f:,]")


def _write(language: str, value: object) -> object:
    """A value as pages write it in a language: 74,7 and 27 nov. 2026, 07:13 in French."""
    if found := _MOMENT.fullmatch(str(value)):
        return ", ".join(
            filter(None, (day(language, date.fromisoformat(found[1]), year=True, weekday=False), found[2]))
        )
    return decimal(language, float(str(value))) if _DECIMAL.fullmatch(str(value)) else value


def line(language: str, finding: Finding) -> Line:
    """Returns the finding in a language, or in English where there is no translation of it."""
    said = finding.sentence
    phrase = said if isinstance(said, Phrase) else Phrase(said, **finding.values)
    look_up = catalogue(language).gettext
    is_english = language != "en" and look_up(phrase.sentence) == phrase.sentence
    words = phrase.in_words_of(look_up, partial(_write, language))
    if _WORD.match(look_up(phrase.sentence)):
        words = words[:1].upper() + words[1:]
    label = translate(language, LEVELS[finding.level])
    return Line(finding.level, label, words, "en" if is_english else language)
