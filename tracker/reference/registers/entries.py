"""What a register says of a company, in the shape that all registers share; codes are the register's own."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

# No company's name or town is longer; what is would fill a page.
LONGEST_TEXT = 500


class Sort(IntEnum):
    """What a name is to its company. The value is kept in the register's file."""

    NAME = 0
    USUAL = 1
    SIGN = 2
    ACRONYM = 3


class State(StrEnum):
    """Whether a company still exists. The value is kept in the register's file."""

    ACTIVE = "A"
    CEASED = "C"
    INSOLVENT = "I"


class Place(NamedTuple):
    """A place of a company: its seat or another establishment. Texts may be empty.

    `area` is the department in France, elsewhere the code of ISO 3166-2 that the register has.
    """

    postcode: str
    town: str
    is_seat: bool
    area: str = ""


class Entry(NamedTuple):
    """A company in a register. Texts are empty and dates incomplete where the register does not say them.

    `size` is a code of the register, `size_year` the year it is of, `founded` and `ceased` are ISO dates. `places` is the
    number of establishments known, 0 where the register has none. `parents` are the numbers of the direct and the ultimate
    parent.
    """

    register: str
    number: str
    name: str
    names: tuple[tuple[Sort, str], ...] = ()
    form: str = ""
    activity: str = ""
    activity_list: str = ""
    activity_2025: str = ""
    size: str = ""
    size_year: str = ""
    category: str = ""
    founded: str = ""
    ceased: str = ""
    state: State = State.ACTIVE
    country: str = ""
    seat: Place = Place("", "", True)
    places: int = 0
    parents: tuple[str, ...] = ()
