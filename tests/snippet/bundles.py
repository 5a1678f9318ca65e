"""Bundles a page's script with packages from npm, as a publisher's own build does."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"


def bundle(code: str, *, folder: Path = ROOT) -> str:
    """The code and what it imports, as one script for the browser. `folder` is where packages are looked up from."""
    command = [str(ESBUILD), "--bundle", "--format=iife", "--log-level=error"]
    ran = subprocess.run(command, input=code, capture_output=True, text=True, check=False, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
