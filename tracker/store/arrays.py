"""Converts a column's values to the array that the store takes. The schema's column decides the type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Boolean, Column, DateTime, Double, Integer

from tracker.store.schema import events

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

Values = Any
Maker = Callable[[Values], NDArray[Any]]


def column_array(name: str, values: Values) -> NDArray[Any]:
    """Returns the values of an event column as an array. A numpy array is returned unchanged."""
    return values if isinstance(values, np.ndarray) else _MAKERS[name](values)


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


_MAKERS: dict[str, Maker] = {column.name: _maker(column) for column in events.columns}
