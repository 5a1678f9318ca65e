"""Companies that read what a company reads: the more of their pages are the same, and the fewer others read those, the more alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, func, select

from tracker.leads.certainty import is_sure
from tracker.stats.companies.visit_rows import page_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

# Companies are compared by a second page, unless there is only one: nearly everybody reads the start page.
_FEWEST_PAGES = 2


class Alike(NamedTuple):
    """A company, and the pages that it shares with the other, those that few read first: their titles or paths."""

    company: str
    pages: tuple[str, ...]


def companies_alike(
    store: EventStore, scope: Scope, company: str, *, confirmed: Collection[str] = (), limit: int = 5
) -> Sequence[Alike]:
    """Returns the certain companies of the scope that are most alike, the most alike first.

    A page weighs 1 divided by the number of companies that read it. How alike two companies are is the weight of the pages
    that both read, divided by that of the pages that one of them read (a weighted Jaccard index).
    """
    with page_rows(store, scope) as viewed:
        read = _read(viewed.c, confirmed)
        shared: Sequence[Any] = viewed.rows(_most_alike(read, company, limit))
        if not shared:
            return []
        names = [name for name, _ in shared]
        own = select(read.c.path).where(read.c.company == company)
        pages = (
            select(read.c.company, read.c.title, read.c.path)
            .where(read.c.company.in_(names), read.c.path.in_(own))
            .order_by(read.c.weight.desc(), read.c.path)
        )
        titles: dict[str, list[str]] = {name: [] for name in names}
        rows: Sequence[Any] = viewed.rows(pages)
        for name, title, path in rows:
            titles[name].append(title or path)
    return [Alike(name, tuple(found)) for name, found in titles.items()]


def _read(own: Any, confirmed: Collection[str]) -> CTE:
    """Each page of each certain company once, with its `weight`."""
    pairs = (
        select(own.company, own.path, func.max(own.title).label("title"))
        .where(is_sure(confirmed, own), own.path.is_not(None))
        .group_by(own.company, own.path)
        .cte("pairs")
    )
    readers = func.count().over(partition_by=pairs.c.path)
    return select(*pairs.c, (1.0 / readers).label("weight")).cte("read")


def _most_alike(read: CTE, company: str, limit: int) -> Select[Any]:
    one = read.c
    theirs = select(one.path).where(one.company == company).cte("theirs")
    whole = select(func.sum(one.weight)).where(one.company == company).scalar_subquery()
    all_of_each = select(one.company, func.sum(one.weight).label("weight")).group_by(one.company).cte("all_of_each")
    both = (
        select(one.company, func.sum(one.weight).label("weight"), func.count().label("pages"))
        .where(one.company != company, one.path.in_(select(theirs.c.path)))
        .group_by(one.company)
        .cte("both")
    )
    how_much = both.c.weight / (whole + all_of_each.c.weight - both.c.weight)
    fewest = select(func.count()).select_from(theirs).scalar_subquery()
    return (
        select(both.c.company, how_much.label("how_much"))
        .join(all_of_each, all_of_each.c.company == both.c.company)
        .where((both.c.pages >= _FEWEST_PAGES) | (fewest < _FEWEST_PAGES))
        .order_by(how_much.desc(), both.c.company)
        .limit(limit)
    )
