"""The rules that keep the parts apart: who may import whom, and who may touch SQL, the environment and the clock.

The modules are read, not imported, so that an import inside a function counts like one at the top. Each rule is one
test of all modules: a test of each would cost more than what it looks at.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# The top first. A part imports its own layer and the layers below; a new part is given its layer here.
LAYERS = (
    ("tracker.cli", "tracker.app", "tracker.server"),
    ("tracker.service.operations", "tracker.service.doctor", "tracker.delivery"),
    ("dashboards", "tracker.api"),
    ("tracker.service", "tracker.demo"),
    ("tracker.reports",),
    ("tracker.leads",),
    ("tracker.stats",),
    ("tracker.ingest", "tracker.imports"),
    ("tracker.reference",),
    ("tracker.enrichment", "tracker.collector"),
    (
        "tracker.store",
        "tracker.db",
        "tracker.accounts",
        "tracker.sites",
        "tracker.sharing",
        "tracker.recipients",
        "tracker.journal",
        "tracker.data_folder",
    ),
    ("tracker.settings", "tracker.hit", "tracker.clock", "tracker.phrase"),
)
RANKS = {part: rank for rank, layer in enumerate(reversed(LAYERS)) for part in layer}

# What the collector, the only part that strangers reach without a limit, may use of this project.
COLLECTOR_MAY_IMPORT = {"tracker.collector", "tracker.journal", "tracker.hit", "tracker.settings"}
HEAVY = (
    "pandas",
    "numpy",
    "duckdb",
    "sqlalchemy",
    "alembic",
    "flask",
    "geoip2",
    "maxminddb",
    "ua_parser",
    "user_agents",
)

DATABASE_LIBRARIES = {"sqlalchemy", "duckdb", "duckdb_engine", "sqlite3", "alembic", "clickhouse_connect", "psycopg"}
SQL = re.compile(r"\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE\s+FROM\b", re.DOTALL)

# The one folder that knows the engine, with the modules that reach it: they open a store and read its errors.
DUCKDB = "tracker/store/duckdb/"
REACHES_DUCKDB = {"tracker/store/engines.py", "tracker/store/errors.py"}
# Standard SQL, which every engine of the event store and of the app database has; all else is in tracker.store.functions.
STANDARD_FUNCTIONS = {
    *(
        "avg",
        "coalesce",
        "count",
        "grouping",
        "grouping_sets",
        "lag",
        "lead",
        "lower",
        "max",
        "min",
        "nullif",
        "row_number",
        "sum",
    ),
}

PURE = ("tracker/enrichment/", "tracker/ingest/visits/assign.py", "tracker/leads/scoring.py")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"}
RANDOMNESS = {"random", "secrets", "uuid"}


def modules(*folders: str) -> list[str]:
    """The modules under the folders, as paths from the root; scripts that lie beside data are no modules."""
    found = (path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.as_posix() for path in found if "data" not in path.parts)


ALL = modules("tracker", "dashboards")


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), filename=module)


@cache
def nodes(module: str) -> list[ast.AST]:
    return [*ast.walk(tree(module))]


@cache
def imports(module: str) -> list[tuple[str, int]]:
    """Each dotted name that the module imports, with its line."""
    found: list[tuple[str, int]] = []
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found += ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relatively; write the whole name"
            # `from tracker import journal` imports tracker.journal; `from tracker.hit import Hit` names no module more.
            found += ((f"{node.module}.{name.name}", node.lineno) for name in node.names)
    return found


def part_of(dotted: str) -> str | None:
    """The part that a dotted name belongs to; None for other people's code and for the bare package."""
    words = dotted.split(".")
    if words[0] == "dashboards":
        return "dashboards"
    if words[0] != "tracker" or len(words) == 1 or words[1].startswith("__"):
        return None
    inner = ".".join(words[:3])
    return inner if inner in RANKS else f"tracker.{words[1]}"


def own_part(module: str) -> str | None:
    return part_of(module.removesuffix(".py").replace("/", "."))


def test_every_part_has_its_layer() -> None:
    assert {part for module in ALL if (part := own_part(module))} <= {*RANKS}, "give it one in LAYERS"


def test_imports_point_down() -> None:
    """What belongs to no part is under everything."""
    upward = [
        f"{module}:{line} imports {name}"
        for module in ALL
        for name, line in imports(module)
        if (part := part_of(name)) and RANKS.get(part, 99) > RANKS.get(own_part(module) or "", -1)
    ]
    assert upward == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for types and inside functions count: whoever reads one of the modules has to read them all."""
    known = {module.removesuffix(".py").removesuffix("/__init__").replace("/", "."): module for module in ALL}
    graph = {
        name: {known_name for imported, _ in imports(module) if (known_name := _module_of(imported, known)) != name}
        for name, module in known.items()
    }
    sorter = TopologicalSorter({name: targets - {None} for name, targets in graph.items()})
    sorter.prepare()  # raises CycleError with the circle


def _module_of(imported: str, known: Mapping[str, str]) -> str | None:
    """The module that an import is of: the name itself, or what holds it."""
    return imported if imported in known else next((one for one in [imported.rpartition(".")[0]] if one in known), None)


# A chain has as many steps as it has, and nobody looks for one by its noun.
CHAINS = {"tracker/db/migrations/versions"}


def test_a_folder_holds_fifteen_modules_at_most() -> None:
    held = Counter(Path(module).parent.as_posix() for module in ALL if not Path(module).name.startswith("__"))
    assert {folder: count for folder, count in held.items() if count > 15 and folder not in CHAINS} == {}


def test_the_root_holds_what_the_map_says() -> None:
    roots = {Path(module).name for module in ALL if Path(module).parent == Path("tracker")}
    assert roots <= {"__init__.py", "app.py", "clock.py", "phrase.py"}


def test_the_collector_needs_only_the_journal() -> None:
    needed = [(name, f"{module}:{line}") for module in modules("tracker/collector") for name, line in imports(module)]
    assert [one for one in needed if (part := part_of(one[0])) and part not in COLLECTOR_MAY_IMPORT] == []
    assert [one for one in needed if one[0].split(".")[0] in HEAVY] == []


@pytest.mark.parametrize(
    "module",
    [
        pytest.param("tracker.collector.wsgi", id="a-collect-process"),
        # Each command loads what it needs when it runs, so that `--help` and asking a running service answer at once.
        pytest.param("tracker.cli", id="a-command-before-it-runs"),
    ],
)
def test_loads_no_heavy_library(module: str) -> None:
    """What a module imports may import more: this looks at what a process has really loaded."""
    program = f"import sys, {module}; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_a_command_about_sites_loads_no_engine_of_events(tmp_path: Path) -> None:
    """It needs the app database alone, and answers in half the time without the rest."""
    program = (
        "import sys; from tracker.cli import webleads;"
        f" webleads(['site', 'add', 'a.fr', '--data', {str(tmp_path)!r}], standalone_mode=False);"
        " print('loaded:', *[name for name in ('pandas', 'duckdb', 'flask') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "loaded:"


def libraries_of(module: str) -> set[str]:
    return {name.split(".")[0] for name, _ in imports(module)}


def texts_of(module: str) -> list[str]:
    return [one.value for one in nodes(module) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def test_pages_and_the_api_hold_no_sql() -> None:
    pages = modules("dashboards", "tracker/api")
    assert [module for module in pages if libraries_of(module) & DATABASE_LIBRARIES] == []
    assert [(module, text) for module in pages for text in texts_of(module) if SQL.search(text)] == []


def test_only_its_folder_knows_duckdb() -> None:
    others = [module for module in ALL if not module.startswith(DUCKDB)]
    assert [module for module in others if libraries_of(module) & {"duckdb", "duckdb_engine"}] == []
    farther = [module for module in others if module not in REACHES_DUCKDB]
    reached = [(module, name) for module in farther for name, _ in imports(module)]
    assert [one for one in reached if f"{one[1]}.".startswith("tracker.store.duckdb.")] == []
    named = [module for module in farther if "duckdb" in texts_of(module)]
    assert named == [], "ask what the engine can do: tracker.store.engines.capabilities_of"


def test_only_an_engines_folder_uses_its_own_functions() -> None:
    """`func.` takes whatever name it is given, so that nothing else would say that an engine does not have it."""
    own = [
        f"{module}:{node.lineno} func.{node.attr}: name it in tracker/store/functions.py"
        for module in ALL
        for node in nodes(module)
        if isinstance(node, ast.Attribute)
        and not module.startswith(DUCKDB)
        and isinstance(node.value, ast.Name)
        and node.value.id == "func"
        and node.attr not in STANDARD_FUNCTIONS
    ]
    assert own == []


def test_an_engine_has_a_rule_for_each_function_of_the_store() -> None:
    from tracker.store import functions
    from tracker.store.duckdb.opening import open_store  # loads the rules

    assert open_store
    named = [one for one in vars(functions).values() if isinstance(one, type) and one.__module__ == functions.__name__]
    assert [one for one in named if "duckdb" not in one._compiler_dispatcher.specs] == []


def test_only_settings_read_the_environment() -> None:
    others = [module for module in ALL if module != "tracker/settings/__init__.py"]
    reads = [
        f"{module}:{node.lineno}"
        for module in others
        for node in nodes(module)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("os", "environ"), ("os", "environb"), ("os", "getenv")}
    ]
    assert reads == []
    imported = {(module, name) for module in others for name, _ in imports(module)}
    assert [one for one in imported if one[1] in {"os.environ", "os.environb", "os.getenv"}] == []


def test_pure_steps_are_given_the_clock_and_randomness() -> None:
    steps = [module for module in ALL if module.startswith(PURE)]
    assert [module for module in steps if libraries_of(module) & RANDOMNESS] == []
    asked = [
        f"{module}:{call.lineno} asks the clock"
        for module in steps
        for call in nodes(module)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in CLOCKS
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"time", "datetime", "date"}
    ]
    assert asked == []
