"""`python -m tracker.cli` is the `webleads` command, for when it is not on the path."""

from __future__ import annotations

from tracker.cli import main

main()
