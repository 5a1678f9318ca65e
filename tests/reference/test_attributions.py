from __future__ import annotations

from pathlib import Path

from tests.reference.registers.published import imported, unit
from tracker.reference.attributions import attributions
from tracker.settings import load_settings


def test_names_the_source_licence_and_day_of_a_register_in_use(tmp_path: Path) -> None:
    settings = load_settings({"WEBLEADS_DATA": str(tmp_path)})
    assert attributions(settings) == ()
    imported(settings.registers_folder, [unit("552100554", "BREGUET")])
    (one,) = attributions(settings)
    assert f"{one.before}{one.link}" == "SIRENE (INSEE, 2026-10-31), Licence Ouverte 2.0"
