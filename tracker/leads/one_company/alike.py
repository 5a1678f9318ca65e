"""Companies that read what a company reads: the more of their pages are the same, and the fewer others read those, the more alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, BigInteger, Select, and_, cast, func, select

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
        own = select(read.c.path).where(read.c.company == company)
        most = _most_alike(read, company, limit).cte("most")
        shared = (
            select(read.c.company, read.c.path, read.c.weight, most.c.how_much)
            .join(most, most.c.company == read.c.company)
            .where(read.c.path.in_(own))
            .cte("shared")
        )
        both = and_(viewed.c.company == shared.c.company, viewed.c.path == shared.c.path)
        pages = (
            select(shared.c.company, func.max(viewed.c.title), shared.c.path)
            .select_from(viewed.table.join(shared, both))
            .where(is_sure(confirmed, viewed.c))
            .group_by(*shared.c)
            .order_by(shared.c.how_much.desc(), shared.c.company, shared.c.weight.desc(), shared.c.path)
        )
        rows: Sequence[Any] = viewed.rows(pages)
    titles: dict[str, list[str]] = {}
    for name, title, path in rows:
        titles.setdefault(name, []).append(title or path)
    return [Alike(name, tuple(found)) for name, found in titles.items()]


def _read(own: Any, confirmed: Collection[str]) -> CTE:
    """Each page of each certain company once, with its `weight`."""
    pairs = select(own.company, own.path).where(is_sure(confirmed, own), own.path.is_not(None)).distinct().cte("pairs")
    pages = select(pairs.c.path, (1.0 / func.count()).label("weight")).group_by(pairs.c.path).cte("pages")
    return select(*pairs.c, pages.c.weight).join(pages, pages.c.path == pairs.c.path).cte("read")


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
    # In billionths: in what order weights are added up, which chance decides, is not to decide among equals.
    how_much = cast(1e9 * both.c.weight / (whole + all_of_each.c.weight - both.c.weight), BigInteger)
    fewest = select(func.count()).select_from(theirs).scalar_subquery()
    return (
        select(both.c.company, how_much.label("how_much"))
        .join(all_of_each, all_of_each.c.company == both.c.company)
        .where((both.c.pages >= _FEWEST_PAGES) | (fewest < _FEWEST_PAGES))
        .order_by(how_much.desc(), both.c.company)
        .limit(limit)
    )
