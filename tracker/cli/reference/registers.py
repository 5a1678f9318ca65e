"""`webleads registers`: imports the public registers of companies, and says which are there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import CommandError, counted, data_option, settings_of
from tracker.data_folder import FolderInUse

if TYPE_CHECKING:
    from tracker.reference.registers.files import Progress

_UNDER_WAY = "another process is fetching or importing a register; wait until it has ended"
_FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE…"
)


@click.group()
def registers() -> None:
    """Public registers of companies: what a lead does, how large it is, where its seat is."""


@registers.group("import")
def import_() -> None:
    """Import the files that a register publishes; the running service takes them up by itself."""


@import_.command("sirene")
@_FILES
@click.option("--with-ceased", is_flag=True, help="Keep also the companies that ceased more than three years ago.")
@data_option
def import_sirene(files: tuple[Path, ...], with_ceased: bool, data: Path | None) -> None:
    """Import SIRENE: StockUniteLegale and StockEtablissement, as CSV in ZIP or as Parquet."""
    from functools import partial

    from tracker.reference.registers import sirene

    _import("SIRENE", sirene.REGISTER, partial(sirene.import_files, with_ceased=with_ceased), files, data)


@import_.command("gleif")
@_FILES
@data_option
def import_gleif(files: tuple[Path, ...], data: Path | None) -> None:
    """Import GLEIF: the golden copy of level 1, and of level 2 for groups, as CSV in ZIP."""
    from tracker.reference.registers import gleif

    _import("GLEIF", gleif.REGISTER, gleif.import_files, files, data)


def _import(
    title: str, register: str, run: Callable[..., tuple[int, int]], files: tuple[Path, ...], data: Path | None
) -> None:
    from tracker import data_folder
    from tracker.clock import utc_now
    from tracker.reference.registers.building import BuildFailed
    from tracker.reference.registers.files import BadFile
    from tracker.reference.registers.registers import file_of

    settings = settings_of(data)
    data_folder.prepare(settings.data)
    target = file_of(settings.registers_folder, register)
    bars = _Bars()
    try:
        with data_folder.acquire(settings.data, "registers.lock", wait_seconds=1):
            kept, unusable = run(target, files, now=utc_now(), report=bars.of)
    except FolderInUse as problem:
        raise CommandError(_UNDER_WAY) from problem
    except (BadFile, BuildFailed) as problem:
        remains = "; the register that was imported before stays in use" if target.exists() else ""
        raise CommandError(f"{problem}{remains}") from problem
    finally:
        bars.close()
    size = target.stat().st_size / 1e6
    click.echo(f"{title}: {counted(kept, 'company', 'companies')}, {size:,.0f} MB in {target}")
    if unusable:
        click.echo(f"{counted(unusable, 'row')} without a valid number left out", err=True)


@registers.command("update")
@click.argument("register", type=click.Choice(["sirene", "gleif"]))
@click.option("--host", default=None, help="A server with the same files under the same paths, such as a mirror.")
@data_option
def update_register(register: str, host: str | None, data: Path | None) -> None:
    """Fetch the files that a register publishes, and import them if they are new."""
    from tracker import data_folder
    from tracker.clock import utc_now
    from tracker.reference.registers.update import UpdateFailed, update

    settings = settings_of(data)
    data_folder.prepare(settings.data)
    bars = _Bars()
    try:
        with data_folder.acquire(settings.data, "registers.lock", wait_seconds=1):
            kept = update(
                settings.registers_folder,
                register,
                now=utc_now(),
                report=bars.of,
                host=host or settings.registers_mirror or None,
            )
    except FolderInUse as problem:
        raise CommandError(_UNDER_WAY) from problem
    except UpdateFailed as problem:
        raise CommandError(str(problem)) from problem
    finally:
        bars.close()
    words = "the newest already" if kept is None else counted(kept, "company", "companies")
    click.echo(f"{register}: {words}")


@registers.command("show")
@data_option
def show(data: Path | None) -> None:
    """Say which registers are imported, and of which day they are."""
    from tracker.reference.registers.registers import registers_of

    found = registers_of(settings_of(data)).editions()
    for one in found:
        click.echo(
            f"{one.register}: {counted(one.entries, 'company', 'companies')}, {counted(one.places, 'establishment')}, as of {one.as_of}"
        )
    if not found:
        click.echo("no register is imported; see `webleads registers import --help`")


class _Bars:
    """Shows a progress bar with the time left for each file; nothing when the output is not a terminal."""

    def __init__(self) -> None:
        self._open: Any = None
        self._read = 0

    def of(self, path: Path) -> Progress:
        self.close()
        self._read = 0

        def progress(read: int, size: int) -> None:
            if self._open is None:
                self._open = click.progressbar(
                    length=size, label=path.name, show_pos=False, hidden=not sys.stdout.isatty()
                )
                self._open.__enter__()
            self._open.update(read - self._read)
            self._read = read

        return progress

    def close(self) -> None:
        if self._open is not None:
            self._open.__exit__(None, None, None)
            self._open = None
