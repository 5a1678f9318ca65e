"""Packs the WordPress plugin as a zip to upload: `python snippet/wordpress/build.py dist/webleads-tracker.zip`."""

from __future__ import annotations

import struct
import sys
import zipfile
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PLUGIN = Path(__file__).with_name("webleads-tracker")
LICENSE = Path(__file__).parents[2] / "LICENSE"
# WordPress looks for a country's own file only; the French of the others says the same in the same words.
_SAME_AS = {"fr_FR": ("fr_BE", "fr_CA")}


def compile_catalogue(source: Path) -> bytes:
    """A .po file as the .mo that WordPress reads.

    WordPress finds the strings by the address of the hash table, which Babel leaves 0 as there is no table
    (https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html); here it is where the table would begin.
    """
    target = BytesIO()
    with open(source, "rb") as file:
        write_mo(target, read_po(file))
    content = bytearray(target.getvalue())
    (strings,) = struct.unpack_from("<I", content, 8)
    struct.pack_into("<I", content, 24, 28 + 16 * strings)
    return bytes(content)


def pack(target: Path) -> None:
    """Writes the zip: the plugin's files and its licence, and each catalogue compiled beside its source."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in PLUGIN.rglob("*") if path.is_file() and path.suffix != ".mo"):
            name = path.relative_to(PLUGIN.parent).as_posix()
            archive.write(path, name)
            if path.suffix == ".po":
                compiled, (stem, locale) = compile_catalogue(path), name.removesuffix(".po").rsplit("-", 1)
                for country in (locale, *_SAME_AS.get(locale, ())):
                    archive.writestr(f"{stem}-{country}.mo", compiled)
        archive.write(LICENSE, f"{PLUGIN.name}/LICENSE")


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
