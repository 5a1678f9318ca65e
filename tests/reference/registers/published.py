"""Small stock files in the columns that INSEE publishes, for tests: a unit or establishment is a few named values."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tracker.reference.registers.sirene import import_files

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)

UNIT_COLUMNS = (
    "siren,statutDiffusionUniteLegale,unitePurgeeUniteLegale,dateCreationUniteLegale,sigleUniteLegale,sexeUniteLegale,"
    "prenom1UniteLegale,prenom2UniteLegale,prenom3UniteLegale,prenom4UniteLegale,prenomUsuelUniteLegale,"
    "pseudonymeUniteLegale,identifiantAssociationUniteLegale,trancheEffectifsUniteLegale,anneeEffectifsUniteLegale,"
    "dateDernierTraitementUniteLegale,nombrePeriodesUniteLegale,categorieEntreprise,anneeCategorieEntreprise,dateDebut,"
    "etatAdministratifUniteLegale,nomUniteLegale,nomUsageUniteLegale,denominationUniteLegale,"
    "denominationUsuelle1UniteLegale,denominationUsuelle2UniteLegale,denominationUsuelle3UniteLegale,"
    "categorieJuridiqueUniteLegale,activitePrincipaleUniteLegale,nomenclatureActivitePrincipaleUniteLegale,"
    "nicSiegeUniteLegale,economieSocialeSolidaireUniteLegale,societeMissionUniteLegale,caractereEmployeurUniteLegale,"
    "activitePrincipaleNAF25UniteLegale"
).split(",")
PLACE_COLUMNS = (
    "siren,nic,siret,statutDiffusionEtablissement,dateCreationEtablissement,trancheEffectifsEtablissement,"
    "anneeEffectifsEtablissement,activitePrincipaleRegistreMetiersEtablissement,dateDernierTraitementEtablissement,"
    "etablissementSiege,nombrePeriodesEtablissement,complementAdresseEtablissement,numeroVoieEtablissement,"
    "indiceRepetitionEtablissement,typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,"
    "libelleCommuneEtablissement,libelleCommuneEtrangerEtablissement,distributionSpecialeEtablissement,"
    "codeCommuneEtablissement,codeCedexEtablissement,libelleCedexEtablissement,codePaysEtrangerEtablissement,"
    "libellePaysEtrangerEtablissement,dateDebut,etatAdministratifEtablissement,enseigne1Etablissement,"
    "enseigne2Etablissement,enseigne3Etablissement,denominationUsuelleEtablissement,activitePrincipaleEtablissement,"
    "nomenclatureActivitePrincipaleEtablissement,caractereEmployeurEtablissement"
).split(",")


def unit(siren: str, name: str, *, size: str = "NN", form: str = "5710", **more: str) -> dict[str, str]:
    """A legal unit, active and published, unless its values say otherwise."""
    row = {
        "siren": siren,
        "denominationUniteLegale": name,
        "trancheEffectifsUniteLegale": size,
        "anneeEffectifsUniteLegale": "2024" if size != "NN" else "",
        "categorieJuridiqueUniteLegale": form,
        "statutDiffusionUniteLegale": "O",
        "etatAdministratifUniteLegale": "A",
        "activitePrincipaleUniteLegale": "28.99B",
        "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
        "dateCreationUniteLegale": "1998-04-01",
        "dateDebut": "2015-01-01",
        "dateDernierTraitementUniteLegale": "2026-10-31T08:00:00",
    }
    return row | more


def seat(siren: str, town: str, postcode: str = "25000", **more: str) -> dict[str, str]:
    """The seat of a unit; `etablissementSiege` and `nic` of another establishment are given with it."""
    row = {
        "siren": siren,
        "nic": "00011",
        "siret": f"{siren}00011",
        "etablissementSiege": "true",
        "etatAdministratifEtablissement": "A",
        "codePostalEtablissement": postcode,
        "libelleCommuneEtablissement": town,
    }
    return row | more


def csv_text(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    into = io.StringIO()
    writer = csv.DictWriter(into, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return into.getvalue()


def zipped(path: Path, text: str | bytes) -> Path:
    """A ZIP file with one CSV file, as INSEE publishes it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.with_suffix(".csv").name.replace("_utf8", ""), text)
    return path


def stock(folder: Path, units: Sequence[dict[str, str]], places: Sequence[dict[str, str]] = ()) -> list[Path]:
    """Both stock files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        zipped(folder / "StockUniteLegale_utf8.zip", csv_text(UNIT_COLUMNS, units)),
        zipped(folder / "StockEtablissement_utf8.zip", csv_text(PLACE_COLUMNS, places)),
    ]


def imported(folder: Path, units: Sequence[dict[str, str]], places: Sequence[dict[str, str]] = ()) -> Path:
    """A register of these units, imported into a folder."""
    target = folder / "sirene.sqlite"
    import_files(target, stock(folder / "published", units, places), now=NOW)
    return target
