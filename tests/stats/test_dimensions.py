"""The registries of dimensions and metrics: each entry whole, and no name twice."""

from __future__ import annotations

from collections import Counter

import pytest

from dashboards.web.panels import PANELS
from tracker.stats.dimensions import BY_API_NAME, Dimension, Level
from tracker.store.schema import events


@pytest.mark.parametrize("dimension", list(Dimension))
def test_an_entry_names_columns_of_events_and_is_labelled(dimension: Dimension) -> None:
    worked_out = dimension.definition.worked_out is not None
    if not worked_out and (dimension.definition.level is not Level.COMPANY or dimension.definition.column):
        assert (dimension.definition.column or dimension.value) in events.c
        assert (dimension.definition.visit_column or dimension.definition.column or dimension.value) in events.c
    assert dimension.definition.label
    assert bool(dimension.definition.panel) == bool(dimension.definition.title)
    assert bool(dimension.definition.done) == bool(dimension.definition.not_done) == dimension.is_event_level


def test_an_api_name_is_of_one_dimension_and_says_its_level() -> None:
    assert max(Counter(name for one in Dimension for name in one.definition.api).values()) == 1
    for name, dimension in BY_API_NAME.items():
        assert name.split(":")[0] == dimension.definition.level.name.lower()


def test_every_panel_has_tabs() -> None:
    assert all(panel.tabs for panel in PANELS)
    assert {one.definition.panel for one in Dimension} - {None} == {panel.key for panel in PANELS}
