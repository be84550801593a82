"""What a breakdown says of a number that fell short: "Mostly Organic Search: 2,900 fewer than …". Never a cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from mapping.decimals import wide
from mapping.judgements import Judgement
from mapping.kpis import Kpi, Unit
from mapping.texts.facts import Breakdown
from mapping.texts.phrases import NAME_LIMIT
from mapping.texts.quoting import quoted
from mapping.wording import count_word, show_value, side, unit_word

BREAKDOWNS_BEFORE = 4  # periods before, whose average the newest is compared with


def mostly(kpi: Kpi, judged: Judgement, breakdown: Breakdown, before: Sequence[Breakdown]) -> str:
    """ "Mostly Organic Search: 2,900 fewer than the average of the four weeks before." Counts and money only: a share
    of a rate explains nothing. "" where the breakdown says nothing. `before`: of the periods before, as far as known.
    """
    befores = [one for one in before if one]
    if kpi.unit not in (Unit.COUNT, Unit.CURRENCY) or not breakdown or not befores:
        return ""
    fell = side(kpi, judged.value, judged.target) == "below"
    changes = _changes(breakdown, befores)
    label = min(changes, key=lambda one: changes[one]) if fell else max(changes, key=lambda one: changes[one])
    change = changes[label]
    if change == 0 or (change < 0) != fell:
        return ""
    mainly = abs(change) * 2 >= abs(sum(changes.values(), Decimal(0)))
    less = "fewer" if kpi.unit is Unit.COUNT else "less"
    amount = f"{show_value(kpi, abs(change))} {less if fell else 'more'} than"
    unit = unit_word(kpi.period, len(befores))
    average = f"average of the {count_word(len(befores))} " if len(befores) > 1 else ""
    base = f"the {average}{unit} before"
    name = quoted(label, NAME_LIMIT) or "without a name"
    return f"Mostly {name}: {amount} {base}." if mainly else f"Most changed: {name}, {amount} {base}."


def _changes(now: Breakdown, befores: Sequence[Breakdown]) -> Mapping[str, Decimal]:
    """By label, how far it is from its average before; a label that a period does not have counted nothing in it."""
    current = dict(now)
    earlier = [dict(one) for one in befores]
    labels = dict.fromkeys([*current, *(label for one in earlier for label in one)])
    with wide():
        return {
            label: current.get(label, Decimal(0))
            - sum((one.get(label, Decimal(0)) for one in earlier), Decimal(0)) / len(earlier)
            for label in labels
        }
