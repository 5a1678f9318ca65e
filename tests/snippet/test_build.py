"""What the build leaves for the collector to serve."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.snippet.servers import ASSETS

SCRIPTS = sorted(ASSETS.glob("*.js"))
BUDGETS = {"webleads.js": 1000}


def test_the_snippet_weighs_at_most_a_thousand_bytes_in_brotli() -> None:
    assert (ASSETS / "webleads.js.br").stat().st_size <= BUDGETS["webleads.js"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_manifest_describes_the_script(script: Path) -> None:
    content = script.read_bytes()
    manifest = json.loads(script.with_suffix(".json").read_text())

    assert manifest["version"] == hashlib.sha256(content).hexdigest()[:12]
    assert manifest["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
    assert manifest["bytes"] == {
        "plain": len(content),
        "gzip": Path(f"{script}.gz").stat().st_size,
        "brotli": Path(f"{script}.br").stat().st_size,
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_gzip_form_is_the_script(script: Path) -> None:
    assert gzip.decompress(Path(f"{script}.gz").read_bytes()) == script.read_bytes()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_script_names_no_address_and_no_machine(script: Path) -> None:
    assert not re.search(r"https?://|/home/|sourceMappingURL", script.read_text())
