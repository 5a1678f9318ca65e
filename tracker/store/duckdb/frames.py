"""Results as data frames: DuckDB's columns become pandas' columns, and no value a Python object that need not be one.

The columns have the types that pandas.read_sql infers from rows, which takes four times as long for 20,000 rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, Select

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "HUGEINT"})


def read_frame(connection: Connection, statement: Select[Any]) -> pd.DataFrame:
    """Returns the result as columns, named as selected; a column without any value, or of no rows, has the type object."""
    import pandas as pd  # a third of what opening a store takes to import, and seldom asked for by who only opens it

    result = connection.execute(statement)
    cursor: Any = result.cursor
    kinds = [str(column[1]) for column in cursor.description]
    columns = cursor.fetchnumpy().values()
    result.close()
    found = {name: _column(values, kind) for name, kind, values in zip(result.keys(), kinds, columns, strict=True)}
    return pd.DataFrame(found)


def _column(values: Any, kind: str) -> Any:
    missing = np.ma.getmaskarray(values)
    plain = np.ma.getdata(values)
    if missing.all():
        return np.full(len(plain), None, object)
    if kind in _WHOLE or kind.startswith("DECIMAL"):
        return _numbers(plain, missing, np.int64 if kind in _WHOLE else np.float64)
    if kind == "DATE":
        return _with_none(plain.astype("datetime64[D]").astype(object), missing)
    if plain.dtype.kind in "fM":
        return np.where(missing, np.array("NaT" if plain.dtype.kind == "M" else np.nan, plain.dtype), plain)
    return _with_none(plain, missing)


def _numbers(plain: Any, missing: Any, whole: Any) -> Any:
    return np.where(missing, np.nan, plain.astype(np.float64)) if missing.any() else plain.astype(whole)


def _with_none(plain: Any, missing: Any) -> Any:
    return np.where(missing, None, plain.astype(object)) if missing.any() else plain
