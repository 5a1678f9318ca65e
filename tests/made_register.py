"""A made-up SIRENE in the columns that INSEE publishes, of any size: names as they are built in France, sizes as frequent as in
the real register, and real companies planted among namesakes, subsidiaries, holdings and units that ceased."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.reference.registers.published import PLACE_COLUMNS, UNIT_COLUMNS, seat, unit

# The shares of active legal persons by size (INSEE, Démographie des entreprises): most employ nobody.
_SIZES = ("NN", "00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53")
_OF_SIZES = (6500, 500, 1400, 700, 420, 260, 150, 40, 18, 3, 5, 2.2, 1.1, 0.5, 0.15, 0.05)
_FORMS, _OF_FORMS = ("5710", "5499", "6540", "9220", "5599", "5720"), (34, 30, 20, 10, 2, 4)
_ACTIVITIES = ("62.02A", "47.59A", "68.20B", "43.91A", "28.99B", "01.12Z", "70.22Z", "56.10A", "86.10Z", "94.99Z")
_TOWNS = (
    ("PARIS", "75008", 20), ("LYON", "69002", 8), ("MARSEILLE", "13001", 8), ("TOULOUSE", "31000", 6), ("NICE", "06000", 4),
    ("NANTES", "44000", 5), ("MONTPELLIER", "34000", 4), ("STRASBOURG", "67000", 4), ("BORDEAUX", "33000", 5), ("LILLE", "59000", 5),
    ("RENNES", "35000", 3), ("REIMS", "51100", 2), ("SAINT-ETIENNE", "42000", 2), ("TOULON", "83000", 2), ("GRENOBLE", "38000", 2),
    ("DIJON", "21000", 2), ("ANGERS", "49000", 2), ("BREST", "29200", 2), ("TOURS", "37000", 2), ("BESANCON", "25000", 2),
    ("METZ", "57000", 1), ("MULHOUSE", "68100", 1), ("DOLE", "39100", 1), ("VANNES", "56000", 1), ("CHAMBERY", "73000", 1),
    ("VALENCE", "26000", 1), ("LA ROCHELLE", "17000", 1), ("ANNECY", "74000", 1), ("COLMAR", "68000", 1), ("NIORT", "79000", 1),
)  # fmt: skip
_HEADS = (
    "ATELIER", "GARAGE", "BOULANGERIE", "CABINET", "TRANSPORTS", "ETABLISSEMENTS", "MENUISERIE", "LES JARDINS", "PHARMACIE",
    "RESTAURANT", "IMMOBILIERE", "DOMAINE", "LABORATOIRE", "IMPRIMERIE", "AGENCE", "FERME", "CLINIQUE", "STUDIO", "",
)  # fmt: skip
_STEMS = (
    "MARTIN", "BERNARD", "DUBOIS", "DURAND", "MOREAU", "LAURENT", "GIRARD", "MERCIER", "LAMBERT", "BONNET", "ALPHA", "OCEAN",
    "SOLEIL", "ETOILE", "CENTRAL", "DU PARC", "DE LA GARE", "DES ALPES", "DU LAC", "PHENIX", "HORIZON", "AZUR", "ATLAS", "LIBERTE",
    "SAINT MICHEL", "NOTRE DAME", "DES LILAS", "DU MOULIN", "HELIOS", "ORION", "PAPILLON", "CLAMART", "DELTA", "OMEGA",
)  # fmt: skip
SYLLABLES = tuple(first + second for first in "BCDFGLMNPRSTV" for second in "AEIOU")
_AT_ONCE = 50_000
_TAILS = ("", "", "", "ET FILS", "SERVICES", "CONSEIL", "INVEST", "DEVELOPPEMENT", "FRANCE", "DISTRIBUTION", "PLUS")
_SUBSIDIARIES = ("SERVICES", "DISTRIBUTION", "IMMOBILIER", "LOGISTIQUE", "FRANCE", "FORMATION", "LYON", "OUEST")
_HOLDINGS = ("HOLDING {}", "{} HOLDING", "GROUPE {}", "{} PARTICIPATIONS", "FINANCIERE {}", "SCI {}")


class Planted(NamedTuple):
    """A real company: what the register has of it. `town` may be empty."""

    siren: str
    name: str
    form: str
    activity: str
    size: str
    category: str
    town: str
    postcode: str
    active: bool = True


class _Written(NamedTuple):
    """A file that is written: by rows, and by lines."""

    writer: Any
    text: Any


class _Files:
    def __init__(self, units: Any, places: Any) -> None:
        self._units, self._places = units, places

    def add(self, row: dict[str, str], town: str, postcode: str) -> None:
        self._units.writerow(row)
        if town:
            self._places.writerow(seat(row["siren"], town, postcode))


class RegisterMaker:
    """Makes units one after the other from one seed, so that the same numbers make the same register."""

    def __init__(self, seed: int = 17) -> None:
        self._random = random.Random(seed)
        self._next = 900_000_000
        self.count = 0

    def make(
        self, folder: Path, units: int, planted: Sequence[Planted] = (), absent: Sequence[Planted] = ()
    ) -> list[Path]:
        """Writes both stock files. Around the planted companies and the absent ones stand their likes; the absent are left out."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / "StockUniteLegale_utf8.zip", folder / "StockEtablissement_utf8.zip"]
        with _written(paths[0], UNIT_COLUMNS) as unit_rows, _written(paths[1], PLACE_COLUMNS) as place_rows:
            files = _Files(unit_rows.writer, place_rows.writer)
            for one in planted:
                files.add(_row(one), one.town, one.postcode)
            for one in (*planted, *absent):
                for row in self._likes(one):
                    files.add(row, *self._town(one.town))
            unit_line, place_line = _line(UNIT_COLUMNS, _unit_of_many()), _line(PLACE_COLUMNS, _seat_of_many())
            for start in range(0, units, _AT_ONCE):
                some = self._many(min(_AT_ONCE, units - start), unit_line, place_line)
                for text, lines in zip((unit_rows.text, place_rows.text), some, strict=True):
                    text.write("".join(lines))
        return paths

    def _many(self, units: int, unit_line: str, place_line: str) -> tuple[list[str], list[str]]:
        """The lines of so many units and of their establishments: France has 1.4 a unit, most have one and a few many."""
        draw, random = self._random.choices, self._random.random
        heads, stems, tails = (draw(words, k=units) for words in (_HEADS, _STEMS, _TAILS))
        syllables = iter(draw(SYLLABLES, k=3 * units))
        sizes, forms = draw(_SIZES, _OF_SIZES, k=units), draw(_FORMS, _OF_FORMS, k=units)
        activities = draw(_ACTIVITIES, k=units)
        towns = iter(draw([one[:2] for one in _TOWNS], [one[2] for one in _TOWNS], k=7 * units))
        unit_lines, place_lines = [], []
        for number in range(units):
            self._next += 1
            own = "".join(next(syllables) for _ in range(2 + (number & 1))) if random() < 0.7 else ""
            name = " ".join(filter(None, (heads[number], stems[number], own, tails[number])))
            year = "" if sizes[number] == "NN" else "2024"
            values = (self._next, sizes[number], year, name, forms[number], activities[number])
            unit_lines.append(unit_line % values)
            more = 1 + int(random() * 5) if random() < 0.13 else 0
            for place in range(1, 2 + more):
                town, postcode = next(towns)
                nic = f"{place:05d}"
                is_seat = "true" if place == 1 else "false"
                place_lines.append(place_line % (self._next, nic, f"{self._next}{nic}", is_seat, postcode, town))
        self.count += units
        return unit_lines, place_lines

    def _likes(self, one: Planted) -> Iterator[dict[str, str]]:
        """Namesakes in other towns, subsidiaries, holdings, and one that ceased, as many as a name of its length has."""
        chance = self._random.random
        name = one.name.split(" (")[0]
        most = {1: 5, 2: 2}.get(len(name.split()), 1)
        for _ in range(self._random.randint(0, most)):
            yield self._unit(name, size=self._size())
        for word in self._random.sample(_SUBSIDIARIES, self._random.randint(0, 3)):
            yield self._unit(f"{name} {word}", size=self._size())
        for pattern in self._random.sample(_HOLDINGS, self._random.randint(0, 2)):
            yield self._unit(pattern.format(name), form="6540" if pattern.startswith("SCI") else "5710")
        if chance() < 0.4:
            yield self._unit(name, etatAdministratifUniteLegale="C", dateDebut="2025-03-31")

    def _unit(self, name: str, *, size: str = "NN", form: str = "5710", **more: str) -> dict[str, str]:
        self._next += 1
        self.count += 1
        activity = self._random.choice(_ACTIVITIES)
        return unit(str(self._next), name, size=size, form=form, activitePrincipaleUniteLegale=activity, **more)

    def _size(self) -> str:
        return self._random.choices(_SIZES, _OF_SIZES)[0]

    def _town(self, but: str = "") -> tuple[str, str]:
        return some_town(self._random, but)


def some_town(draw: random.Random, but: str = "") -> tuple[str, str]:
    """A town and its postcode, as frequent as companies have their seat there."""
    towns = [one for one in _TOWNS if one[0] != but]
    town, postcode, _ = draw.choices(towns, [share for *_, share in towns])[0]
    return town, postcode


def _unit_of_many() -> dict[str, str]:
    changing = ("siren", "denominationUniteLegale", "trancheEffectifsUniteLegale", "anneeEffectifsUniteLegale")
    forms = ("categorieJuridiqueUniteLegale", "activitePrincipaleUniteLegale")
    return unit("", "") | dict.fromkeys((*changing, *forms), "%s")


def _seat_of_many() -> dict[str, str]:
    changing = ("siren", "nic", "siret", "etablissementSiege")
    return seat("", "") | dict.fromkeys((*changing, "codePostalEtablissement", "libelleCommuneEtablissement"), "%s")


def _line(columns: Sequence[str], row: dict[str, str]) -> str:
    """A line of a file with %s for what changes, since a writer of rows takes too long for so many."""
    return ",".join(row.get(column, "") for column in columns) + "\n"


def _row(one: Planted) -> dict[str, str]:
    name, acronym = one.name, ""
    if name.endswith(")") and " (" in name:
        name, acronym = name[:-1].split(" (", 1)
    return unit(
        one.siren,
        name,
        size=one.size or "NN",
        form=one.form,
        sigleUniteLegale=acronym,
        activitePrincipaleUniteLegale=one.activity,
        categorieEntreprise=one.category,
        etatAdministratifUniteLegale="A" if one.active else "C",
        dateDebut="2015-01-01" if one.active else "2025-06-30",
    )


@contextmanager
def _written(path: Path, columns: Sequence[str]) -> Iterator[_Written]:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(path.stem + ".csv", "w", force_zip64=True) as member,
        io.TextIOWrapper(member, "utf-8", newline="") as text,
    ):
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        yield _Written(writer, text)
