"""SIRENE, the register of companies that INSEE publishes for France: what its stock files hold, and what is kept of it.

Columns: https://www.sirene.fr/static-resources/documentation/v_sommaire_311.htm (StockUniteLegale, StockEtablissement).
Kept are units that can be a lead: active ones, and for three years those that ceased, so that a page can say so. A person who
runs a business is kept only under a business name, and not at all where they asked not to be published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from tracker.reference.registers.areas import department_of
from tracker.reference.registers.building import Builder, building
from tracker.reference.registers.entries import LONGEST_TEXT, Entry, Place, Sort, State
from tracker.reference.registers.files import BadFile, FileKind, Reporter, Row, by_kind, open_table

REGISTER = "sirene"
# The codes of size, the smallest first (tranche d'effectifs). A code's place is a company's rank.
SIZES = ("NN", "00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53")
_RANKS = {code: max(rank - 1, 0) for rank, code in enumerate(SIZES)}

_UNITS = (
    "siren", "denominationUniteLegale", "categorieJuridiqueUniteLegale", "etatAdministratifUniteLegale",
    "statutDiffusionUniteLegale", "activitePrincipaleUniteLegale", "trancheEffectifsUniteLegale",
    "dateCreationUniteLegale", "nomenclatureActivitePrincipaleUniteLegale", "anneeEffectifsUniteLegale",
    "categorieEntreprise", "dateDebut", "sigleUniteLegale", "denominationUsuelle1UniteLegale",
    "denominationUsuelle2UniteLegale", "denominationUsuelle3UniteLegale", "activitePrincipaleNAF25UniteLegale",
    "dateDernierTraitementUniteLegale", "unitePurgeeUniteLegale",
)  # fmt: skip
_PLACES = (
    "siren", "nic", "etablissementSiege", "etatAdministratifEtablissement", "codePostalEtablissement",
    "libelleCommuneEtablissement", "enseigne1Etablissement", "denominationUsuelleEtablissement",
    "libelleCommuneEtrangerEtablissement", "codeCommuneEtablissement",
)  # fmt: skip
_UNIT_FILES = FileKind("StockUniteLegale", "siren", _UNITS[:8])
_PLACE_FILES = FileKind("StockEtablissement", "nic", _PLACES[:6])
_PERSON = "1000"
_WITHHELD = "[ND]"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NIC = re.compile("[0-9]{1,5}")
_YEARS_CEASED = 3
_ALL_NUMBERS = 1_000_000_000


def import_files(
    target: Path,
    paths: Sequence[Path],
    *,
    now: datetime,
    report: Reporter = lambda _: lambda _read, _size: None,
    with_ceased: bool = False,
) -> tuple[int, int]:
    """Builds the register's file from stock files and puts it in its place.

    Returns how many units it has, and how many rows could not be used. Raises BadFile and BuildFailed; the register in use then stays.
    """
    found = by_kind(paths, (_PLACE_FILES, _UNIT_FILES), publisher="INSEE")
    units, places = found[_UNIT_FILES], found[_PLACE_FILES]
    if not units:
        raise BadFile("StockUniteLegale is missing: give its file as well, which has the names")
    with building(target) as builder:
        kept = bytearray(_ALL_NUMBERS // 8)
        reading = _Units(builder, kept, now.date(), with_ceased=with_ceased)
        for path in units:
            with open_table(path, report(path)) as table:
                reading.read(table.rows(_UNITS))
        if not builder.count:
            raise BadFile(f"{units[0].name}: holds no company that can be kept")
        for path in places:
            with open_table(path, report(path)) as table:
                _read_places(builder, kept, table.rows(_PLACES))
        builder.finish([("as_of", reading.as_of), ("imported_at", now.isoformat(timespec="seconds"))])
        return builder.count, reading.unusable


class _Units:
    """Reads legal units. `as_of` becomes the newest day on which one of them was changed."""

    def __init__(self, builder: Builder, kept: bytearray, today: date, *, with_ceased: bool) -> None:
        self._builder = builder
        self._kept = kept
        self._today = today.isoformat()
        self._oldest_end = "" if with_ceased else today.replace(year=today.year - _YEARS_CEASED, day=1).isoformat()
        self.as_of = ""
        self.unusable = 0

    def read(self, rows: Iterator[Row]) -> None:
        for row in rows:
            changed = row[17][:10]
            if self.as_of < changed <= self._today and _DAY.fullmatch(changed):
                self.as_of = changed
            number = _number(row[0])
            if number is None:
                self.unusable += 1
                continue
            entry = self._entry(row)
            if entry is not None:
                self._kept[number >> 3] |= 1 << (number & 7)
                self._builder.add(number, entry, _RANKS.get(entry.size, 0))

    def _entry(self, row: Row) -> Entry | None:
        siren, name, form, state, published, activity, size, founded, kept_list, year, category, began, *rest = row
        if state == "C" and began < self._oldest_end:
            return None
        acronym, *usual, activity_2025, _, purged = rest
        if purged == "true" or (form == _PERSON and published not in {"", "O"}):
            return None
        names = [(Sort.USUAL, one) for one in usual if _is_said(one)]
        if form == _PERSON or not _is_said(name):
            if not names:
                return None
            (_, name), *names = names
        if _is_said(acronym):
            names.append((Sort.ACRONYM, acronym))
        return Entry(
            register=REGISTER,
            number=siren,
            name=_plain(name),
            names=tuple((sort, _plain(one)) for sort, one in names if one != name),
            form=form,
            activity=activity,
            activity_list=kept_list,
            activity_2025=activity_2025,
            size=size if size in _RANKS else "",
            size_year=year,
            category=category,
            founded=founded[:10] if _DAY.fullmatch(founded[:10]) and founded > "1900-01-01" else "",
            ceased=began[:10] if state == "C" and _DAY.fullmatch(began[:10]) else "",
            state=State.CEASED if state == "C" else State.ACTIVE,
            country="FR",
        )


def _read_places(builder: Builder, kept: bytearray, rows: Iterator[Row]) -> None:
    for siren, nic, seat, state, postcode, town, sign, usual, abroad, commune in rows:
        number = _number(siren)
        if number is None or not kept[number >> 3] & 1 << (number & 7) or not _NIC.fullmatch(nic):
            continue
        is_seat = seat.lower() in {"true", "1"}
        if state != "A" and not is_seat:
            continue
        where = next(filter(_is_said, (town, abroad)), "")
        code = postcode if _is_said(postcode) else ""
        area = department_of(commune, code)
        builder.add_place(number, int(nic), Place(code, _plain(where), is_seat, area))
        if is_seat:
            for name in {one for one in (sign, usual) if _is_said(one)}:
                builder.add_name(number, Sort.SIGN, name, builder.rank_of(number) or 0)


def _number(siren: str) -> int | None:
    return int(siren) if len(siren) == 9 and siren.isascii() and siren.isdigit() else None


def _is_said(text: str) -> bool:
    return bool(text) and text != _WITHHELD


def _plain(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]
