"""Which entry of a register a company is: the candidates of its name, weighed by the evidence for each.

A candidate's weight is the product of its parts: how its name agrees, its size (who has a network of their own is seldom
small), its town, its legal form, its domain. What is not in the register, or has a longer name, is weighed too. The share of
the first candidate in the sum is the confidence; below SHOWN nothing is shown by itself, and the publisher may choose.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from tracker.reference.registers.areas import FRENCH, is_foreign_domain, is_one_country, is_one_part
from tracker.reference.registers.entries import Entry, Sort, State
from tracker.reference.registers.forms import form_agrees, is_foreign_form, is_public
from tracker.reference.registers.name_keys import GROUP_WORDS, NameKeys, name_keys, town_key
from tracker.reference.registers.store import MOST_NAMESAKES, Found, RegisterStore

SHOWN = 0.9
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
    TOWN_IN_NAME = "town_in_name"
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

    `candidates` are the most likely ones, the best included.
    """

    best: Candidate | None
    candidates: tuple[Candidate, ...]


NO_MATCH = Match(None, ())

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
_TOWNS = MappingProxyType({"seat": 7.0, "establishment": 4.0, "": 0.2})
# Many networks stand in the geo databases with the capital, wherever they are, so that it says little.
_CAPITAL = "paris"
_IN_CAPITAL = MappingProxyType({"seat": 1.6, "establishment": 1.2, "": 0.8})
_TOWN_IN_NAME, _SHORTEST_IN_NAME = 4.0, 4
_OTHER_COUNTRY, _UNKNOWN_COUNTRY = 0.1, 0.5
# A company is not its group, its holding or its branch in a country: these are offered, and not shown.
_OF_ITS_GROUP = 0.05
_SAME_FORM, _OTHER_FORM = 4.0, 0.05
_CEASED = 0.05
# Companies that hold property (SCI) bear the name of the company that uses it.
_PROPERTY_FORM, _PROPERTY = "654", 0.2
_SAME_DOMAIN = 3.0
# What is not in the register, by how many words the name has: a single word may be anybody's.
_NOT_IN_REGISTER = (3.0, 1.5, 0.7, 0.4)
# If no place confirms the name, it may be that of a company that is not in the register, of which this is a namesake: one that is
# shown has at least this rank, by how many words the name has. Legal form and domain say no more, for namesakes share them.
_LEAST_ALONE = (12, 12, 11, 11)
# A fifth of the companies have their seat in the capital, so that it says something where a namesake would have to have it too.
_NOT_IN_CAPITAL = 0.66
# What another company of the same name weighs at least then.
_NAMESAKE = 5.0
# Who employs nobody has a network of their own so seldom that others are at least as likely as that.
_NOBODY_EMPLOYED = 1.0
_LONGER_NAME = 0.05
_ACRONYM_OF = 4


def match(store: RegisterStore, asked: Asked) -> Match:
    """Returns which entry of the register a company is, and which it may be."""
    keys = name_keys(asked.name)
    if keys is None or not _may_be_in(store.register, asked, keys):
        return NO_MATCH
    found = store.named(keys)
    if not found:
        return NO_MATCH
    town = town_key(asked.town)
    present = store.in_town([one.id for one in found if one.town_key != town], town)
    weighed = sorted((_weighed(one, asked, keys, town, present) for one in found), key=lambda one: -one[0])
    others = _others(store, keys, found, weighed, is_confirmed=_is_confirmed(asked, weighed[0], town))
    total = sum(weight for weight, *_ in weighed) + others
    candidates = tuple(
        Candidate(store.with_places(one), round(weight / total, 4), tuple(evidence))
        for weight, one, evidence in weighed[:MOST_CANDIDATES]
    )
    first = candidates[0]
    first = first._replace(evidence=(*first.evidence, *_of_all(weighed, town)))
    candidates = (first, *candidates[1:])
    return Match(first if first.confidence >= SHOWN else None, candidates)


def _may_be_in(register: str, asked: Asked, keys: NameKeys) -> bool:
    """Whether a register of one country is asked about a company of that country."""
    if register != "sirene":
        return asked.country != ""
    if is_foreign_form(keys):
        return False
    return asked.country == "" or asked.country in FRENCH or asked.domain.endswith(".fr")


def _weighed(
    one: Found, asked: Asked, keys: NameKeys, town: str, present: Collection[int]
) -> tuple[float, Found, list[Evidence]]:
    """A candidate with its weight and evidence; `present` are those that have an establishment in the town."""
    evidence = [Evidence.ALIKE_NAME if one.is_loose else _WORDS_OF_SORT[one.sort]]
    weight = _OF_SORT[one.sort] * (_LOOSE if one.is_loose else 1.0) * _OF_RANK[min(one.rank, len(_OF_RANK) - 1)]
    if one.entry.state is not State.ACTIVE:
        weight *= _CEASED
    if one.is_loose and _is_of_its_group(keys, one.entry):
        weight *= _OF_ITS_GROUP
    is_foreign = _is_of_another_country(asked, one.entry)
    if is_foreign or not asked.country:
        weight *= _OTHER_COUNTRY if is_foreign else _UNKNOWN_COUNTRY
    if one.entry.form.startswith(_PROPERTY_FORM) and not keys.form:
        weight *= _PROPERTY
    form = form_agrees(keys, one.entry)
    if form is not None:
        weight *= _SAME_FORM if form else _OTHER_FORM
        evidence += [Evidence.SAME_FORM] * form
    is_in_name = _is_in_name(one.town_key, keys)
    if town and one.entry.seat.town:
        same = one.town_key == town and is_one_part(asked.country, one.entry.seat.area)
        place = "seat" if same else "establishment" if one.id in present else ""
        if place or not is_in_name:
            weight *= (_IN_CAPITAL if town == _CAPITAL else _TOWNS)[place]
        evidence += {"seat": [Evidence.SAME_TOWN], "establishment": [Evidence.ESTABLISHMENT_IN_TOWN]}.get(place, [])
    if is_in_name:
        weight *= _TOWN_IN_NAME
        evidence.append(Evidence.TOWN_IN_NAME)
    if asked.domain and not is_foreign and _is_named_so(asked.domain, one, keys):
        weight *= _SAME_DOMAIN
        evidence.append(Evidence.SAME_DOMAIN)
    return weight, one, evidence


def _is_in_name(town: str, keys: NameKeys) -> bool:
    """Whether a name says the town of a seat: Ville de Nantes. The capital is in the names of many that are not there."""
    return len(town) >= _SHORTEST_IN_NAME and town not in {_CAPITAL, keys.exact} and f" {town} " in f" {keys.exact} "


def _is_of_its_group(keys: NameKeys, entry: Entry) -> bool:
    """Whether a name and an entry's differ by a word that tells a group, a holding or a country's branch from a company."""
    said = GROUP_WORDS.intersection(keys.words)
    written = f"{entry.name} {' '.join(name for _, name in entry.names)}".casefold()
    if not said and not any(word in written for word in GROUP_WORDS):
        return False
    names = [name_keys(name) for name in (entry.name, *(name for _, name in entry.names))]
    return all(said != GROUP_WORDS.intersection(one.words) for one in names if one and one.loose == keys.loose)


def _is_named_so(domain: str, one: Found, keys: NameKeys) -> bool:
    """Whether a domain is made of one of an entry's names: `decathlon-france.fr`, `decathlon.fr`. `keys` are those asked for."""
    label = domain.split(".", maxsplit=1)[0].replace("-", "")
    if not one.is_loose and one.sort is not Sort.ACRONYM and _makes(keys, label):
        return True
    names = [(Sort.NAME, one.entry.name)] if one.is_loose or one.sort is not Sort.NAME else []
    others = (*names, *(other for other in one.entry.names if other[0] is not Sort.ACRONYM))
    return any((found := name_keys(name)) is not None and _makes(found, label) for _, name in others)


def _makes(keys: NameKeys, label: str) -> bool:
    return label in {keys.exact.replace(" ", ""), keys.loose.replace(" ", "")}


def _others(
    store: RegisterStore,
    keys: NameKeys,
    found: Sequence[Found],
    weighed: Sequence[tuple[float, Found, list[Evidence]]],
    *,
    is_confirmed: bool,
) -> float:
    """The weight of all that was not weighed: who is not in the register, has a longer name, or is one namesake too many."""
    words = min(len(keys.loose.split()), len(_NOT_IN_REGISTER) - 1)
    _, best, evidence = weighed[0]
    only_acronym = best.sort is Sort.ACRONYM and not best.is_loose
    weight = _NOT_IN_REGISTER[words] * (_ACRONYM_OF if only_acronym else 1)
    if best.rank == 0:
        weight = max(weight, _NOBODY_EMPLOYED)
    if not is_confirmed:
        alone = _OF_RANK[_LEAST_ALONE[words]] * (1 / SHOWN - 1)
        weight = max(weight, alone * (_NOT_IN_CAPITAL if Evidence.SAME_TOWN in evidence else 1)) * _shared(
            best, evidence
        )
        # Whatever their size, each other company of exactly this name may be the one.
        rest = (one for one in weighed[1:] if not one[1].is_loose and one[1].entry.state is State.ACTIVE)
        weight += sum(max(0.0, _NAMESAKE - own) for own, *_ in rest)
    known = {one.id for one in found}
    weight += sum(_OF_RANK[rank] * _LONGER_NAME for entry, _, rank in store.family(keys.exact) if entry not in known)
    if len(found) >= MOST_NAMESAKES:
        weight += weighed[-1][0] * MOST_NAMESAKES
    return weight


def _shared(one: Found, evidence: Collection[Evidence]) -> float:
    """What form and domain have added to a candidate's weight, where a namesake of the company has them as well.

    The form of a public body is that of few namesakes.
    """
    by_form = _SAME_FORM if Evidence.SAME_FORM in evidence and not is_public(one.entry) else 1
    return by_form * (_SAME_DOMAIN if Evidence.SAME_DOMAIN in evidence else 1)


def _is_of_another_country(asked: Asked, entry: Entry) -> bool:
    """Whether the visits or the domain of a company are of another country than an entry."""
    if entry.country == "FR" and is_foreign_domain(asked.domain):
        return True
    return bool(asked.country and entry.country) and not is_one_country(asked.country, entry.country)


def _is_confirmed(asked: Asked, first: tuple[float, Found, list[Evidence]], town: str) -> bool:
    """Whether a place speaks for a candidate; the capital does not, where networks stand by default."""
    _, found, evidence = first
    if _is_of_another_country(asked, found.entry):
        return False
    places = {Evidence.SAME_TOWN, Evidence.ESTABLISHMENT_IN_TOWN} if town != _CAPITAL else set()
    said = {Evidence.TOWN_IN_NAME} if asked.country else set()
    return not (places | said).isdisjoint(evidence)


def _of_all(weighed: Sequence[tuple[float, Found, list[Evidence]]], town: str) -> list[Evidence]:
    """What only shows when all candidates are side by side."""
    active = [one for _, one, _ in weighed if one.entry.state is State.ACTIVE]
    if len(active) == 1:
        return [Evidence.ONLY_ONE]
    first = weighed[0][1]
    in_town = [one for one in active if town and one.town_key == town]
    if in_town == [first]:
        return [Evidence.ONLY_ONE_IN_TOWN]
    return [Evidence.LARGEST] if all(first.rank > one.rank for one in active if one is not first) else []
