from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import pytest

from tests.reference.registers.published import (
    NOW,
    PLACE_COLUMNS,
    UNIT_COLUMNS,
    csv_text,
    imported,
    seat,
    stock,
    unit,
    zipped,
)
from tracker.reference.registers.building import BuildFailed, building
from tracker.reference.registers.entries import Place, Sort, State
from tracker.reference.registers.files import BadFile, Progress
from tracker.reference.registers.sirene import import_files
from tracker.reference.registers.store import RegisterStore


def test_keeps_what_the_stock_files_say_of_a_company(tmp_path: Path) -> None:
    units = [
        unit(
            "552100554",
            "BREGUET  SYSTEMES",
            size="32",
            sigleUniteLegale="BS",
            denominationUsuelle1UniteLegale="Breguet",
        )
    ]
    places = [seat("552100554", "BESANCON"), seat("552100554", "DOLE", nic="00029", etablissementSiege="false")]
    store = RegisterStore("sirene", imported(tmp_path, units, places))
    entry = store.entry("552100554")
    assert entry is not None
    assert (entry.name, entry.size, entry.size_year, entry.founded) == ("BREGUET SYSTEMES", "32", "2024", "1998-04-01")
    assert entry.names == ((Sort.USUAL, "Breguet"), (Sort.ACRONYM, "BS"))
    assert (entry.seat, entry.places) == (Place("25000", "BESANCON", True, "25"), 2)
    edition = store.edition()
    assert edition is not None
    assert (edition.as_of, edition.entries, edition.places) == ("2026-10-31", 1, 2)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        pytest.param(unit("100000001", "ALPHA"), State.ACTIVE, id="active"),
        pytest.param(
            unit("100000001", "ALPHA", etatAdministratifUniteLegale="C", dateDebut="2025-06-30"),
            State.CEASED,
            id="ceased",
        ),
        pytest.param(
            unit("100000001", "ALPHA", etatAdministratifUniteLegale="C", dateDebut="2019-06-30"), None, id="long-ceased"
        ),
        pytest.param(unit("100000001", "", form="1000"), None, id="a-person"),
        pytest.param(
            unit("100000001", "", form="1000", denominationUsuelle1UniteLegale="ATELIER ALPHA"),
            State.ACTIVE,
            id="a-person-with-a-business-name",
        ),
        pytest.param(
            unit(
                "100000001",
                "",
                form="1000",
                denominationUsuelle1UniteLegale="ATELIER ALPHA",
                statutDiffusionUniteLegale="P",
            ),
            None,
            id="a-person-who-asked-not-to-be-published",
        ),
        pytest.param(unit("100000001", "[ND]", statutDiffusionUniteLegale="P"), None, id="name-withheld"),
        pytest.param(unit("100000001", "ALPHA", unitePurgeeUniteLegale="true"), None, id="purged"),
        pytest.param(unit("10000001", "ALPHA"), None, id="not-a-siren"),
    ],
)
def test_keeps_what_can_be_a_lead(tmp_path: Path, row: dict[str, str], state: State | None) -> None:
    store = RegisterStore("sirene", imported(tmp_path, [row, unit("999999999", "OMEGA")]))
    entry = store.entry("100000001")
    assert (entry.state if entry else None) == state


def test_keeps_all_that_ceased_when_asked(tmp_path: Path) -> None:
    row = unit("100000001", "ALPHA", etatAdministratifUniteLegale="C", dateDebut="1999-06-30")
    target = tmp_path / "sirene.sqlite"
    assert import_files(target, stock(tmp_path, [row]), now=NOW, with_ceased=True) == (1, 0)


def test_reads_parquet_as_well(tmp_path: Path) -> None:
    import duckdb

    units = tmp_path / "StockUniteLegale.csv"
    units.write_text(csv_text(UNIT_COLUMNS, [unit("100000001", "ALPHA", size="12")]), encoding="utf-8")
    parquet = tmp_path / "StockUniteLegale_utf8.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{units}')) TO '{parquet}' (FORMAT parquet)")
    target = tmp_path / "sirene.sqlite"
    assert import_files(target, [parquet], now=NOW) == (1, 0)
    entry = RegisterStore("sirene", target).entry("100000001")
    assert entry is not None
    assert (entry.name, entry.size, entry.founded) == ("ALPHA", "12", "1998-04-01")


ALPHA = unit("100000001", "ALPHA")
GOOD = csv_text(UNIT_COLUMNS, [ALPHA])


def _cut(path: Path) -> Path:
    zipped(path, csv_text(UNIT_COLUMNS, [unit(f"{number:09d}", f"ALPHA {number}") for number in range(500)]))
    path.write_bytes(path.read_bytes()[:-600])
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


def _zip(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return path


def _encrypted(path: Path) -> Path:
    """A ZIP file that says of its file that it is encrypted."""
    content = bytearray(_zip(path, "a.csv").read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return _other(path, bytes(content))


def _other(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(
            lambda folder: [_other(folder / "a.csv", GOOD.replace("trancheEffectifsUniteLegale", "trancheEffectifs"))],
            "the column trancheEffectifsUniteLegale is missing",
            id="another-editions-columns",
        ),
        pytest.param(
            lambda folder: [_other(folder / "a.csv", "a,b\n1,2\n")], "is neither StockUniteLegale", id="other"
        ),
        pytest.param(
            lambda folder: [_cut(folder / "a.zip")], "the ZIP file is damaged or its end is missing", id="cut"
        ),
        pytest.param(
            lambda folder: [_other(folder / "a.csv", GOOD.replace("ALPHA", "ÉCOLE").encode("latin-1"))],
            "is not text in UTF-8 (perhaps Latin-1",
            id="latin-1",
        ),
        pytest.param(
            lambda folder: [zipped(folder / "a.zip", GOOD.encode() + b"0" * 30_000_000)],
            "unpacks to more than 100 times its size",
            id="zip-bomb",
        ),
        pytest.param(
            lambda folder: [_other(folder / "a.csv", GOOD + "x" * 3_000_000)],
            "has a line of more than",
            id="endless-line",
        ),
        pytest.param(
            lambda folder: [_other(folder / "a.csv", GOOD.encode("utf-16"))], "(perhaps Latin-1 or UTF-16)", id="utf-16"
        ),
        pytest.param(
            lambda folder: [_other(folder / "a.csv.gz", gzip.compress(GOOD.encode()))],
            "is compressed, and not as ZIP",
            id="gzip",
        ),
        pytest.param(lambda folder: [_zip(folder / "a.zip")], "has 0 CSV files", id="empty-zip"),
        pytest.param(lambda folder: [_zip(folder / "a.zip", "b.zip")], "has 0 CSV files", id="zip-within-a-zip"),
        pytest.param(lambda folder: [_zip(folder / "a.zip", "a.csv", "b.csv")], "has 2 CSV files", id="two-in-a-zip"),
        pytest.param(lambda folder: [_encrypted(folder / "a.zip")], "is protected by a password", id="encrypted"),
        pytest.param(
            lambda folder: [_other(folder / "a.csv", GOOD.replace("ALPHA", '"ALPHA'))],
            "row 2 has 24 values",
            id="quote-that-is-not-closed",
        ),
        pytest.param(
            lambda folder: [_other(folder / name, GOOD) for name in ("a.csv", "b.csv")],
            "a.csv and b.csv: both are StockUniteLegale",
            id="two-editions",
        ),
        pytest.param(lambda folder: [_pipe(folder / "a.csv")], "is not a file", id="pipe"),
        pytest.param(lambda folder: [folder], "is not a file", id="folder"),
        pytest.param(lambda folder: [_loop(folder / "a.csv")], "cannot be read (Too many levels", id="loop"),
        pytest.param(lambda folder: [_other(folder / "a.csv", GOOD + "1,2\n")], "row 3 has 2 values", id="short-row"),
        pytest.param(lambda folder: [_other(folder / "a.csv", b"")], "is neither StockUniteLegale", id="empty"),
        pytest.param(
            lambda folder: [_other(folder / "a.parquet", b"PAR1" + b"0" * 100)], "is not a Parquet file", id="parquet"
        ),
        pytest.param(
            lambda folder: [_other(folder / "a.csv", csv_text(PLACE_COLUMNS, [seat("100000001", "DOLE")]))],
            "StockUniteLegale is missing",
            id="establishments-alone",
        ),
        pytest.param(
            lambda folder: [_other(folder / "a.csv", csv_text(UNIT_COLUMNS, [unit("100000001", "")]))],
            "holds no company that can be kept",
            id="nothing-to-keep",
        ),
    ],
)
def test_a_bad_file_is_one_line_and_the_register_in_use_stays(tmp_path: Path, make, words: str) -> None:  # type: ignore[no-untyped-def]
    target = imported(tmp_path, [unit("552100554", "BREGUET")])
    store = RegisterStore("sirene", target)
    with pytest.raises(BadFile) as raised:
        import_files(target, make(tmp_path), now=NOW)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert store.entry("552100554") is not None
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".") and path.is_dir()] == []


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: _other(path, "\ufeff" + GOOD.replace("\n", "\r\n")), id="bom-and-windows-lines"),
        pytest.param(
            lambda path: _other(path, GOOD.replace("ALPHA,", '"ALPHA\nSYSTEMES",').replace("\n", "\r\n")),
            id="line-within-quotes",
        ),
        pytest.param(lambda path: _other(path, csv_text(sorted(UNIT_COLUMNS), [ALPHA])), id="columns-in-another-order"),
        pytest.param(lambda path: _other(path, csv_text([*UNIT_COLUMNS, "new"], [ALPHA])), id="another-column"),
        pytest.param(lambda path: _zip(path, "stock/a.CSV", "__MACOSX/stock/._a.CSV"), id="packed-on-a-mac"),
    ],
)
def test_the_same_file_written_in_another_way_is_the_same_register(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "sirene.sqlite"
    assert import_files(target, [make(tmp_path / "a")], now=NOW) == (1, 0)
    entry = RegisterStore("sirene", target).entry("100000001")
    assert entry is not None
    assert (entry.name.split()[0], entry.founded, entry.state) == ("ALPHA", "1998-04-01", "A")


def test_a_number_of_an_establishment_that_is_none_is_passed_over(tmp_path: Path) -> None:
    places = [seat("100000001", "DOLE", nic="9" * 40), seat("100000001", "METZ", nic="two")]
    target = imported(tmp_path, [ALPHA], [*places, seat("100000001", "BREST")])
    entry = RegisterStore("sirene", target).entry("100000001")
    assert entry is not None
    assert (entry.places, entry.seat.town) == (1, "BREST")


def test_what_a_killed_import_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".sirene-cut-off"
    left.mkdir()
    (left / "sirene.sqlite").write_bytes(b"half")
    imported(tmp_path, [ALPHA])
    assert not left.exists()


def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = _other(tmp_path / "a.csv", csv_text(UNIT_COLUMNS, [unit(f"{number:09d}", "A") for number in range(9)]))
    half = len(path.read_bytes()) // 2

    def cut(_: Path) -> Progress:
        return lambda _read, _size: os.truncate(path, half)

    with pytest.raises(BadFile, match="was changed while it was read"):
        import_files(tmp_path / "sirene.sqlite", [path], now=NOW, report=cut)


def test_a_register_that_another_process_imports_is_left_to_it(tmp_path: Path) -> None:
    paths = stock(tmp_path, [unit("552100554", "BREGUET")])
    with building(tmp_path / "sirene.sqlite"):
        with pytest.raises(BuildFailed, match="sirene is being imported by another process"):
            import_files(tmp_path / "sirene.sqlite", paths, now=NOW)
        import_files(tmp_path / "another.sqlite", paths, now=NOW)
    assert import_files(tmp_path / "sirene.sqlite", paths, now=NOW) == (1, 0)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    paths = stock(tmp_path, [unit("552100554", "BREGUET")])
    (tmp_path / "file").write_text("")
    with pytest.raises((BuildFailed, NotADirectoryError, FileExistsError)):
        import_files(tmp_path / "file" / "sirene.sqlite", paths, now=NOW)
