"""Makes docs/settings.md out of what tracker/settings/__init__.py says of each setting: `make docs` runs it."""

from __future__ import annotations

from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from tracker.settings import Settings

PAGE = Path(__file__).with_name("settings.md")

_HEAD = """\
# Settings

<!-- Made by `make docs` out of tracker/settings/__init__.py: change it there. -->

Settings are environment variables; there is no file to edit. None is needed to start: `webleads serve` works with
the defaults, and `webleads doctor` says which ones your installation would be better with.

- An empty value is the same as none: the default.
- Each variable has a twin that ends in `_FILE` and names a file to read the value from, for secrets of Docker,
  Kubernetes or systemd: `WEBLEADS_SMTP_URL_FILE=/run/secrets/smtp`. Setting both is refused.
- A file that is named and empty, or holds more than one line, is refused.
- A value that cannot be used, or a `WEBLEADS_…` variable that does not exist, stops the start with one line that
  names the variable and what to do. The values of passwords and addresses that hold one are never printed.
- Options of a command (`--data`, `--host`, `--port`) win over the environment.
- Numbers are whole, switches are `yes` or `no` (also `true`, `1`, `on` and their opposites).

| variable | default | meaning |
| --- | --- | --- |
"""

_FOOT = """
The Docker image sets `WEBLEADS_HOST=0.0.0.0` and `WEBLEADS_DATA=/data`; all else is as above.
"""


def settings_page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(map(_row, fields(Settings))) + _FOOT


def _row(setting: Field[Any]) -> str:
    meaning = setting.metadata["says"]
    if example := setting.metadata["example"]:
        meaning += f" Example: `{example}`"
    return f"| `{setting.metadata['variable']}` | {_shown(setting.default)} | {meaning} |\n"


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "`yes`" if default else "`no`"
    return f"`{default}`" if default not in ("", (), None) else "none"


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
