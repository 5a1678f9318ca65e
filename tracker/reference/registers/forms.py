"""The legal form in a company's name beside the one that a register has of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from tracker.reference.registers.entries import Entry
from tracker.reference.registers.labels import forms_of_the_world
from tracker.reference.registers.name_keys import NameKeys

# The categories of French law that a form in a name stands for, by their first digits.
_FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sa": ("55", "56"),
        "sas": ("57",),
        "sasu": ("57",),
        "sarl": ("54",),
        "eurl": ("54",),
        "snc": ("52",),
        "se": ("58",),
        "sci": ("65",),
        "scp": ("65",),
        "gaec": ("6533",),
        "earl": ("6598",),
        "scea": ("6597",),
        "gie": ("62",),
        "scop": ("5458", "5558", "5658"),
        "selarl": ("5485",),
        "selas": ("5785",),
    }
)
# What stands in French names too, so that it does not speak for another country.
_OTHER_FRENCH_FORMS = frozenset(
    "ei eirl sca scs sem spl sel selca selafa sep sc scm sccv scea scpi scop scic gfa gfr gaec cuma asl association fondation ste cie"
    " societe coop groupe group sicav fcp".split()
)
# Beside another form they say nothing of the country: Martin & Co SAS.
_IN_MANY_NAMES = frozenset({"co", "company"})
_PUBLIC = ("4", "71", "72", "73", "74")
_PUBLIC_WORDS = frozenset("commune departement region communaute syndicat ministere universite lycee college".split())


def form_agrees(keys: NameKeys, entry: Entry) -> bool | None:
    """Whether the legal form in a name is the entry's; None where nothing is said of it."""
    if entry.register != "sirene":
        return _of_the_world_agrees(keys.form, entry.form)
    if not _PUBLIC_WORDS.isdisjoint({keys.words[0], keys.loose.split()[0]}):
        return is_public(entry)
    expected = _FORMS.get(keys.form)
    return entry.form.startswith(expected) if expected else None


def is_public(entry: Entry) -> bool:
    """Whether an entry of SIRENE has a legal form of public bodies."""
    return entry.register == "sirene" and entry.form.startswith(_PUBLIC)


def _of_the_world_agrees(form: str, code: str) -> bool | None:
    """Whether a form in a name is that of an entry's code of ISO 20275; None where one of them is not known."""
    known = forms_of_the_world().get(code)
    if not form or known is None or form not in _abbreviations():
        return None
    return form in known.abbreviations


def is_foreign_form(keys: NameKeys) -> bool:
    """Whether a name has a form that companies of other countries have, and none of France has.

    Some have several: Co., Ltd. or Oy Ab, or what a network's registry has added to the name.
    """
    several = (word for word in keys.form_words if len(word) > 1 and word not in _IN_MANY_NAMES)
    return _is_foreign(keys.form) or (len(keys.form_words) > 1 and any(map(_is_foreign, several)))


def _is_foreign(form: str) -> bool:
    return form in _abbreviations() and form not in _FORMS and form not in _OTHER_FRENCH_FORMS


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    return frozenset().union(*(one.abbreviations for one in forms_of_the_world().values()))
