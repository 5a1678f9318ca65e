"""Runs the `webleads` command as `python -m tracker.cli`, for when `webleads` is not on the path."""

from __future__ import annotations

from tracker.cli import main

main()
