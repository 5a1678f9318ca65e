"""The lines that the licences of outside data in use ask for, on pages and in emails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.reference.geo.attribution import LicenceCredit
from tracker.reference.geo.attribution import attributions as of_geo
from tracker.reference.registers.registers import REGISTERS, registers_of
from tracker.settings import Settings


def attributions(settings: Settings) -> Sequence[LicenceCredit]:
    """Returns the attributions of a data folder's geo databases and registers, each once."""
    return (*of_geo(settings), *_of_registers(settings))


def _of_registers(settings: Settings) -> Iterator[LicenceCredit]:
    """The source, the licence and the day of each register, as the Licence Ouverte 2.0 asks; CC0 asks for nothing."""
    known = {one.name: one for one in REGISTERS}
    for edition in registers_of(settings).editions():
        one = known[edition.register]
        day = f", {edition.as_of}" if edition.as_of else ""
        yield LicenceCredit("", f"{one.title} ({one.publisher}{day}), {one.licence}", one.url)
