"""Gaps in words: what is not agreed, why that matters, and what to write where in the file. Pure.

One place for them, so that the quarterly review, the report, the dashboard and `docs/gaps.md` say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mapping.gaps import Case, Gap
from mapping.people import Person, call_name
from mapping.texts.pace import check_line
from mapping.texts.phrases import NAME_LIMIT
from mapping.texts.quoting import quoted
from mapping.wording import count_word, join_words, show_date

SHORT_NAME = 60
NAMES_AT_MOST = 6
FINDING_LIMIT = 160


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule, whatever it found. `title`: heads a list of its subjects. `explanation`: why it matters, `mend`: what to
    do about it; both whole sentences. Backticks stand around what is written in the file.
    """

    title: str
    explanation: str
    mend: str


@dataclass(frozen=True, slots=True)
class GapWords:
    """One gap for people. `what`: a sentence that names the subject; `short`: the subject within a list, with what is
    to be known of it ("Website sessions (since 3 Nov)"). `why`, `mend`: sentences.
    """

    rule: str
    subject: str
    what: str
    why: str
    mend: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """All gaps of one rule."""

    rule: str
    title: str
    why: str
    mend: str
    gaps: tuple[GapWords, ...]


RULE_WORDS: Mapping[str, RuleWords] = {
    "goal_past_its_date": RuleWords(
        "Goals past their date",
        "Its day is over, and the file still counts on it: nobody has said whether it was reached.",
        "Say whether it was reached. Then give it a new `by:`, or take it out of `goals`.",
    ),
    "goal_without_kpi": RuleWords(
        "Goals that no KPI measures",
        "Neither the goal nor any goal below it has a KPI, so nobody can see how far it is.",
        "Name what shows it: `kpis: [KPI]` at the goal, or at a goal below it.",
    ),
    "one_stage": RuleWords(
        "Goals measured at one stage only",
        "Three or more KPIs serve the goal, and all of them look at the same stage of a customer's way: what happens "
        "before and after it is not seen.",
        "Add a KPI of another `stage:` to the goal, or one that exists to its `kpis`.",
    ),
    "no_shared_goal": RuleWords(
        "Teams that share no goal",
        "There is no goal, nor a goal above it, in which both teams own a goal or a KPI: each can succeed while the "
        "other fails.",
        "Put what both work for into one tree of `goals`: a goal above theirs, or a KPI of one team under the other's "
        "goal.",
    ),
    "kpi_without_goal": RuleWords(
        "KPIs that serve no goal",
        "Nobody can tell what it is for, and when there is too much to do it goes last.",
        "List it at the goal it serves: `kpis: [KPI]` under `goals`.",
    ),
    "kpi_without_owner": RuleWords(
        "KPIs without an owner",
        "When it misses its target nobody is asked to look: no action item is made.",
        "Write `owner:` with a person of `people` at the KPI.",
    ),
    "kpi_without_target": RuleWords(
        "KPIs without a target",
        "It is shown and never judged, so it can neither be reached nor missed.",
        "Write `target:` at the KPI, or a row in the list that `targets_from` names.",
    ),
    "kpi_not_agreed": RuleWords(
        "KPIs whose definition is not agreed as it is counted now",
        "People may mean different things by the same name: there is no definition in words, or nobody agreed to it "
        "since the way it is counted last changed.",
        "Write `definition:` in words and, once the teams agree, `agreed: {on: DAY, by: [PEOPLE]}` at the KPI.",
    ),
    "definition_changed": RuleWords(
        "KPIs that are counted otherwise since the last strategic review",
        "Numbers from before that day and after it do not count the same thing. It is told from one strategic review "
        "to the next, else for 13 weeks.",
        "Look at the target again, and compare only periods since then; `alignd definitions` shows what changed.",
    ),
    "target_in_question": RuleWords(
        "Targets in question",
        "It took three or more action items in a row, all against the same target: perhaps it cannot be met, or "
        "meeting it takes something else.",
        "Decide in a review: keep it and say what is different this time, or write another `target:`.",
    ),
    "target_ends_soon": RuleWords(
        "Targets that end soon",
        "The target in force ends within 30 days or with the running period, and none follows: after that the KPI is "
        "shown and not judged.",
        "Add the next one to its `target:` list: `- {from: DAY, value: NUMBER}`.",
    ),
    "measured_by_owner": RuleWords(
        "KPIs measured by their own owner",
        "Who has to reach the number is also asked whether it is right.",
        "Name somebody else at the KPI, `data_owner: PERSON`, or for all of them a team with `section: m_and_e` and a "
        "`lead:`.",
    ),
    "sources_disagree": RuleWords(
        "Numbers on which two sources disagree",
        "The same quantity differs between its two sources by more than the file allows (`same_as`, `within`).",
        "Find out which one is right, and mend the other or the way it is counted.",
    ),
    "finding_unanswered": RuleWords(
        "Findings without an answer",
        "Somebody noted it more than a week ago, and nobody has said what becomes of it.",
        "Decide on it in a review, and write what was decided in its `answer` column in the list of findings.",
    ),
    "nobody_to_escalate_to": RuleWords(
        "KPIs that nobody would hear of if they stayed off target",
        "There is nobody above its owner in the goals or the team; or it is to be told in a review, and neither they "
        "nor the owner take part in one that decides.",
        "Give its goal, or a goal above, another `owner:`; or invite them to a review with `to_decide` on its agenda; "
        "or write `policy: {escalate: follow}`.",
    ),
}


def gap_words(gap: Gap, today: date | None = None, people: Mapping[str, Person] | None = None) -> GapWords:
    """The gap in words. `today`: the reader's day, years are said only where they differ; without it always.

    `people`: by id, so that they are called by name; without them by id.
    """
    told = _Told(gap, today or date.min, people or {})
    words = RULE_WORDS[gap.rule]
    what, short, why, mend = _RULES[gap.rule](told)
    return GapWords(gap.rule, gap.subject, what, why or words.explanation, mend or words.mend, short or told.name)


def gap_groups(
    gaps: Sequence[Gap], today: date | None = None, people: Mapping[str, Person] | None = None
) -> list[GapGroup]:
    """All gaps rule by rule, in the order given."""
    by_rule: dict[str, list[GapWords]] = {}
    for gap in gaps:
        by_rule.setdefault(gap.rule, []).append(gap_words(gap, today, people))
    return [
        GapGroup(rule, words.title, words.explanation, words.mend, tuple(found))
        for rule, found in by_rule.items()
        for words in (RULE_WORDS[rule],)
    ]


def without_ticks(text: str) -> str:
    """For a text without a form for code: what is written in the file stands in it as it is."""
    return text.replace("`", "")


# ── each rule ────────────────────────────────────────────────────────────────────────────────────────────────────

_Words = tuple[str, str, str, str]  # what, short, why, mend; "" for the rule's own (the name, for short)


@dataclass(frozen=True, slots=True)
class _Told:
    gap: Gap
    today: date
    people: Mapping[str, Person]

    @property
    def name(self) -> str:
        return quoted(self.gap.name, NAME_LIMIT) or self.gap.subject

    @property
    def goal(self) -> str:
        return f'the goal "{self.name}"'

    @property
    def person(self) -> str:
        return quoted(call_name(self.gap.person, self.people) or self.gap.person or "", NAME_LIMIT)

    @property
    def others(self) -> str:
        """ "A, B and C", cut to six."""
        shown = [quoted(one, SHORT_NAME) for one in self.gap.others[:NAMES_AT_MOST]]
        left = len(self.gap.others) - NAMES_AT_MOST
        return join_words([*shown, f"{left} more"] if left > 0 else shown)

    def day(self, day: date | None) -> str:
        return show_date(day, self.today) if day is not None else "some day"


def _goal_past_its_date(told: _Told) -> _Words:
    asked = f"{told.person}, was it reached? " if told.person else "Was it reached? "
    mend = f"{asked}Then give it a new `by:`, or take it out of `goals`."
    day = told.day(told.gap.on)
    return f'The goal "{told.name}" was for {day}.', f"{told.name} ({day})", "", mend


def _goal_without_kpi(told: _Told) -> _Words:
    mend = f"Name what shows it, `kpis: [KPI]` at goal `{told.gap.subject}` or at a goal below it."
    return f"No KPI measures {told.goal}.", "", "", mend


def _one_stage(told: _Told) -> _Words:
    gap = told.gap
    if gap.said:
        what = f"All {count_word(gap.count)} KPIs of {told.goal} are of the stage {quoted(gap.said, SHORT_NAME)}"
    else:
        what = f"All {count_word(gap.count)} KPIs of {told.goal} are of one stage"
    short = f"{told.name} ({quoted(gap.said, SHORT_NAME)})"
    return f"{what}: {told.others}.", short, "", ""


def _no_shared_goal(told: _Told) -> _Words:
    what = f"{told.name} shares no goal with {told.others}."
    return what, f"{told.name} with {told.others}", "", ""


def _kpi_without_goal(told: _Told) -> _Words:
    subject = told.gap.subject
    if told.gap.case is Case.NO_GOALS:
        mend = f"The file has no goals yet. Write the first: `goals: [{{id: ID, title: TITLE, kpis: [{subject}]}}]`."
        return f"{told.name} serves no goal.", "", "", mend
    return f"{told.name} serves no goal.", "", "", f"Add `{subject}` to the `kpis` of the goal it serves."


def _kpi_without_owner(told: _Told) -> _Words:
    return f"{told.name} has no owner.", "", "", f"Write `owner:` with a person of `people` at `{told.gap.subject}`."


def _kpi_without_target(told: _Told) -> _Words:
    gap = told.gap
    if gap.case is Case.TARGET_OVER:
        day = told.day(gap.on)
        what = f"The target of {told.name} ended on {day}, and none has followed."
        return what, f"{told.name} (ended {day})", "", f"Add the next one to `target:` at `{gap.subject}`."
    mend = f"Write `target:` at `{gap.subject}`: a number, or `{{between: [LOW, HIGH]}}`."
    return f"{told.name} has no target.", "", "", mend


def _kpi_not_agreed(told: _Told) -> _Words:
    gap = told.gap
    agree = f"`agreed: {{on: DAY, by: [PEOPLE]}}` at `{gap.subject}`"
    match gap.case:
        case Case.NO_DEFINITION:
            what, short = f"{told.name} has no definition in words.", ""
            why = "People may mean different things by the same name."
            mend = f"Write in a sentence what is counted: `definition:` at `{gap.subject}`; once agreed, `agreed:`."
        case Case.NOBODY_AGREED:
            what, short = f"Nobody has agreed to the definition of {told.name} yet.", ""
            why = "It is one person's view until those who use the number have agreed to it."
            mend = f"Read it together, then write {agree}."
        case _:
            changed, agreed = told.day(gap.on), told.day(gap.since)
            what = f"{told.name} is counted otherwise since {changed}; it was agreed on {agreed}."
            short = f"{told.name} (counted otherwise since {changed})"
            why = "What was agreed on is not what is counted now."
            mend = f"Look at what changed (`alignd definitions`), then write a new {agree}."
    return what, short, why, mend


def _definition_changed(told: _Told) -> _Words:
    day = told.day(told.gap.on)
    what = f"{told.name} is counted otherwise since {day}."
    return what, f"{told.name} (since {day})", "Numbers from before that day do not count the same thing.", ""


def _target_in_question(told: _Told) -> _Words:
    many = count_word(told.gap.count) if told.gap.count else "three or more"
    what = f"{told.name} took {many} action items in a row against the same target."
    why = "Perhaps it cannot be met, or meeting it takes something else."
    return what, f"{told.name} ({many} action items in a row)", why, ""


def _target_ends_soon(told: _Told) -> _Words:
    day = told.day(told.gap.on)
    why = "After that it is shown and not judged."
    mend = f"Add the next one to `target:` at `{told.gap.subject}`: `- {{from: DAY, value: NUMBER}}`."
    return f"The target of {told.name} ends on {day}, and none follows.", f"{told.name} ({day})", why, mend


def _measured_by_owner(told: _Told) -> _Words:
    gap, person = told.gap, told.person
    what = f"{person} owns {told.name} and gives its number."
    mend = f"Write `data_owner:` with somebody else at `{gap.subject}`"
    if gap.case is Case.BOTH_BY_DEFAULT:
        mend += "; or, for all KPIs, give the team that measures `section: m_and_e` and a `lead:`"
    return what, f"{told.name} ({person})", "", f"{mend}."


def _sources_disagree(told: _Told) -> _Words:
    gap = told.gap
    if gap.check is None or gap.kpi is None:
        return f"The two sources of {told.name} disagree.", "", "", ""
    check = gap.check
    said = check_line(gap.kpi, check, told.today)
    why = "They are to be the same quantity, and are further apart than the file allows (`within`)."
    mend = f"Find out which one is right, and mend the other or `same_as` at `{gap.subject}`."
    return f"{told.name}: {said}.", f"{told.name} ({said})", why, mend


def _finding_unanswered(told: _Told) -> _Words:
    gap = told.gap
    by, day = quoted(gap.by, NAME_LIMIT), told.day(gap.on)
    noted = f"{by or 'somebody'} noted on {told.name} on {day}"
    what = f'Nobody has answered what {noted}: "{quoted(gap.said, FINDING_LIMIT)}"'
    why = "It is more than a week old, and nobody has said what becomes of it."
    return what, f"{told.name} ({', '.join(filter(None, (day, by)))})", why, ""


def _nobody_to_escalate_to(told: _Told) -> _Words:
    gap, person = told.gap, told.person
    if gap.case is Case.IN_NO_REVIEW:
        what = (
            f"If {told.name} stayed off target, {person} would be told in a review, and takes part in none that "
            "decides; nor does the owner."
        )
        mend = (
            f"Invite {person} to a review with `to_decide` on its agenda, or write `policy: {{escalate: follow}}` at "
            f"`{gap.subject}`: then the task itself tells."
        )
        return what, f"{told.name} ({person}, in no review)", "The review in which it would be told never comes.", mend
    what = f"If {told.name} stayed off target, there is nobody above {person} to turn to."
    why = "Nobody else owns its goal, a goal above it, or leads the team."
    mend = "Give its goal, or a goal above it, another `owner:`, or the team another `lead:`."
    return what, f"{told.name} ({person})", why, mend


_RULES: Mapping[str, Callable[[_Told], _Words]] = {
    "goal_past_its_date": _goal_past_its_date,
    "goal_without_kpi": _goal_without_kpi,
    "one_stage": _one_stage,
    "no_shared_goal": _no_shared_goal,
    "kpi_without_goal": _kpi_without_goal,
    "kpi_without_owner": _kpi_without_owner,
    "kpi_without_target": _kpi_without_target,
    "kpi_not_agreed": _kpi_not_agreed,
    "definition_changed": _definition_changed,
    "target_in_question": _target_in_question,
    "target_ends_soon": _target_ends_soon,
    "measured_by_owner": _measured_by_owner,
    "sources_disagree": _sources_disagree,
    "finding_unanswered": _finding_unanswered,
    "nobody_to_escalate_to": _nobody_to_escalate_to,
}
