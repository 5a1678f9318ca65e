from __future__ import annotations

from pathlib import Path

from tests.reference.registers.published import seat, stock, unit
from tests.running_service import webleads


def test_imports_a_register_and_says_what_is_there(tmp_path: Path) -> None:
    data = tmp_path / "data"
    paths = stock(tmp_path, [unit("552100554", "BREGUET", size="32")], [seat("552100554", "BESANCON")])
    done = webleads("registers", "import", "sirene", *map(str, paths), data=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("SIRENE: 1 company, ")
    shown = webleads("registers", "show", data=data)
    assert shown.stdout == "sirene: 1 company, 1 establishment, as of 2026-10-31\n"


def test_a_bad_file_is_one_line(tmp_path: Path) -> None:
    bad = tmp_path / "StockUniteLegale_utf8.zip"
    bad.write_bytes(b"PK\x03\x04 and no more")
    done = webleads("registers", "import", "sirene", str(bad), data=tmp_path / "data")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "webleads: StockUniteLegale_utf8.zip: the ZIP file is damaged or its end is missing; download it again"
    ]
