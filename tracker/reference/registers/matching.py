"""Which entry of a register a company is: the candidates of its name, weighed by the evidence for each.

A candidate's weight is the product of its parts: how its name agrees, its size (who has a network of their own is seldom
small), its town, its legal form, its domain. What is not in the register, or has a longer name, is weighed too. The share of
the first candidate in the sum is the confidence; below SHOWN nothing is shown by itself, and the publisher may choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from tracker.reference.registers.areas import FRENCH
from tracker.reference.registers.entries import Entry, Sort, State
from tracker.reference.registers.labels import forms_of_the_world
from tracker.reference.registers.name_keys import NameKeys, name_keys, town_key
from tracker.reference.registers.store import MOST_NAMESAKES, Found, RegisterStore

SHOWN = 0.85
MOST_CANDIDATES = 8


class Evidence(StrEnum):
    """What speaks for an entry. The value stands in files and in the API."""

    SAME_NAME = "same_name"
    USUAL_NAME = "usual_name"
    SIGN = "sign"
    ACRONYM = "acronym"
    ALIKE_NAME = "alike_name"
    ONLY_ONE = "only_one"
    ONLY_ONE_IN_TOWN = "only_one_in_town"
    SAME_TOWN = "same_town"
    ESTABLISHMENT_IN_TOWN = "establishment_in_town"
    SAME_FORM = "same_form"
    SAME_DOMAIN = "same_domain"
    LARGEST = "largest"
    CHOSEN = "chosen"


class Asked(NamedTuple):
    """What is known of a company. `country` is an ISO code, `town` where most of its visits come from; both may be empty."""

    name: str
    country: str = ""
    town: str = ""
    domain: str = ""


class Candidate(NamedTuple):
    """An entry that a company may be, with its share of all that was weighed, 0 to 1."""

    entry: Entry
    confidence: float
    evidence: tuple[Evidence, ...]


class Match(NamedTuple):
    """The outcome for one company. `best` is the entry that it is with enough confidence, or None.

    `candidates` are the most likely ones, the best included; `namesakes` is how many were found.
    """

    best: Candidate | None
    candidates: tuple[Candidate, ...]
    namesakes: int


NO_MATCH = Match(None, (), 0)

_OF_SORT = MappingProxyType({Sort.NAME: 1.0, Sort.USUAL: 0.8, Sort.SIGN: 0.4, Sort.ACRONYM: 0.15})
_WORDS_OF_SORT = MappingProxyType(
    {
        Sort.NAME: Evidence.SAME_NAME,
        Sort.USUAL: Evidence.USUAL_NAME,
        Sort.SIGN: Evidence.SIGN,
        Sort.ACRONYM: Evidence.ACRONYM,
    }
)
_LOOSE = 0.35
# By rank (tracker.reference.registers.sirene.SIZES): the number of employees to the power of 0.6.
_OF_RANK = (1.0, 1.7, 2.6, 3.7, 5.0, 8.5, 13.0, 20.0, 26.0, 34.0, 54.0, 80.0, 130.0, 200.0, 300.0)
_TOWNS = MappingProxyType({"seat": 7.0, "establishment": 4.0, "": 0.4})
# Many networks stand in the geo databases with the capital, wherever they are, so that it says little.
_CAPITAL = "paris"
_IN_CAPITAL = MappingProxyType({"seat": 2.5, "establishment": 1.5, "": 0.6})
_SAME_COUNTRY, _OTHER_COUNTRY = 1.0, 0.1
_SAME_FORM, _OTHER_FORM = 4.0, 0.05
_CEASED = 0.05
# Companies that hold property (SCI) bear the name of the company that uses it.
_PROPERTY_FORM, _PROPERTY = "654", 0.2
_SAME_DOMAIN = 3.0
# What is not in the register, by how many words the name has: a single word may be anybody's.
_NOT_IN_REGISTER = (3.0, 1.5, 0.7, 0.4)
# Who employs nobody has a network of their own so seldom that others are at least as likely as that.
_NOBODY_EMPLOYED = 1.0
_LONGER_NAME = 0.05
_ACRONYM_OF = 4
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
_PUBLIC = ("4", "71", "72", "73", "74")
_PUBLIC_WORDS = frozenset("commune departement region communaute syndicat ministere universite lycee college".split())


def match(store: RegisterStore, asked: Asked) -> Match:
    """Returns which entry of the register a company is, and which it may be."""
    keys = name_keys(asked.name)
    if keys is None or not _may_be_in(store.register, asked, keys):
        return NO_MATCH
    found = store.named(keys)
    if not found:
        return NO_MATCH
    town = town_key(asked.town)
    weighed = sorted((_weighed(store, one, asked, keys, town) for one in found), key=lambda one: -one[0])
    others = _others(store, keys, found, weighed)
    total = sum(weight for weight, *_ in weighed) + others
    candidates = tuple(
        Candidate(one.entry, round(weight / total, 4), tuple(evidence))
        for weight, one, evidence in weighed[:MOST_CANDIDATES]
    )
    first = candidates[0]
    first = first._replace(evidence=(*first.evidence, *_of_all(weighed, town)))
    candidates = (first, *candidates[1:])
    return Match(first if first.confidence >= SHOWN else None, candidates, len(found))


def _may_be_in(register: str, asked: Asked, keys: NameKeys) -> bool:
    """Whether a register of one country is asked about a company of that country."""
    if register != "sirene":
        return asked.country != ""
    if is_foreign_form(keys.form):
        return False
    return asked.country == "" or asked.country in FRENCH or asked.domain.endswith(".fr")


def _weighed(
    store: RegisterStore, one: Found, asked: Asked, keys: NameKeys, town: str
) -> tuple[float, Found, list[Evidence]]:
    evidence = [Evidence.ALIKE_NAME if one.is_loose else _WORDS_OF_SORT[one.sort]]
    weight = _OF_SORT[one.sort] * (_LOOSE if one.is_loose else 1.0) * _OF_RANK[min(one.rank, len(_OF_RANK) - 1)]
    if one.entry.state is not State.ACTIVE:
        weight *= _CEASED
    if asked.country and one.entry.country:
        weight *= _SAME_COUNTRY if _is_one_country(asked.country, one.entry.country) else _OTHER_COUNTRY
    if one.entry.form.startswith(_PROPERTY_FORM) and not keys.form:
        weight *= _PROPERTY
    form = _form_agrees(keys, one.entry)
    if form is not None:
        weight *= _SAME_FORM if form else _OTHER_FORM
        evidence += [Evidence.SAME_FORM] * form
    if town and one.entry.seat.town:
        place = "seat" if town_key(one.entry.seat.town) == town else store.is_in_town(one.id, town)
        weight *= (_IN_CAPITAL if town == _CAPITAL else _TOWNS)[place]
        evidence += {"seat": [Evidence.SAME_TOWN], "establishment": [Evidence.ESTABLISHMENT_IN_TOWN]}.get(place, [])
    if asked.domain and _is_named_so(asked.domain, one.entry):
        weight *= _SAME_DOMAIN
        evidence.append(Evidence.SAME_DOMAIN)
    return weight, one, evidence


def _form_agrees(keys: NameKeys, entry: Entry) -> bool | None:
    """Whether the legal form in a name is the entry's; None where nothing is said of it."""
    if entry.register != "sirene":
        return _world_form_agrees(keys.form, entry.form)
    if not _PUBLIC_WORDS.isdisjoint({keys.words[0], keys.loose.split()[0]}):
        return entry.form.startswith(_PUBLIC)
    expected = _FORMS.get(keys.form)
    return entry.form.startswith(expected) if expected else None


def _world_form_agrees(form: str, code: str) -> bool | None:
    """Whether a form in a name is that of an entry's code of ISO 20275; None where one of them is not known."""
    known = forms_of_the_world().get(code)
    if not form or known is None or form not in _abbreviations():
        return None
    return form in known.abbreviations


def is_foreign_form(form: str) -> bool:
    """Whether a form in a name is one that companies of other countries have, and none of France has."""
    return form in _abbreviations() and form not in _FORMS and form not in _OTHER_FRENCH_FORMS


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    return frozenset().union(*(one.abbreviations for one in forms_of_the_world().values()))


def _is_one_country(one: str, other: str) -> bool:
    return one == other or (one in FRENCH and other in FRENCH)


def _is_named_so(domain: str, entry: Entry) -> bool:
    """Whether a domain is made of one of the entry's names: `decathlon-france.fr`, `decathlon.fr`."""
    label = domain.split(".", maxsplit=1)[0].replace("-", "")
    for name in (entry.name, *(name for sort, name in entry.names if sort is not Sort.ACRONYM)):
        keys = name_keys(name)
        if keys and label in {keys.exact.replace(" ", ""), keys.loose.replace(" ", "")}:
            return True
    return False


def _others(
    store: RegisterStore, keys: NameKeys, found: Sequence[Found], weighed: Sequence[tuple[float, Found, list[Evidence]]]
) -> float:
    """The weight of all that was not weighed: who is not in the register, has a longer name, or is one namesake too many."""
    words = len(keys.loose.split())
    best = weighed[0][1]
    only_acronym = best.sort is Sort.ACRONYM and not best.is_loose
    weight = _NOT_IN_REGISTER[min(words, len(_NOT_IN_REGISTER) - 1)] * (_ACRONYM_OF if only_acronym else 1)
    if best.rank == 0:
        weight = max(weight, _NOBODY_EMPLOYED)
    known = {one.id for one in found}
    weight += sum(_OF_RANK[rank] * _LONGER_NAME for entry, _, rank in store.family(keys.exact) if entry not in known)
    if len(found) >= MOST_NAMESAKES:
        weight += weighed[-1][0] * MOST_NAMESAKES
    return weight


def _of_all(weighed: Sequence[tuple[float, Found, list[Evidence]]], town: str) -> list[Evidence]:
    """What only shows when all candidates are side by side."""
    active = [one for _, one, _ in weighed if one.entry.state is State.ACTIVE]
    if len(active) == 1:
        return [Evidence.ONLY_ONE]
    first = weighed[0][1]
    in_town = [one for one in active if town and town_key(one.entry.seat.town) == town]
    if in_town == [first]:
        return [Evidence.ONLY_ONE_IN_TOWN]
    return [Evidence.LARGEST] if all(first.rank > one.rank for one in active if one is not first) else []
