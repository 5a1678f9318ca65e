"""The wheel holds everything that the service reads beside its code, and nothing that it does not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent

# What stands in the packages' folders for those who build them: browser sources, catalogues, scripts beside data.
NOT_SHIPPED = re.compile(
    r"(^|/)__pycache__/|^dashboards/web/assets/|^dashboards/((build|world)\.mjs|package\.json|tsconfig\.json)$"
    r"|^dashboards/node_modules/|\.po$|/data/[^/]+\.py$"
)
BUILT = (
    "tracker/collector/assets/webleads.js",
    "tracker/collector/assets/webleads.js.br",
    "dashboards/web/static/dashboard.css",
    "dashboards/web/static/dashboard.js",
    "dashboards/web/static/dashboard-map.js",
    "dashboards/web/static/webleads-tracker.tpl",
    "dashboards/web/static/webleads-tracker.zip",
    "dashboards/web/static/world.json",
    "dashboards/web/translations/fr/LC_MESSAGES/messages.mo",
)


def files_to_ship() -> Iterator[str]:
    for package in ("tracker", "dashboards"):
        paths = (path for path in (ROOT / package).rglob("*") if path.is_file())
        names = (path.relative_to(ROOT).as_posix() for path in paths)
        yield from (name for name in names if not NOT_SHIPPED.search(name))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built in a copy, so that what an earlier build left in the tree cannot slip in."""
    source = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for package in ("tracker", "dashboards"):
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    build = "import setuptools.build_meta as backend, sys; backend.build_wheel(sys.argv[1])"
    target = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-c", build, str(target)], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return next(target.glob("*.whl"))


def test_what_the_build_made_is_there() -> None:
    assert [name for name in BUILT if not (ROOT / name).is_file()] == [], "run `make build`"


def test_the_wheel_holds_what_the_service_reads(wheel: Path) -> None:
    with ZipFile(wheel) as packed:
        shipped = {name for name in packed.namelist() if ".dist-info/" not in name}
    expected = set(files_to_ship())
    assert expected - shipped == set(), "missing in the wheel: name them under package_data in setup.cfg"
    assert shipped - expected == set(), "in the wheel and of no use there"


def test_the_wheel_brings_the_command_and_the_licence(wheel: Path) -> None:
    with ZipFile(wheel) as packed:
        texts = {Path(name).name: packed.read(name).decode() for name in packed.namelist() if ".dist-info/" in name}
    assert "webleads = tracker.cli:main" in texts["entry_points.txt"]
    assert "MIT" in texts["LICENSE"]
    assert "Requires-Dist: flask" in texts["METADATA"]
