"""A funnel as its page shows it: each step with a bar, how many went on, and the companies that stopped there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dashboards.presentation import numbers
from dashboards.translations import message_plural, translate, translate_plural
from dashboards.web.funnels.words import STEP_KINDS, companies_counted, step_name
from tracker.stats.funnels import Funnel, Step, StepKind, is_every_page
from tracker.stats.funnels.figures import FunnelFigures, StepFigures
from tracker.stats.goals import ANY, Goal

_COMPANIES = 5
# So many further ones unfold; more are no list that somebody reads.
_FURTHER = 45
_VISITS = message_plural(
    "%(count)s visit of %(all)s did all steps: %(share)s.", "%(count)s visits of %(all)s did all steps: %(share)s."
)
_VISITORS = message_plural(
    "%(count)s visitor of %(all)s did all steps: %(share)s.", "%(count)s visitors of %(all)s did all steps: %(share)s."
)


Order = Callable[[Iterable[str]], Sequence[str]]


@dataclass(frozen=True)
class StepRow:
    """A step in words. `stopped` and `further` are companies, `more` how many there are beyond `stopped`; `page` is its only page, if it is one."""

    name: str
    kind: str
    reached: str
    share: str
    width: float
    left: str
    left_share: str
    companies: str
    stopped: Sequence[str]
    further: Sequence[str]
    more: int
    page: str


def step_rows(
    language: str, funnel: Funnel, goals: Sequence[Goal], found: FunnelFigures, in_order: Order
) -> list[StepRow]:
    """The rows of a funnel's steps; `in_order` are the companies that are listed, as they are."""
    first = max(found.steps[0].reached, 1)
    return [
        _row(language, step, goals, one, first, in_order) for step, one in zip(funnel.steps, found.steps, strict=True)
    ]


def _row(language: str, step: Step, goals: Sequence[Goal], one: StepFigures, first: int, in_order: Order) -> StepRow:
    stopped = in_order(one.stopped)
    only = step.kind is StepKind.PAGE and ANY not in step.value
    return StepRow(
        name=step_name(language, step, goals),
        kind="" if is_every_page(step) else translate(language, STEP_KINDS[step.kind]),
        reached=numbers.count(language, one.reached),
        share=numbers.percent(language, one.reached / first),
        width=round(100 * one.reached / first, 1),
        left=numbers.count(language, one.left) if one.left else "",
        left_share=numbers.percent(language, one.left / max(one.reached, 1)),
        companies=companies_counted(language, one.companies),
        stopped=stopped[:_COMPANIES],
        further=stopped[_COMPANIES : _COMPANIES + _FURTHER],
        more=len(stopped) - _COMPANIES,
        page=step.value if only else "",
    )


def in_all(language: str, funnel: Funnel, found: FunnelFigures) -> str:
    """How many did all steps, in one sentence."""
    first, last = found.steps[0].reached, found.steps[-1].reached
    words = _VISITORS if funnel.days else _VISITS
    share = numbers.percent(language, last / max(first, 1))
    return translate_plural(
        language, *words, last, count=numbers.count(language, last), all=numbers.count(language, first), share=share
    )
