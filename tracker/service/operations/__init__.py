"""The operations that commands ask for. Each takes and returns JSON, so it can run in another process.

While `webleads serve` runs, it owns the event store. A command then sends the operation's name and arguments to it over
loopback, with the key from the data folder (tracker.service.operations.endpoint). Otherwise the command runs the same
operation itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import signature
from typing import Any, get_type_hints

import msgspec

from tracker.service.context import Context
from tracker.service.operations.asking import NotAllowed, OperationError
from tracker.service.operations.checks import (
    compare_rollups,
    diagnosis,
    forget_rollups,
    replay_quarantine,
    seal_days,
    segment_tallies,
)
from tracker.service.operations.leads import lead_file, list_leads
from tracker.service.operations.reports import query, report, send
from tracker.service.operations.sites import ForgetSite, remove, restore

__all__ = ["OPERATIONS", "ForgetSite", "NotAllowed", "OperationError", "run"]

OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "leads": list_leads,
    "lead_file": lead_file,
    "query": query,
    "segment_tallies": segment_tallies,
    "report": report,
    "diagnose": diagnosis,
    "send_report": send,
    "remove_site": remove,
    "restore_site": restore,
    "replay_quarantine": replay_quarantine,
    "forget_rollups": forget_rollups,
    "compare_rollups": compare_rollups,
    "seal_days": seal_days,
}


def run(
    context: Context, name: str, arguments: dict[str, Any], *, forget_site: ForgetSite | None = None
) -> dict[str, Any]:
    """Runs an operation by name and returns its JSON. Raises OperationError, NotAllowed."""
    operation = OPERATIONS.get(name)
    if operation is None:
        raise OperationError(f"there is no operation {name!r}; the command and the service are of different versions")
    try:
        checked = msgspec.structs.asdict(msgspec.convert(arguments, _arguments_of(operation)))
        return remove(context, forget_site, **checked) if operation is remove else operation(context, **checked)
    except OperationError:
        raise
    except (ValueError, msgspec.MsgspecError) as problem:
        raise OperationError(str(problem)) from problem


@cache
def _arguments_of(operation: Callable[..., dict[str, Any]]) -> type[msgspec.Struct]:
    """Returns a type that checks an operation's arguments: another version's command may send other ones."""
    hints = get_type_hints(operation)
    fields = [
        (name, hints[name]) if parameter.default is parameter.empty else (name, hints[name], parameter.default)
        for name, parameter in signature(operation).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    return msgspec.defstruct(operation.__name__, fields, kw_only=True, forbid_unknown_fields=True)
