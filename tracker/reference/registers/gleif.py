"""GLEIF, the register of legal entity identifiers of the world: what its golden copy holds, and what is kept of it.

Columns: https://www.gleif.org/en/lei-data/gleif-golden-copy (LEI-CDF 3.1 as CSV for level 1, RR-CDF 2.1 as CSV for level 2, which
says who consolidates whom). It has no sizes: who has an LEI and who is a parent of others stands in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from tracker.reference.registers.building import Builder, building
from tracker.reference.registers.entries import LONGEST_TEXT, Entry, Place, Sort, State
from tracker.reference.registers.files import BadFile, FileKind, Reporter, Row, by_kind, open_table

REGISTER = "gleif"

_FIVE = range(1, 6)
_NAMES = (
    *(f"Entity.OtherEntityNames.OtherEntityName.{number}" for number in _FIVE),
    *(f"Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.{number}" for number in _FIVE),
)
_NAME_TYPES = tuple(f"{name}.type" for name in _NAMES)
_EVENT = "Entity.LegalEntityEvents.LegalEntityEvent"
_EVENTS = tuple(f"{_EVENT}.{number}.LegalEntityEventType" for number in _FIVE)
_EVENT_STATES = tuple(f"{_EVENT}.{number}.event_status" for number in _FIVE)
_ENTITIES = (
    "LEI", "Entity.LegalName", "Entity.LegalAddress.Country", "Entity.EntityStatus", "Registration.RegistrationStatus",
    "Entity.HeadquartersAddress.City", "Entity.HeadquartersAddress.PostalCode", "Entity.LegalAddress.City",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "Entity.LegalForm.EntityLegalFormCode",
    "Entity.EntityCreationDate", "Registration.LastUpdateDate", "Entity.EntityCategory", "Entity.HeadquartersAddress.Region",
    *_NAMES, *_NAME_TYPES, *_EVENTS, *_EVENT_STATES,
)  # fmt: skip
_RELATIONS = (
    "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType",
    "Relationship.RelationshipStatus",
)  # fmt: skip
_ENTITY_FILES = FileKind("the golden copy of level 1", "LEI", _ENTITIES[:5])
_RELATION_FILES = FileKind("that of level 2", _RELATIONS[0], _RELATIONS)
_DIRECT, _ULTIMATE = "IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"
_INSOLVENT = frozenset({"INSOLVENCY", "LIQUIDATION", "BANKRUPTCY", "VOLUNTARY_ARRANGEMENT"})
_NO_COMPANY = frozenset({"FUND", "SOLE_PROPRIETOR", "BRANCH"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
# Ranks as of SIRENE's sizes: who has an LEI is seldom tiny, and a parent of others is large.
_RANK, _RANK_OF_PARENT = 3, 8


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
    found = by_kind(paths, (_RELATION_FILES, _ENTITY_FILES), publisher="GLEIF")
    entities, relations = found[_ENTITY_FILES], found[_RELATION_FILES]
    if not entities:
        raise BadFile("the golden copy of level 1 is missing: give its file as well, which has the names")
    with building(target) as builder:
        for path in relations:
            with open_table(path, report(path)) as table:
                builder.add_parents(_parents(table.rows(_RELATIONS)))
        reading = _Entities(builder, now.date().isoformat())
        for path in entities:
            with open_table(path, report(path)) as table:
                reading.read(table.rows(_ENTITIES))
        if not builder.count:
            raise BadFile(f"{entities[0].name}: holds no company that can be kept")
        builder.finish([("as_of", reading.as_of), ("imported_at", now.isoformat(timespec="seconds"))])
        return builder.count, reading.unusable


def _parents(rows: Iterator[Row]) -> Iterator[tuple[str, int, str]]:
    """The direct and the ultimate parent of each entity that has one."""
    for child, parent, kind, status in rows:
        if status == "ACTIVE" and kind in {_DIRECT, _ULTIMATE} and _LEI.fullmatch(child) and _LEI.fullmatch(parent):
            yield child, kind == _ULTIMATE, parent


class _Entities:
    """Reads legal entities. `as_of` becomes the newest day on which one of them was changed."""

    def __init__(self, builder: Builder, today: str) -> None:
        self._builder = builder
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
            entry = _entry(row, self._builder.parents_of(row[0]))
            if entry is not None:
                self._next += 1
                rank = _RANK_OF_PARENT if self._builder.has_children(entry.number) else _RANK
                self._builder.add(self._next, entry, rank)
                self._builder.add_national(self._next, entry.country, row[8], rank)
                if entry.seat.town:
                    self._builder.add_place(self._next, 0, entry.seat)


def _entry(row: Row, parents: Sequence[str]) -> Entry | None:
    lei, name, country, status, registration, town, postcode, legal_town, _, form, founded, _, category, area, *rest = (
        row
    )
    if not name or category in _NO_COMPANY or registration in {"DUPLICATE", "ANNULLED"}:
        return None
    columns = iter(rest)
    others, types = ([next(columns) for _ in _NAMES] for _ in range(2))
    events, standings = ([next(columns) for _ in _EVENTS] for _ in range(2))
    names = [
        (Sort.USUAL, _plain(other))
        for other, kind in zip(others, types, strict=True)
        if other and kind != "PREVIOUS_LEGAL_NAME"
    ]
    happened = {kind for kind, standing in zip(events, standings, strict=True) if standing != "WITHDRAWN_CANCELLED"}
    state = State.CEASED if status == "INACTIVE" else State.ACTIVE
    if state is State.ACTIVE and not _INSOLVENT.isdisjoint(happened):
        state = State.INSOLVENT
    return Entry(
        register=REGISTER,
        number=lei,
        name=_plain(name),
        names=tuple(names),
        form=form,
        founded=founded[:10] if _DAY.fullmatch(founded[:10]) else "",
        state=state,
        country=country[:2],
        seat=Place(_plain(postcode), _plain(town or legal_town), True, area),
        parents=tuple(dict.fromkeys(filter(None, parents))),
    )


def _plain(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]
