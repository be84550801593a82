"""Isolation: one bad metric spoils a whole batch at GA4 (400), so what is refused is found by halving.

Halves of the batch, then of the report's metrics, then of its windows, until what remains is alone; the vendor's own
words shorten the way where they name a metric or field of the report. The others get their answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from connectors.errors import Refused
from connectors.ga4.packing import Cell, Spec
from connectors.ga4.wire import Report

_INCOMPATIBLE = "compatible"
_PROPOSAL = re.compile(r"did you mean [^?]*\?", re.IGNORECASE)
Ask = Callable[[Sequence[Spec]], list[Report]]


@dataclass(frozen=True, slots=True)
class Answered:
    """A report that came."""

    spec: Spec
    report: Report


@dataclass(frozen=True, slots=True)
class Rejected:
    """Cells that the vendor will not answer, with its reason."""

    cells: frozenset[Cell]
    reason: Refused


def ask_apart(specs: Sequence[Spec], ask: Ask) -> Iterator[Answered | Rejected]:
    """Answers and rejections that together hold every cell of `specs` exactly once. Other errors pass through."""
    if not specs:
        return
    try:
        reports = ask(specs)
    except Refused as refused:
        yield from _divided(specs, refused, ask)
        return
    yield from (Answered(spec, report) for spec, report in zip(specs, reports, strict=True))


def _divided(specs: Sequence[Spec], refused: Refused, ask: Ask) -> Iterator[Answered | Rejected]:
    if len(specs) > 1:
        middle = len(specs) // 2
        yield from ask_apart(specs[:middle], ask)
        yield from ask_apart(specs[middle:], ask)
        return
    spec = specs[0]
    named = {metric for metric in spec.metrics if _names(refused.what, metric)}
    fields = {condition.field for condition in spec.group.where} | {spec.group.dimension or ""}
    if named and len(named) < len(spec.metrics) and _INCOMPATIBLE in refused.what:
        # "Please remove sessions to make the request compatible": right by itself, only not beside the others
        for part in _parts(spec, [tuple(m for m in spec.metrics if (m in named) is side) for side in (True, False)]):
            yield from ask_apart([part], ask)
    elif named and len(named) < len(spec.metrics):
        yield Rejected(frozenset(cell for cell in spec.cells if cell.metric in named), refused)
        yield from ask_apart(_parts(spec, [tuple(m for m in spec.metrics if m not in named)]), ask)
    elif len(spec.cells) == 1 or (_names_any(refused.what, fields) and not _may_fit_others(spec, refused)):
        yield Rejected(spec.cells, refused)
    else:
        for half in _halves(spec):
            yield from ask_apart([half], ask)


def _names(message: str, name: str) -> bool:
    """Whether the vendor's words hold this name as a whole word ("Field foo is not a valid metric").

    What it proposes instead ("Did you mean sessions? Field session is …") is not what it refuses.
    """
    refused = _PROPOSAL.sub("", message)
    return re.search(rf"(?<![\w:]){re.escape(name)}(?![\w:])", refused) is not None


def _names_any(message: str, names: Iterable[str]) -> bool:
    return any(name and _names(message, name) for name in names)


def _may_fit_others(spec: Spec, refused: Refused) -> bool:
    """A field that does not go with one metric of the report may go with the others."""
    return _INCOMPATIBLE in refused.what and len(spec.metrics) > 1


def _halves(spec: Spec) -> list[Spec]:
    if len(spec.metrics) > 1:
        middle = len(spec.metrics) // 2
        return _parts(spec, [spec.metrics[:middle], spec.metrics[middle:]])
    middle = len(spec.windows) // 2
    return [
        replace(spec, windows=windows, cells=frozenset(cell for cell in spec.cells if cell.window in windows))
        for windows in (spec.windows[:middle], spec.windows[middle:])
    ]


def _parts(spec: Spec, metrics: Sequence[tuple[str, ...]]) -> list[Spec]:
    return [
        replace(spec, metrics=some, cells=frozenset(cell for cell in spec.cells if cell.metric in some))
        for some in metrics
    ]
