"""The overview's panels: which breakdowns each offers, and their rows as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from dashboards.presentation import labels, numbers
from dashboards.presentation.companies.fit import fit_band
from dashboards.presentation.companies.identified import IDENTIFICATIONS, identification
from dashboards.presentation.companies.register_facts import (
    activity_name,
    region_name,
    sector_name,
    size_name,
    state_name,
)
from dashboards.presentation.figures import Change, changed
from dashboards.presentation.score_reasons import standing_name
from dashboards.presentation.workflow import work_value
from dashboards.translations import message, translate
from dashboards.web.goals.names import goal_name
from dashboards.web.site.selection import Selection
from tracker.service.context import Context
from tracker.stats.breakdowns import leading, visitors_of
from tracker.stats.dimensions import Dimension
from tracker.stats.scope import Scope
from tracker.stats.site_pages.site_search import as_typed
from tracker.store.protocol import EventStore

ROWS = 8


@dataclass(frozen=True)
class PanelKind:
    """A panel: its name, the dimensions that are its tabs, in order, and what to say when it is empty."""

    key: str
    title: str
    tabs: tuple[tuple[Dimension, str], ...]
    empty: str
    # None for the panel of companies: what is missing depends on the installation (`why_no_company`).
    remedy: str | None
    # Further pages about the same: endpoints, their arguments and names.
    pages: tuple[tuple[str, Mapping[str, str], str], ...] = ()

    def shown(self, opened: Dimension) -> list[tuple[Dimension, str]]:
        """The tabs in the panel's head: those that are always there, and the one that is open."""
        return [tab for tab in self.tabs if not tab[0].definition.more or tab[0] is opened]

    @property
    def more(self) -> list[tuple[Dimension, str]]:
        """Those that open from its menu."""
        return [tab for tab in self.tabs if tab[0].definition.more]


def _panel(
    key: str, title: str, empty: str, remedy: str | None, *pages: tuple[str, Mapping[str, str], str]
) -> PanelKind:
    defined = [(one, one.definition) for one in Dimension]
    tabs = tuple((one, definition.title) for one, definition in defined if definition.panel == key)
    return PanelKind(key, title, tabs, empty, remedy, pages)


PANELS = (
    _panel(
        "pages",
        message("Pages"),
        message("No page view in this period."),
        message("Choose a longer period, or check that the snippet is on every page."),
        ("paths.show", {}, message("Paths")),
        ("broken_links.show", {}, message("Broken links")),
        ("timing.show", {}, message("When people come")),
    ),
    _panel(
        "sources",
        message("Sources"),
        message("Nothing to show here for this period."),
        message("Add ?utm_campaign=name to the links that you share, and each campaign gets its line."),
    ),
    _panel(
        "companies",
        message("Companies"),
        message("No company identified in this period."),
        None,
    ),
    _panel(
        "places",
        message("Places"),
        message("No place is known for this period."),
        message("Places come from a geo database."),
        ("overview.breakdown", {"dimension": "country"}, message("World map")),
    ),
    _panel(
        "devices",
        message("Devices"),
        message("No device is known for this period."),
        message("Choose a longer period."),
    ),
)
BY_KEY = {panel.key: panel for panel in PANELS}

# The titles of the pages with all values of a dimension.
DIMENSION_TITLES = {dimension: label for panel in PANELS for dimension, label in panel.tabs}

_VOCABULARIES = {
    "country": labels.country,
    "channel": labels.channel,
    "device": labels.device,
    "network_kind": labels.network_kind,
    "social_kind": labels.social_kind,
    "language": labels.language_name,
    "screen": labels.screen_size,
    "site_search": lambda language, value: as_typed(value) or translate(language, "Unknown"),
    "identification": identification,
    "fit": fit_band,
    "standing": standing_name,
    "work": work_value,
    "sector": sector_name,
    "activity": activity_name,
    "size": size_name,
    "seat_region": region_name,
    "legal_state": state_name,
    "goal": goal_name,
}


# The values that those of a fixed vocabulary can have.
_CODES: Mapping[str, Iterable[str]] = {
    "channel": labels.CHANNELS,
    "device": labels.DEVICES,
    "network_kind": labels.NETWORK_KINDS,
    "social_kind": labels.SOCIAL_KINDS,
    "screen": labels.SCREEN_SIZES,
    "identification": IDENTIFICATIONS,
}


@dataclass(frozen=True)
class PanelRow:
    """One value of a breakdown. `width` is the bar's, 0–100, the largest being 100.

    `value` is what a filter takes: empty for what is unknown. `detail` is a page's path beside its title.
    """

    label: str
    detail: str
    value: str
    visitors: str
    share: str
    width: float
    change: Change | None = None


@dataclass(frozen=True)
class Panel:
    """A panel with one of its tabs open."""

    kind: PanelKind
    dimension: Dimension
    rows: list[PanelRow] = field(default_factory=list)
    has_more: bool = False


def panel_of(dimension: Dimension) -> PanelKind:
    """The panel that has the dimension among its tabs."""
    return next(panel for panel in PANELS if any(one is dimension for one, _ in panel.tabs))


def read_panels(
    context: Context, selection: Selection, keys: Sequence[str], language: str, *, everybody: int
) -> list[Panel]:
    """The panels with the tabs that the selection names open. `everybody` is the number of the period's visitors."""
    tabs = {key: _open_tab(selection, BY_KEY[key]) for key in keys}
    opened = list(dict.fromkeys(tabs.values()))
    frames = first_values(context.event_store, selection.scope, opened, everybody=everybody)
    befores = _befores(context, selection, frames)
    panels = []
    for key, dimension in tabs.items():
        rows = _rows(frames[dimension], dimension, language, befores.get(dimension))
        panels.append(Panel(BY_KEY[key], dimension, rows[:ROWS], len(rows) > ROWS))
    return panels


def first_values(
    store: EventStore, scope: Scope, dimensions: Sequence[Dimension], *, everybody: int
) -> dict[Dimension, pd.DataFrame]:
    """The values of dimensions that panels show, with some that they may leave out (`tracker.stats.breakdowns.leading`)."""
    return leading(store, scope, dimensions, limit=ROWS + 2, everybody=everybody)


def _befores(
    context: Context, selection: Selection, frames: Mapping[Dimension, pd.DataFrame]
) -> dict[Dimension, dict[str | None, int]]:
    """The visitors that the rows' values had in the period that is compared with; nothing where none is."""
    if selection.compared_scope is None:
        return {}
    named = {one: list(frame["value"]) for one, frame in frames.items() if len(frame)}
    return visitors_of(context.event_store, selection.compared_scope, named) if named else {}


def _rows(
    frame: pd.DataFrame, dimension: Dimension, language: str, before: Mapping[str | None, int] | None
) -> list[PanelRow]:
    if dimension.definition.only_named:
        frame = frame[frame["value"].notna()]
    largest = max(frame["visitors"].max(), 1) if len(frame) else 1
    return [
        PanelRow(
            label=title or word_dimension(language, dimension, value),
            detail=value if title else "",
            value=value,
            visitors=numbers.count(language, visitors),
            share=numbers.percent(language, share),
            width=round(100 * visitors / largest, 1),
            change=None if before is None else changed(language, "visitors", visitors, before.get(value or None, 0)),
        )
        for value, title, visitors, share in zip(
            _texts(frame, "value"), _texts(frame, "title"), frame["visitors"], frame["share"], strict=True
        )
    ]


def word_dimension(language: str, dimension: Dimension, value: str) -> str:
    """Returns a breakdown's value in words. An empty value is unknown."""
    definition = dimension.definition
    if definition.vocabulary is not None:
        return _VOCABULARIES[definition.vocabulary](language, value)
    return value or translate(language, definition.unknown)


def codes_that_read(language: str, dimension: Dimension, text: str) -> tuple[str, ...]:
    """The values of a dimension whose words have the text in them, where its values are codes; "" is the missing one."""
    vocabulary, wanted = dimension.definition.vocabulary, text.casefold()
    if vocabulary is None:
        return ("",) if wanted in translate(language, dimension.definition.unknown).casefold() else ()
    codes = ("", *(labels.territories(language) if vocabulary == "country" else _CODES.get(vocabulary, ())))
    return tuple(code for code in codes if wanted in word_dimension(language, dimension, code).casefold())


def open_tabs(selection: Selection) -> list[Dimension]:
    """The dimensions that an overview shows, a panel each."""
    return [_open_tab(selection, kind) for kind in PANELS]


def _open_tab(selection: Selection, kind: PanelKind) -> Dimension:
    asked = selection.tab(kind.key, kind.tabs[0][0].value)
    return next((dimension for dimension, _ in kind.tabs if dimension.value == asked), kind.tabs[0][0])


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    """Returns a column as text; empty where the column or its value is missing."""
    if column not in frame:
        return [""] * len(frame)
    values = frame[column].tolist()
    return [value if isinstance(value, str) else "" if pd.isna(value) else str(value) for value in values]
