"""How DuckDB says what `tracker.store.functions` names. Importing this loads the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from tracker.store import functions

_Rule = Callable[..., str]

# Those that DuckDB has with the same arguments in the same order, by its name for them.
_NAMES: dict[type[FunctionElement[Any]], str] = {
    functions.arg_max: "arg_max",
    functions.any_value: "any_value",
    functions.bit_or: "bit_or",
    functions.unnest: "unnest",
    functions.contains: "contains",
    functions.split_part: "split_part",
    functions.regexp_replace: "regexp_replace",
    functions.epoch_seconds: "epoch",
    functions.date_trunc: "date_trunc",
}


def _named(name: str) -> _Rule:
    def rule(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
        return f"{name}({compiler.process(element.clauses, **options)})"

    return rule


for _construct, _name in _NAMES.items():
    compiles(_construct, "duckdb")(_named(_name))


@compiles(functions.seconds_before, "duckdb")
def _seconds_before(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    moment, seconds = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({moment} - to_seconds({seconds}))"


@compiles(functions.json_text, "duckdb")
def _json_text(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    text, key = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract_string(try_cast({text} as json), '$.' || {key})"


@compiles(functions.each_of, "duckdb")
def _each_of(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"unnest([{', '.join(values)}])"


@compiles(functions.bit_of, "duckdb")
def _bit_of(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    text, values, first = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(1::BIGINT << (coalesce(list_position({values}, {text}), 0) + {first}))"


@compiles(functions.sums_of_bits, "duckdb")
def _sums_of_bits(element: functions.sums_of_bits, compiler: SQLCompiler, **options: Any) -> str:
    word = compiler.process(element.clauses, **options)
    return f"[{', '.join(f'sum(({word} >> {place}) & {element.mask})' for place in element.places)}]"
