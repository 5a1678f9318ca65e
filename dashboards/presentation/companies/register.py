"""What a public register says of a company, in words: activity, size, seat, state, and why it is this company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from dashboards.presentation.companies.register_facts import size_in_words
from dashboards.presentation.dates import day
from dashboards.presentation.numbers import percent
from dashboards.translations import message, translate
from tracker.reference.registers.areas import region_of, town_name
from tracker.reference.registers.entries import Entry, Place, State
from tracker.reference.registers.labels import activity_label, form_label
from tracker.reference.registers.matching import Candidate, Evidence

_EVIDENCE = {
    Evidence.SAME_NAME: message("same name without its legal form"),
    Evidence.USUAL_NAME: message("same usual name"),
    Evidence.SIGN: message("same name on the sign of its seat"),
    Evidence.ACRONYM: message("same acronym"),
    Evidence.ALIKE_NAME: message("same significant words in the name"),
    Evidence.ONLY_ONE: message("the only active company of this name"),
    Evidence.ONLY_ONE_IN_TOWN: message("the only one in this town"),
    Evidence.SAME_TOWN: message("seat in the town of its visits"),
    Evidence.ESTABLISHMENT_IN_TOWN: message("establishment in the town of its visits"),
    Evidence.TOWN_IN_NAME: message("seat in the town that its name says"),
    Evidence.SAME_FORM: message("same legal form"),
    Evidence.SAME_DOMAIN: message("same name as its domain"),
    Evidence.LARGEST: message("the largest of this name"),
    Evidence.CHOSEN: message("chosen by you"),
}
# A text of a register, with the language of its words where that is not the page's.
Said = tuple[str, str]


@dataclass(frozen=True)
class RegisterEntry:
    """An entry in words; empty where the register does not say it. `form` and `activity` have their language."""

    register: str
    number: str
    number_name: str
    written_number: str
    name: str
    form: Said
    activity: Said
    activity_code: str
    size: str
    size_year: str
    town: str
    region: str
    nearest: str
    establishments: int
    founded: str
    warning: str
    evidence: str
    confidence: str
    links: Sequence[tuple[str, str]]


def entry_in_words(language: str, candidate: Candidate, nearest: Place | None = None) -> RegisterEntry:
    """Returns an entry of a register in words, with why it is the company. `nearest` is its establishment near the visits."""
    entry = candidate.entry
    form, activity = form_label(entry), activity_label(entry, language)
    region = region_of(entry.country, entry.seat.area) if entry.register == "sirene" else None
    return RegisterEntry(
        register=entry.register,
        number=entry.number,
        number_name="SIREN" if entry.register == "sirene" else "LEI",
        written_number=written_number(entry),
        name=entry.name,
        form=(form.words, form.language) if form else ("", ""),
        activity=(activity.words, activity.language) if activity else ("", ""),
        activity_code=entry.activity,
        size=size_in_words(language, entry),
        size_year=entry.size_year,
        town=_town(entry.seat),
        region=region.name if region else "",
        nearest=_town(nearest) if nearest else "",
        establishments=entry.places,
        founded=_day(language, entry.founded),
        warning=_warning(language, entry),
        evidence=" · ".join(translate(language, _EVIDENCE[one]) for one in candidate.evidence),
        confidence=percent(language, min(candidate.confidence, 0.99)),
        links=links_of(language, entry),
    )


def written_number(entry: Entry) -> str:
    """Returns a number as people write it: a SIREN in groups of three."""
    number = entry.number
    return "\u202f".join((number[:3], number[3:6], number[6:])) if entry.register == "sirene" else number


def links_of(language: str, entry: Entry) -> list[tuple[str, str]]:
    """Returns pages about the company: what each is called, and its URL.

    Those for a SIREN are as the Annuaire des entreprises writes its own and INPI's (src/clients/routes.ts of its public source).
    """
    if entry.register == "sirene":
        pages = [
            ("Annuaire des entreprises", f"https://annuaire-entreprises.data.gouv.fr/entreprise/{entry.number}"),
            (translate(language, "Company register (INPI)"), f"https://data.inpi.fr/entreprises/{entry.number}"),
        ]
    else:
        pages = [("GLEIF", f"https://search.gleif.org/#/record/{entry.number}")]
    words = quote(entry.name)
    town = quote(f"{entry.name} {entry.seat.town}".strip())
    pages.append(("LinkedIn", f"https://www.linkedin.com/search/results/companies/?keywords={words}"))
    pages.append((translate(language, "Web search"), f"https://duckduckgo.com/?q={town}"))
    return pages


def _town(place: Place) -> str:
    return " ".join(part for part in (place.postcode, town_name(place.town)) if part)


def _warning(language: str, entry: Entry) -> str:
    if entry.state is State.CEASED:
        if entry.ceased:
            return translate(language, "Ceased on %(day)s.", day=_day(language, entry.ceased))
        return translate(language, "This company has ceased.")
    return translate(language, "This company is insolvent.") if entry.state is State.INSOLVENT else ""


def _day(language: str, iso: str) -> str:
    try:
        return day(language, date.fromisoformat(iso), year=True, weekday=False)
    except ValueError:
        return ""
