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
    """Writes the zip: the plugin's files, and each catalogue compiled beside its source."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in PLUGIN.rglob("*") if path.is_file() and path.suffix != ".mo"):
            name = path.relative_to(PLUGIN.parent).as_posix()
            archive.write(path, name)
            if path.suffix == ".po":
                archive.writestr(name.removesuffix(".po") + ".mo", compile_catalogue(path))


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
