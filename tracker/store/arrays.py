"""Converts a column's values to the array that the store takes. The schema's column decides the type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Boolean, Column, DateTime, Double, Integer

from tracker.store.schema import event_ids, events

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

Values = Any
Maker = Callable[[Values], NDArray[Any]]
Places = NDArray[np.intp]


class Shared(NamedTuple):
    """A column whose rows share few values: `distinct` has these, each of which some row has, and the place there of each row's."""

    distinct: NDArray[Any]
    places: Places


def column_array(name: str, values: Values) -> NDArray[Any]:
    """Returns the values of an event column as an array. A numpy array is returned unchanged."""
    if isinstance(values, Shared):
        return values.distinct[values.places]
    return values if isinstance(values, np.ndarray) else _MAKERS[name](values)


def column_in_order(name: str, values: Values, order: Places) -> NDArray[Any]:
    """Returns the values of an event column in another order of its rows."""
    if isinstance(values, Shared):
        return values.distinct[values.places[order]]
    return column_array(name, values)[order]


def is_empty(values: Values) -> bool:
    """Whether a column of some rows has no value at all."""
    if isinstance(values, Shared):
        values = values.distinct
    if isinstance(values, np.ma.MaskedArray):
        return bool(np.ma.getmaskarray(values).all())
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return bool(np.isnan(values).all())
    if isinstance(values, np.ndarray):
        return values.dtype == object and values[0] is None and values.tolist().count(None) == len(values)
    return bool(len(values)) and values[0] is None and list(values).count(None) == len(values)


def _maker(column: Column[Any]) -> Maker:
    """Returns the function that makes a column's array. Missing integers and booleans are masked, others are null."""
    kind = column.type
    if isinstance(kind, DateTime):
        return lambda values: np.array(values, dtype="datetime64[us]")
    if isinstance(kind, Double):
        return lambda values: np.array(values, dtype=np.float64)
    if isinstance(kind, (Integer, Boolean)):
        dtype = np.dtype(np.bool_ if isinstance(kind, Boolean) else np.int64)
        return (lambda values: _optional(values, dtype)) if column.nullable else lambda values: np.array(values, dtype)
    return lambda values: np.array(values, dtype=object)


def _optional(values: list[Any] | ExtensionArray, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Returns a masked array of integers or booleans, of which some are missing. A float is exact for 32-bit integers."""
    if isinstance(values, list):
        numbers = np.array(values, dtype=np.float64)
    else:
        numbers = values.to_numpy(np.float64, na_value=np.nan)
    nothing = np.isnan(numbers)
    return np.ma.masked_array(np.where(nothing, 0, numbers).astype(dtype), nothing)


_MAKERS: dict[str, Maker] = {column.name: _maker(column) for column in (*event_ids.columns, *events.columns)}
