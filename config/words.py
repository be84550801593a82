"""What the file agrees on, said back in words by `alignd check`: one short paragraph a KPI, what KPIs of
the same kind of period have in common once, then where work goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from config.model import Config
from config.words_told import told_in_words
from mapping.campaigns import Campaign, Touch, touchpoints
from mapping.goals import Goals, escalation_person
from mapping.kpis import Between, DatedTarget, Direction, Fixed, FromCell, Growth, Kpi, TargetRule, TargetValue
from mapping.pace import EVEN
from mapping.people import call_name
from mapping.periods import PeriodKind
from mapping.queries import CellQuery, CrmQuery, MatrixQuery, MetricQuery, Query, TableQuery
from mapping.reviews import Review
from mapping.spans import Span, SpanUnit, say_span
from mapping.wording import (
    join_words,
    show_date,
    show_number,
    show_short,
    show_target,
    show_value,
    unit_word,
)
from mapping.wording_rhythms import say_rhythm

_EVERY = {
    PeriodKind.DAY: "daily",
    PeriodKind.WEEK: "weekly",
    PeriodKind.MONTH: "monthly",
    PeriodKind.QUARTER: "quarterly",
    PeriodKind.HALF_YEAR: "half-yearly",
    PeriodKind.YEAR: "yearly",
    PeriodKind.FISCAL_QUARTER: "every fiscal quarter",
    PeriodKind.FISCAL_YEAR: "every fiscal year",
}
_LONG_AGO = date.min  # no year is this one: every date is said with its year


def in_words(config: Config) -> tuple[str, ...]:
    """The paragraphs, in the order of the file; then, for each kind of period, what most of its KPIs have in common."""
    judged = [kpi for kpi in config.kpis.values() if kpi.targets or config.targets_from is not None]
    common = {period: _common(config, [kpi for kpi in judged if kpi.period is period]) for period in PeriodKind}
    return (
        *(_Said(config, kpi).paragraph(common[kpi.period]) for kpi in config.kpis.values()),
        *(_common_paragraph(period, said) for period, said in common.items() if said),
        *(_review(config, review) for review in config.reviews.values()),
        *(_campaign(config, campaign) for campaign in config.campaigns),
        *_where_work_goes(config),
        *told_in_words(config),
    )


def _review(config: Config, review: Review) -> str:
    """When a review meets, who leads it, who is invited, and whose place it takes."""
    people, teams = config.people, config.teams
    leads = f", {call_name(review.owner, people)} leads" if review.owner is not None else ""
    named = [teams[one].name if one in teams else people[one].name for one in review.invite]
    invited = f"{join_words(named)} {'is' if len(named) == 1 else 'are'} invited" if named else ""
    titles = [config.reviews[one].title for one in review.replaces]
    replaces = f"it takes the place of {join_words(titles)} in the period in which it meets" if titles else ""
    ahead = f"its task appears {say_span(review.ahead)} before"
    return f"{review.title} (review): {_sentences(f'{say_rhythm(review.rhythm)}{leads}', invited, ahead, replaces)}"


def _campaign(config: Config, campaign: Campaign) -> str:
    """When a campaign runs, when it is met about, who leads that, and what it is measured by."""
    points = {one.touch: one.day for one in touchpoints(campaign, config.workspace.calendar, config.opens)}
    kickoff, mid, post = (show_date(points[touch], _LONG_AGO) for touch in Touch)
    runs = f"{show_date(campaign.starts, _LONG_AGO)} to {show_date(campaign.ends, _LONG_AGO)}"
    owner, evaluator = (call_name(one, config.people) for one in (campaign.owner, campaign.evaluator))
    met = f"kickoff {kickoff}, halfway {mid}{f', {owner} leads' if owner else ''}"
    after = f"evaluation {post}{f', {evaluator} leads' if evaluator else ''}"
    goals = [
        f"{kpi.name} ({f'target {show_target(kpi, one.target)}' if one.target is not None else 'no target'})"
        for one in campaign.measures
        if (kpi := config.kpis.get(one.kpi)) is not None
    ]
    by = f"measured over these days by {join_words(goals)}" if goals else "nothing measures it"
    return f"{campaign.title} (campaign): {_sentences(runs, met, after, by)}"


def _common(config: Config, kpis: Sequence[Kpi]) -> Mapping[str, str]:
    """By topic, what most of these KPIs say, of two or more that say it; nothing where a KPI stands alone."""
    by_topic = [_Said(config, kpi).rules() for kpi in kpis]
    common = {}
    for topic in _Said.TOPICS:
        said, count = Counter(one[topic] for one in by_topic).most_common(1)[0] if by_topic else ("", 0)
        if said and count > 1:
            common[topic] = said
    return common


def _common_paragraph(period: PeriodKind, common: Mapping[str, str]) -> str:
    said = _sentences(*common.values())
    return f"Unless said otherwise above ({_EVERY[period]} KPIs): {said[0].upper()}{said[1:]}"


def _sentences(*said: str) -> str:
    """One after the other, the first as it is: it goes on behind a colon."""
    return " ".join(f"{one[0].upper()}{one[1:]}." if i else f"{one}." for i, one in enumerate(filter(None, said)))


class _Said:
    """One KPI's paragraph."""

    TOPICS = ("item", "recovery", "reopened", "completed", "escalation", "late")

    def __init__(self, config: Config, kpi: Kpi) -> None:
        self.config, self.kpi, self.policy = config, kpi, kpi.policy

    def paragraph(self, common: Mapping[str, str]) -> str:
        """All of it, without what is said in common."""
        head = f"{self.kpi.name} ({_EVERY[self.kpi.period]}): "
        if not self.kpi.targets and self.config.targets_from is None:
            untargeted = "no target is agreed, so it is shown and never judged"
            return head + _sentences(untargeted, self._late(self._asked), *self._beside())
        own = self.rules(named=True)
        for topic, said in self.rules().items():
            if common.get(topic) == said:
                own[topic] = ""
            elif topic == "late" and topic in common and not said:
                own[topic] = "its numbers are those of other KPIs, asked for there"
        late = own.pop("late")
        follows = (self._who(common, own, late), *own.values())
        return head + _sentences(self.targets(), *follows, *self._held(), late, self._paused(), *self._beside())

    def rules(self, *, named: bool = False) -> dict[str, str]:
        """What follows, by topic; with this KPI's people and side of the target named, or as any KPI could say it."""
        off = self._off if named else "off target"
        who = f"{self._owner} in {self._tracker}" if named else "its owner"
        return {
            "item": self._item(who, off),
            "recovery": self._recovery(),
            "reopened": self._reopened(),
            "completed": self._completed(),
            "escalation": self._escalation(off),
            "late": self._late(self._asked if named or self._asked is None else "its data owner"),
        }

    # ── targets ──────────────────────────────────────────────────────────────────────────────────────────────────

    def targets(self) -> str:
        """Every target with its dates, and the tolerance."""
        said = "; ".join(self._entry(entry) for entry in self.kpi.targets) or "target from the list in targets_from"
        return said + self._tolerance()

    def _entry(self, entry: DatedTarget) -> str:
        when = f"from {show_date(entry.first, _LONG_AGO)}: " if entry.first else ""
        until = f" until {show_date(entry.last, _LONG_AGO)}" if entry.last else ""
        return f"{when}{self._rule(entry.rule)}{until}"

    def _rule(self, rule: TargetRule) -> str:
        more = "more" if self.kpi.direction is Direction.UP else "less"
        match rule:
            case Fixed(value=value):
                return f"{show_value(self.kpi, value)} or {more}"
            case Between(low=low, high=high):
                return f"within {show_target(self.kpi, TargetValue(low, high))}"
            case Growth(rate=rate, over=over):
                return f"{_percent(abs(rate))} {'more' if rate >= 0 else 'less'} than {self._baseline(over)}"
            case FromCell(query=query):
                return f"what {query.cell} of {query.source} says, or {more}"

    def _baseline(self, over: str | Decimal) -> str:
        one = unit_word(self.kpi.period)
        if isinstance(over, Decimal):
            return show_value(self.kpi, over)
        if over == "previous_period":
            return f"the {one} before"
        if over == "same_period_last_year":
            return f"the same {one} a year before"
        return f"in {over.removeprefix('period:')}"

    def _tolerance(self) -> str:
        tolerance = self.kpi.tolerance
        how = f"{_percent(tolerance.amount)}" if tolerance.relative else show_short(self.kpi, tolerance.amount)
        side = self._off.removesuffix(" it")
        return f"; up to {how} {side} is close" if tolerance.amount else "; nothing off it is close"

    @property
    def _off(self) -> str:
        if any(isinstance(entry.rule, Between) for entry in self.kpi.targets):
            return "outside it"
        return "below it" if self.kpi.direction is Direction.UP else "above it"

    # ── what follows ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _owner(self) -> str:
        return call_name(self.kpi.owner, self.config.people) or "nobody"

    @property
    def _tracker(self) -> str:
        return self.config.tracker_for(self.kpi.owner)

    @property
    def _asked(self) -> str | None:
        """Who is asked for a number that is late; None where lateness is only reported."""
        return None if self.policy.on_no_data == "report" else call_name(self.kpi.data_owner, self.config.people)

    def _who(self, common: Mapping[str, str], own: Mapping[str, str], late: str) -> str:
        """The people of what is said in common: "items go to Thandi in asana, requests for numbers to Johan"."""
        items = "" if own["item"] else f"items go to {self._owner} in {self._tracker}"
        if "late" not in common or late or self._asked is None:
            return items
        return (
            f"{items}, requests for numbers to {self._asked}" if items else f"requests for numbers go to {self._asked}"
        )

    def run(self, count: int) -> str:
        """So many of this KPI's periods."""
        return f"{count} {unit_word(self.kpi.period, count)}"

    def _item(self, who: str, off: str) -> str:
        after = self.run(self.policy.breach_after) + (" in a row" if self.policy.breach_after > 1 else "")
        due = f", due {say_span(self.policy.due)} later" if self.policy.due else ""
        return f"an action item for {who} after {after} {off}{due}"

    def _recovery(self) -> str:
        after = self.run(self.policy.clear_after) + (" in a row" if self.policy.clear_after > 1 else "")
        does = {
            "comment": "a comment; the item stays open until somebody completes it",
            "complete_if_untouched": "a comment, and the item is completed if nobody touched it",
            "complete": "a comment, and the item is completed",
        }[self.policy.on_recover]
        return f"back on target for {after}: {does}"

    def _reopened(self) -> str:
        within = self.policy.reopen_within
        return f"off again within {self._span(within)}: reopened" if within else "off again: a new item"

    def _completed(self) -> str:
        return f"completed by somebody: judged again after {self.run(self.policy.recheck_after)} more"

    def _escalation(self, off: str) -> str:
        after = f"{self.run(self.policy.escalate_after)} {off}"
        if self.policy.escalate == "review":
            return f"{after}: the next review lists it"
        person = escalation_person(
            Goals(self.config.goals), self.kpi.id, self.kpi.owner, self.config.people, self.config.teams
        )
        return f"{after}: {call_name(person, self.config.people) or 'nobody (no goal names somebody)'} follows the item"

    def _held(self) -> list[str]:
        names = self.config.kpis
        held = []
        if self.kpi.needs:
            held.append(
                f"while {join_words([names[n].name for n in self.kpi.needs], 'or')} is off target, new items wait"
            )
        if self.kpi.explained_by:
            listed = join_words([names[n].name for n in self.kpi.explained_by], "or")
            held.append(f"while {listed} has an open item, this is a line in that one")
        return held

    def _late(self, asked: str | None) -> str:
        terms = [self.config.terms[q.source] for q in self.kpi.queries() if q.source in self.config.terms]
        spans = [self.kpi.late_after] if self.kpi.late_after else list(dict.fromkeys(t.late_after for t in terms))
        if not spans:
            return ""
        period, count = unit_word(self.kpi.period), self.policy.no_data_after
        late = f"no number {join_words([say_span(span) for span in spans], 'or')} after the {period}'s end"
        if asked is None:
            return f"{late}: reported as late"
        return f"{late}{f', {self.run(count)} in a row' if count > 1 else ''}: {asked} is asked for it"

    def _paused(self) -> str:
        if not self.kpi.paused:
            return ""
        spans = [f"{show_date(p.first, _LONG_AGO)}–{show_date(p.last, _LONG_AGO)}" for p in self.kpi.paused]
        return f"not judged {join_words(spans)}"

    def _beside(self) -> Iterator[str]:
        """What is shown beside its number, and never acted on."""
        one = unit_word(self.kpi.period)
        if self.kpi.pace == EVEN:
            yield f"while the {one} runs, its number so far is shown beside the target spread evenly over the days"
        elif self.kpi.pace is not None:
            spread = f"spread as the same {one} of the year before came in"
            yield f"while the {one} runs, its number so far is shown beside the target {spread}"
        if (same := self.kpi.same_as) is not None:
            apart = _percent(same.within.amount) if same.within.relative else show_short(self.kpi, same.within.amount)
            scaled = f", times {show_number(self.kpi.scale, 12)} too" if self.kpi.scale != 1 else ""
            yield f"compared with {_place(same.query)}{scaled}: up to {apart} apart counts as the same"

    def _span(self, span: Span) -> str:
        if span.unit is SpanUnit.PERIODS:
            return self.run(span.count)
        return say_span(span)


def _place(query: Query) -> str:
    """Where a value is read: "Leads!A:D of scorecard", "sessions of web"."""
    match query:
        case MetricQuery(metric=what) | CellQuery(cell=what) | CrmQuery(object=what):
            return f"{what} of {query.source}"
        case MatrixQuery():
            return f"{query.row} in {query.matrix} of {query.source}"
        case TableQuery():
            what = query.column or "the rows"
            return (
                f"{what} in {query.table} of {query.source}" if query.table is not None else f"{what} of {query.source}"
            )


def _percent(share: Decimal) -> str:
    return f"{show_number(share * 100, 2)} %"


def _where_work_goes(config: Config) -> tuple[str, ...]:
    said = []
    if config.targets_from is not None:
        table = config.targets_from.query
        said.append(f"A target that is not written here comes from {table.table} of {table.source}.")
    others = {team: tracker for team, tracker in config.routes.items() if team != "default"}
    for team, tracker in others.items():
        said.append(f"Work for {config.teams[team].name} goes to {tracker}.")
    default = config.tracker_for(None)
    said.append(f"{'All other work' if others else 'Work'} goes to {default}.")
    for name, settings in config.trackers.items():
        if settings.mode == "watch":
            said.append(f"Nothing is written to {name} yet: it is in mode watch.")
    return tuple(said)


def said_targets(config: Config, kpi: Kpi) -> str:
    """A KPI's targets and tolerance in one line."""
    if not kpi.targets and config.targets_from is None:
        return "no target"
    return _Said(config, kpi).targets()


def said_policy(config: Config, kpi: Kpi) -> dict[str, str]:
    """A KPI's policy, key by key, in words."""
    policy, said = kpi.policy, _Said(config, kpi)
    within = policy.reopen_within
    return {
        "breach_after": said.run(policy.breach_after),
        "clear_after": said.run(policy.clear_after),
        "recheck_after": said.run(policy.recheck_after),
        "escalate_after": said.run(policy.escalate_after),
        "no_data_after": said.run(policy.no_data_after),
        "due": say_span(policy.due) if policy.due else "never",
        "on_recover": policy.on_recover,
        "reopen_within": say_span(within) if within else "never",
        "escalate": policy.escalate,
        "evaluation": policy.evaluation,
        "ask": ", ".join(policy.ask) or "nobody",
        "max_open": str(policy.max_open),
        "on_no_data": policy.on_no_data,
    }
