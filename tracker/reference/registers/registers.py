"""The registers of an installation: which there are, where their files are, and a company's match in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tracker.reference.registers import gleif, sirene
from tracker.reference.registers.entries import Entry, Place
from tracker.reference.registers.matching import NO_MATCH, Asked, Match, match
from tracker.reference.registers.store import Edition, RegisterStore
from tracker.settings import Settings


class Register(NamedTuple):
    """A register: its name in commands and files, whose it is, and the credit that its licence requires."""

    name: str
    title: str
    publisher: str
    url: str
    licence: str


SIRENE = Register(sirene.REGISTER, "SIRENE", "INSEE", "https://www.insee.fr/", "Licence Ouverte 2.0")
GLEIF = Register(gleif.REGISTER, "LEI", "GLEIF", "https://www.gleif.org/", "CC0 1.0")
REGISTERS: tuple[Register, ...] = (SIRENE, GLEIF)


class Registers:
    """Looks companies up in the imported registers, the one of their country first. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self._stores = {one.name: RegisterStore(one.name, file_of(folder, one.name)) for one in REGISTERS}

    def editions(self) -> Sequence[Edition]:
        """Returns the editions in use."""
        return [edition for store in self._stores.values() if (edition := store.edition()) is not None]

    def entry(self, register: str, number: str) -> Entry | None:
        """Returns an entry by its number; None where the register or the entry is not there."""
        store = self._stores.get(register)
        return store.entry(number) if store else None

    def in_gleif(self, entry: Entry) -> Entry | None:
        """Returns the entry of GLEIF for the same company; None where it has none."""
        if entry.register == gleif.REGISTER:
            return entry
        return self._stores[gleif.REGISTER].registered_as(entry.country, entry.number)

    def group(self, entry: Entry) -> Sequence[Entry]:
        """Returns the parents of a company that GLEIF has, the direct one first."""
        known = self.in_gleif(entry)
        found = [self.entry(gleif.REGISTER, number) for number in known.parents] if known else []
        return [one for one in found if one is not None]

    def nearest(self, entry: Entry, town: str, areas: Collection[str]) -> Place | None:
        """Returns the establishment of a company in a town (by its key), else in these areas; None where none is there."""
        if entry.places < 2:
            return None
        return self._stores[entry.register].nearest(entry.number, town, areas)

    def as_of(self, register: str) -> str:
        """Returns the day that a register is of, as an ISO date; empty where it is not there."""
        edition = self._stores[register].edition()
        return edition.as_of if edition else ""

    def stamp(self) -> str:
        """Returns a text that is another one whenever a register was imported; empty without any."""
        return " ".join(f"{one.register}:{one.as_of}:{one.imported_at}" for one in self.editions())

    def match(self, asked: Asked) -> Match:
        """Returns the match of a company: the first register's that is sure, else the first that has candidates."""
        found = [match(store, asked) for store in self._stores.values()]
        sure = next((one for one in found if one.best), None)
        return sure or next((one for one in found if one.candidates), NO_MATCH)


def file_of(folder: Path, register: str) -> Path:
    """Returns the path of a register's file."""
    return folder / f"{register}.sqlite"


@lru_cache(maxsize=8)
def _registers(folder: Path) -> Registers:
    return Registers(folder)


def registers_of(settings: Settings) -> Registers:
    """Returns the registers of a data folder, one object for all who ask."""
    return _registers(settings.registers_folder)
