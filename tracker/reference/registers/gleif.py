"""GLEIF, the register of legal entity identifiers of the world: what its golden copy holds, and what is kept of it.

Columns: https://www.gleif.org/en/lei-data/gleif-golden-copy (LEI-CDF 3.1 as CSV for level 1, RR-CDF 2.1 as CSV for level 2, which
says who consolidates whom). It has no sizes: who has an LEI and who is a parent of others stands in their place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from tracker.reference.registers.building import Builder, building
from tracker.reference.registers.entries import Entry, Place, Sort, State
from tracker.reference.registers.files import BadFile, Progress, Row, open_table

REGISTER = "gleif"

_NAMES = tuple(f"Entity.OtherEntityNames.OtherEntityName.{number}" for number in (1, 2, 3))
_NAME_TYPES = tuple(f"{name}.type" for name in _NAMES)
_EVENTS = tuple(f"Entity.LegalEntityEvents.LegalEntityEvent.{number}.LegalEntityEventType" for number in (1, 2, 3))
_ENTITIES = (
    "LEI", "Entity.LegalName", "Entity.LegalAddress.Country", "Entity.EntityStatus", "Registration.RegistrationStatus",
    "Entity.HeadquartersAddress.City", "Entity.HeadquartersAddress.PostalCode", "Entity.LegalAddress.City",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "Entity.LegalForm.EntityLegalFormCode",
    "Entity.EntityCreationDate", "Registration.LastUpdateDate", "Entity.EntityCategory", *_NAMES, *_NAME_TYPES, *_EVENTS,
)  # fmt: skip
_NEEDED_OF_ENTITIES = _ENTITIES[:5]
_RELATIONS = (
    "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType",
    "Relationship.RelationshipStatus",
)  # fmt: skip
_DIRECT, _ULTIMATE = "IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"
_INSOLVENT = frozenset({"INSOLVENCY", "LIQUIDATION", "BANKRUPTCY", "VOLUNTARY_ARRANGEMENT"})
_NO_COMPANY = frozenset({"FUND", "SOLE_PROPRIETOR", "BRANCH"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
# Ranks as of SIRENE's sizes: who has an LEI is seldom tiny, and a parent of others is large.
_RANK, _RANK_OF_PARENT = 3, 8

Reporter = Callable[[Path], Progress]


def import_files(
    target: Path,
    paths: Sequence[Path],
    *,
    now: datetime,
    report: Reporter = lambda _: lambda _read, _size: None,
) -> tuple[int, int]:
    """Builds the register's file from golden copies of level 1 and 2 and puts it in its place.

    Returns how many entities it has, and how many rows could not be used. Raises BadFile and BuildFailed; the register in use
    then stays.
    """
    entities, relations = _sorted_files(paths)
    parents: dict[str, list[str]] = {}
    for path in relations:
        with open_table(path, report(path)) as table:
            _read_parents(parents, table.rows(_RELATIONS))
    with building(target) as builder:
        reading = _Entities(builder, parents, now.date().isoformat())
        for path in entities:
            with open_table(path, report(path)) as table:
                reading.read(table.rows(_ENTITIES))
        if not builder.count:
            raise BadFile(f"{entities[0].name}: holds no company that can be kept")
        builder.finish([("as_of", reading.as_of), ("imported_at", now.isoformat(timespec="seconds"))])
        return builder.count, reading.unusable


def _sorted_files(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files of entities (level 1) and those of relationships (level 2), told apart by their columns."""
    entities: list[Path] = []
    relations: list[Path] = []
    for path in paths:
        with open_table(path) as table:
            columns = set(table.columns)
        level, needed, into = (
            (2, _RELATIONS, relations) if _RELATIONS[0] in columns else (1, _NEEDED_OF_ENTITIES, entities)
        )
        missing = [one for one in needed if one not in columns]
        if len(missing) == len(needed):
            raise BadFile(f"{path.name}: is not a golden copy of GLEIF as CSV")
        if missing:
            raise BadFile(
                f"{path.name}: the column {missing[0]} is missing, so it is not a golden copy of level {level}"
            )
        into.append(path)
    if not entities:
        raise BadFile("the golden copy of level 1 is missing: give its file as well, which has the names")
    return entities, relations


def _read_parents(parents: dict[str, list[str]], rows: Iterator[Row]) -> None:
    """Adds the direct and the ultimate parent of each entity."""
    for child, parent, kind, status in rows:
        if status == "ACTIVE" and kind in {_DIRECT, _ULTIMATE} and _LEI.fullmatch(child) and _LEI.fullmatch(parent):
            known = parents.setdefault(child, ["", ""])
            known[kind == _ULTIMATE] = parent


class _Entities:
    """Reads legal entities. `as_of` becomes the newest day on which one of them was changed."""

    def __init__(self, builder: Builder, parents: dict[str, list[str]], today: str) -> None:
        self._builder = builder
        self._parents = parents
        self._children = Counter(parent for both in parents.values() for parent in set(both) if parent)
        self._today = today
        self._next = 0
        self.as_of = ""
        self.unusable = 0

    def read(self, rows: Iterator[Row]) -> None:
        for row in rows:
            changed = row[11][:10]
            if self.as_of < changed <= self._today and _DAY.fullmatch(changed):
                self.as_of = changed
            if not _LEI.fullmatch(row[0]):
                self.unusable += 1
                continue
            entry = _entry(row, self._parents.get(row[0], ()))
            if entry is not None:
                self._next += 1
                rank = _RANK_OF_PARENT if self._children[entry.number] else _RANK
                self._builder.add(self._next, entry, rank)
                self._builder.add_national(self._next, entry.country, row[8], rank)
                if entry.seat.town:
                    town = entry.seat
                    self._builder.add_place(self._next, 0, is_seat=True, postcode=town.postcode, town=town.town)


def _entry(row: Row, parents: Sequence[str]) -> Entry | None:
    lei, name, country, status, registration, town, postcode, legal_town, _, form, founded, _, category, *rest = row
    if not name or category in _NO_COMPANY or registration in {"DUPLICATE", "ANNULLED"}:
        return None
    others, types, events = rest[:3], rest[3:6], rest[6:9]
    names = [
        (Sort.USUAL, " ".join(other.split()))
        for other, kind in zip(others, types, strict=True)
        if other and kind != "PREVIOUS_LEGAL_NAME"
    ]
    state = State.CEASED if status == "INACTIVE" else State.ACTIVE
    if state is State.ACTIVE and not _INSOLVENT.isdisjoint(events):
        state = State.INSOLVENT
    return Entry(
        register=REGISTER,
        number=lei,
        name=" ".join(name.split()),
        names=tuple(names),
        form=form,
        founded=founded[:10] if _DAY.fullmatch(founded[:10]) else "",
        state=state,
        country=country[:2],
        seat=Place(postcode, town or legal_town, True),
        parents=tuple(dict.fromkeys(filter(None, parents))),
    )
