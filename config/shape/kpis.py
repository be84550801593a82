"""The shape of a KPI: how it is counted, what it should reach, and what follows."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from config.shape.conditions import ConditionField
from config.shape.fields import (
    AmountField,
    Day,
    Kind,
    NumberField,
    Reference,
    References,
    Shape,
    Text,
)
from config.shape.who import PolicyShape
from connectors.fields import LaterSpan, choice, count_field, read_list
from mapping.queries import Aggregate

STAGES = ("awareness", "acquisition", "conversion", "retention", "satisfaction", "finance", "capacity")
UNITS = ("count", "percent", "currency", "seconds", "score", "ratio")
AGGREGATES = tuple(a.value for a in Aggregate)


class ValueShape(Shape):
    """What is asked of a source. Which keys belong together depends on the source's kind.

    ga4: metric, where. sheets: table with date, column, aggregate, where, min_rows, empty; or matrix with row; or cell
    with as_of. csv: date, column, aggregate, where, min_rows, empty. hubspot: object, date, aggregate, property,
    filter.
    """

    source: Reference = Field(description="A source of this file.", examples=["web"])
    metric: Text | None = Field(default=None, description="ga4: the metric's API name.", examples=["sessions"])
    where: dict[str, ConditionField] | None = Field(
        default=None,
        description="field: value | [any, of] | {not: …} | {begins: …} | {contains: …} | {matches: regex}",
        examples=["{eventName: purchase}"],
    )
    table: Text | None = Field(
        default=None, description="sheets: a range whose first row names its columns.", examples=['"Spend!A:E"']
    )
    date: Text | None = Field(
        default=None, description="The column (hubspot: property) that dates a row.", examples=["Date"]
    )
    column: Text | None = Field(default=None, description="The column that is aggregated.", examples=["Amount"])
    aggregate: Annotated[Aggregate, choice(*AGGREGATES), WithJsonSchema({"enum": list(AGGREGATES)})] | None = Field(
        default=None, description="sum mean min max count last nps", examples=["sum"]
    )
    min_rows: Annotated[int, count_field(0, "rows"), WithJsonSchema({"type": "integer", "minimum": 0})] | None = Field(
        default=None, description="Under so many rows the number is not believed."
    )
    empty: Annotated[Literal["zero", "missing"], choice("zero", "missing")] | None = Field(
        default=None,
        description="zero: a period without rows is zero once a later-dated row exists; default: missing.",
    )
    matrix: Text | None = Field(
        default=None,
        description="sheets: KPIs down, periods across (2026-Q3, Sep 2026, dates …).",
        examples=['"Tracker!A1:Z40"'],
    )
    row: Text | None = Field(default=None, description="The row of the matrix.", examples=["Awareness"])
    cell: Text | None = Field(default=None, description="sheets: one cell.", examples=['"Ops!B7"'])
    as_of: Text | None = Field(
        default=None,
        description="The cell with the date the cell is for; without it: a photograph.",
        examples=['"Ops!B8"'],
    )
    object: Text | None = Field(default=None, description="hubspot: contacts, deals, …", examples=["contacts"])
    property: Text | None = Field(default=None, description="hubspot: the property that is aggregated.")
    filter: dict[str, ConditionField] | None = Field(
        default=None, description="hubspot: property conditions, as for where.", examples=["{lifecyclestage: customer}"]
    )
    fillers: ClassVar[dict[str, Any]] = {}


class OverShape(Shape):
    """A fixed baseline of a growth target: a number, or a period by its name."""

    value: AmountField | None = Field(default=None, description="The baseline as a number.", examples=["9100"])
    period: Text | None = Field(default=None, description="The period that is the baseline.", examples=["2026-W10"])


def _over_tag(value: object) -> str:
    return "≡mapping" if isinstance(value, dict | OverShape) else "≡word"


OverWord = Annotated[
    Literal["previous_period", "same_period_last_year"], choice("previous_period", "same_period_last_year")
]
Over = Annotated[Annotated[OverWord, Tag("≡word")] | Annotated[OverShape, Tag("≡mapping")], Discriminator(_over_tag)]


class TargetShape(Shape):
    """One target: a number, a range, growth over a baseline, or a cell; dated entries have from and to."""

    value: AmountField | None = Field(default=None, description="The target as a number.", examples=["12000"])
    between: Annotated[tuple[AmountField, ...], BeforeValidator(read_list)] | None = Field(
        default=None, description="The agreed range.", examples=["[2.0%, 4.5%]"], min_length=2, max_length=2
    )
    growth: AmountField | None = Field(default=None, description="Growth over a baseline.", examples=["20%"])
    over: Over | None = Field(
        default=None,
        description="previous_period, same_period_last_year, {value: 9100} or {period: 2026-W10}",
        examples=["previous_period"],
    )
    source: Reference | None = Field(
        default=None, description="The sheets source of a target cell.", examples=["scorecard"]
    )
    cell: Text | None = Field(default=None, description="The target cell.", examples=['"Targets!C4"'])
    first: Day | None = Field(
        default=None, alias="from", description="In force for periods that begin on or after this day."
    )
    last: Day | None = Field(
        default=None, alias="to", description="Last day of a period's beginning on which it is in force."
    )


def _read_targets(value: object) -> object:
    """A number stands for {value: number}, a mapping for a list of one."""
    entries = value if isinstance(value, list) else [value]
    return [{"value": entry} if isinstance(entry, str) else entry for entry in entries]


Targets = Annotated[tuple[TargetShape, ...], BeforeValidator(_read_targets), WithJsonSchema({"x-shape": "target"})]


class AgreedShape(Shape):
    """When the definition was agreed, and by whom."""

    on: Day = Field(description="The day.", examples=["2026-09-01"])
    by: References = Field(default=(), description="People of this file.", examples=["[ana]"])
    fillers: ClassVar[dict[str, Any]] = {"on": "2026-01-01"}


class PausedShape(Shape):
    """Read and shown, not judged: any period that has one of these days."""

    first: Day = Field(alias="from", description="First day.", examples=["2026-12-14"])
    last: Day = Field(alias="to", description="Last day.", examples=["2027-01-03"])
    why: Text | None = Field(default=None, description="The reason, for people.")
    by: Reference | None = Field(default=None, description="Who decided it.")
    fillers: ClassVar[dict[str, Any]] = {"from": "1970-01-01", "to": "2200-01-01"}


class SameAsShape(Shape):
    """A second source of the same quantity, and how far the two may differ."""

    value: ValueShape = Field(description="The other value.", examples=["{source: scorecard, …}"])
    within: AmountField = Field(description="How far they may differ.", examples=["5%"])


def _input_tag(value: object) -> str:
    return "≡kpi" if isinstance(value, str) or value is None else "≡value"


Input = Annotated[Annotated[Reference, Tag("≡kpi")] | Annotated[ValueShape, Tag("≡value")], Discriminator(_input_tag)]


class KpiShape(Shape):
    """One agreed definition."""

    name: Text = Field(description="As people read it.", examples=["Website sessions"])
    definition: Text | None = Field(default=None, description="How it is counted, in one or two sentences for people.")
    agreed: AgreedShape | None = Field(
        default=None,
        description="Older than the last change of how it is counted: shown as not yet agreed.",
        examples=["{on: 2026-09-01, by: [ana]}"],
    )
    owner: Reference | None = Field(default=None, description="Gets the action items.")
    data_owner: Reference | None = Field(
        default=None,
        description="Is asked when the number is late or wrong; default the lead of the first team with section "
        "m_and_e.",
    )
    stage: Annotated[str, choice(*STAGES), WithJsonSchema({"enum": list(STAGES)})] | None = Field(
        default=None, description="A label for gap rules: " + " ".join(STAGES) + "."
    )
    unit: Annotated[str, choice(*UNITS), WithJsonSchema({"enum": list(UNITS)})] = Field(
        default="count",
        description="count | percent | currency | seconds | score | ratio. percent is shown times 100; a target on it "
        "is written with %.",
    )
    currency: Text | None = Field(default=None, description="Three letters, for unit currency.", examples=["ZAR"])
    scale: NumberField | None = Field(
        default=None, description="What the source's number is multiplied by: 0.01 if it writes 12 for 12 %."
    )
    direction: Annotated[Literal["up", "down"], choice("up", "down")] = Field(
        default="up", description="up (default): more is better | down: less is better."
    )
    period: Kind = Field(
        description="day | week | month | quarter | half_year | year | fiscal_quarter | fiscal_year", examples=["week"]
    )
    value: ValueShape | None = Field(
        default=None, description="What is asked of a source.", examples=["{source: web, metric: sessions}"]
    )
    formula: Text | None = Field(
        default=None,
        description="+ - * / ( ) min max abs round, numbers, the names under inputs.",
        examples=["purchases / sessions"],
    )
    inputs: dict[str, Input] | None = Field(
        default=None,
        description="The formula's names: each a value, or a bare KPI id, taken for this KPI's period.",
        examples=["{purchases: {source: web, metric: keyEvents}, sessions: sessions}"],
    )
    breakdown: Text | None = Field(
        default=None,
        description='ga4 dimension: context for people ("mostly Organic Search"); never judged.',
        examples=["sessionDefaultChannelGroup"],
    )
    target: Targets | None = Field(
        default=None,
        description="A number, {between: […]}, {growth: …, over: …}, {source: …, cell: …}, or a dated list of those: "
        "the one in force on the period's first day.",
        examples=["12000"],
    )
    tolerance: AmountField | None = Field(
        default=None,
        description='Short by up to this is "close"; default 5%; a plain number is in the unit; '
        '"3 points" for percent.',
        examples=["5%"],
    )
    plausible: Annotated[tuple[AmountField, ...], BeforeValidator(read_list)] | None = Field(
        default=None,
        description="Outside it the number is not believed.",
        examples=["[0%, 20%]"],
        min_length=2,
        max_length=2,
    )
    needs: References = Field(
        default=(), description="While such a capacity KPI is off track, new action items of this one wait."
    )
    explained_by: References = Field(
        default=(), description="While that KPI has an open item, this one's shortfall is a line in it."
    )
    paused: tuple[PausedShape, ...] = Field(
        default=(),
        description="Read and shown, not judged.",
        examples=["[{from: 2026-12-14, to: 2027-01-03, why: Summer shutdown}]"],
    )
    late_after: LaterSpan | None = Field(
        default=None, description="Overrides the sources' late_after.", examples=["20 days"]
    )
    policy: PolicyShape = Field(
        default=PolicyShape(), description="Overrides any key of policy:.", examples=["{breach_after: 3}"]
    )
    was: Reference | None = Field(default=None, description="Its former id: history and open items come along.")
    pace: Annotated[Literal["even", "like_last_year"], choice("even", "like_last_year")] | None = Field(
        default=None, description="While the period runs: how many should be there by now; shown, not acted on."
    )
    same_as: SameAsShape | None = Field(
        default=None, description="Two sources, one truth.", examples=["{value: {source: scorecard, …}, within: 5%}"]
    )
    fillers: ClassVar[dict[str, Any]] = {"name": "?", "period": "week"}
    belongs: ClassVar[dict[str, str]] = {
        **{
            key: f"write it under value: {{source: …, {key}: …}}"
            for key in ("source", "metric", "where", "table", "column", "aggregate", "matrix", "row", "cell", "as_of")
        },
        "between": "write it under target: {between: […]}",
        "growth": "write it under target: {growth: …, over: …}",
        "goal": "list the KPI under a goal: goals: [{id: …, title: …, kpis: […]}]",
        "team": "the owner's team counts: write it at the person",
    }


class TableShape(Shape):
    """A table of a source: targets_from, findings, campaigns_from."""

    source: Reference = Field(description="A sheets source of this file.", examples=["scorecard"])
    table: Text = Field(description="A range whose first row names its columns.", examples=['"Targets!A10:E"'])
