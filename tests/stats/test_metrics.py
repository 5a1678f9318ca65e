"""The registry of metrics: each entry whole, no name twice, and what is derived from it."""

from __future__ import annotations

from tracker.stats import metrics
from tracker.stats.metrics import METRICS, Shown, Unit


def test_names_are_of_one_metric_each() -> None:
    assert len({one.name for one in METRICS.values()}) == len({one.api for one in METRICS.values()}) == len(METRICS)


def test_every_metric_has_words_and_raw_sums_that_its_formula_takes() -> None:
    for metric in METRICS.values():
        assert metric.label
        assert metric.meaning
        assert metric.formula({raw.name: raw.column for raw in metric.raw}) is not None


def test_a_raw_name_is_of_one_sum() -> None:
    sums = {raw for metric in METRICS.values() for raw in metric.raw}
    assert len({raw.name for raw in sums}) == len(sums)


def test_what_is_shown_has_a_column_in_totals() -> None:
    shown = [*metrics.FIGURES, *metrics.OF_EMAILS]
    assert all(Shown.TOTALS in one.shown for one in shown)
    assert metrics.COUNTS == ("visitors", "visits", "pageviews", "events")
    assert all(METRICS[name].unit is not Unit.SHARE for name in metrics.NAMES)
