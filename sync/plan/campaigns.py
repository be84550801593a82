"""Campaigns: kickoff, mid and post, each a task, made ahead of its day and moved with the campaign. Pure.

A touchpoint is met once: by a row of the ledger, or by passing. Those still ahead are made; of those whose day is over
only the campaign's latest, the others were missed. Nothing that was due before first sight is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mapping.campaigns import Campaign, Touch, Touchpoint, touchpoints
from mapping.documents import Document
from mapping.keys import campaign_key, comment_key, parts_of
from mapping.links import Link, LinkState
from mapping.logbook import Passed, Passing
from mapping.people import call_name, stand_in
from mapping.tasks import Update, WorkKind
from mapping.texts.campaign import CampaignFacts, campaign_task, campaign_title, moved_comment
from mapping.wording import join_words, show_day
from sync.asked import evened
from sync.plan.invited import guests, not_on_the_task
from sync.plan.making import create_step
from sync.plan.situation import Situation
from sync.plan.talk import comment, unless_quiet
from sync.plan.words import is_agreed
from sync.steps import Problem, Reason, Step, StepKind, step_on

CAMPAIGN = "campaign"
_NOT_MADE = (LinkState.PLANNED, LinkState.FAILED)
_NAMES = {Touch.KICKOFF: "the kickoff", Touch.MID: "the halfway check", Touch.POST: "the evaluation"}


@dataclass(frozen=True, slots=True)
class Due:
    """Of one campaign. `make`: touchpoints that are to have a task now, in order; `missed`: earlier ones that will
    have none; `watched`: those that were over before anything could be written to their tracker.
    """

    make: tuple[Touchpoint, ...] = ()
    missed: tuple[Touchpoint, ...] = ()
    watched: tuple[Touchpoint, ...] = ()


def campaign_steps(situation: Situation) -> list[Step]:
    """Tasks of touchpoints that have appeared; those that stand move with their campaign."""
    steps: list[Step] = []
    campaigns = {one.id: one for one in situation.logbook.campaigns}
    for campaign in campaigns.values():
        due = due_touchpoints(campaign, situation)
        steps += [step for one in due.make if (step := _made(one, campaign, due, situation)) is not None]
    for link in situation.links.values():
        if link.kind is WorkKind.CAMPAIGN and link.is_live and link.subject in campaigns:
            told = _moved(link, campaigns[link.subject], situation)
            steps += [unless_quiet(one, link, situation) for one in told]
    return steps


def due_touchpoints(campaign: Campaign, situation: Situation) -> Due:
    """The touchpoints of a campaign that have appeared and are not met. While their tracker cannot be read or is
    stopped, nothing is given up.
    """
    config = situation.config
    appeared = [one for one in _all(campaign, situation) if one.appears_at <= situation.now]
    make, missed, watched = [], [], []
    for one in appeared:
        tracker = _tracker(campaign, one.touch, situation)
        is_over = one.day < situation.today
        if _is_met(one, campaign, situation):
            continue
        if is_over and config.trackers[tracker].mode == "watch":
            watched.append(one)
        elif not is_over or one == appeared[-1]:
            make.append(one)
        elif tracker in situation.views:
            missed.append(one)
    return Due(tuple(make), tuple(missed), tuple(watched))


def campaigns_passed(situation: Situation) -> list[Passed]:
    """Touchpoints that were due and will have no task."""
    passed = []
    for campaign in situation.logbook.campaigns:
        due = due_touchpoints(campaign, situation)
        for passing, points in ((Passing.MISSED, due.missed), (Passing.WATCHED, due.watched)):
            passed += [Passed(CAMPAIGN, campaign.id, one.touch.value, passing, situation.now) for one in points]
    return passed


def campaigns_missed(passed: Sequence[Passed], situation: Situation) -> list[Problem]:
    """What was missed, said once: in the cycle that found it."""
    problems = []
    for campaign in situation.logbook.campaigns:
        mine = [one for one in passed if (one.kind, one.subject) == (CAMPAIGN, campaign.id)]
        names = [_NAMES[Touch(one.slot)] for one in mine if one.passing is Passing.MISSED]
        if names:
            what = f"{campaign.title}: the task of {join_words(names)} was not made in its time"
            advice = "nothing to do: what comes next has its task, and it says what was missed"
            problems.append(Problem(f"campaign {campaign.id}", what, advice, kind="late"))
    return problems


def campaigns_given_up(situation: Situation) -> frozenset[str]:
    """Keys of touchpoints' tasks that could not be made and are not wanted any more."""
    wanted = {
        _key(campaign, one.touch, situation)
        for campaign in situation.logbook.campaigns
        for one in due_touchpoints(campaign, situation).make
    }
    return frozenset(
        link.key
        for link in situation.links.values()
        if link.kind is WorkKind.CAMPAIGN and link.state in _NOT_MADE and link.key not in wanted
    )


# ── which ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _all(campaign: Campaign, situation: Situation) -> list[Touchpoint]:
    """Those due since the campaign was first seen, in order."""
    config = situation.config
    calendar = config.workspace.calendar
    seen = calendar.local_date(situation.logbook.first_saw(CAMPAIGN, campaign.id, situation.now))
    return [one for one in touchpoints(campaign, calendar, config.opens) if one.day >= seen]


def _is_met(point: Touchpoint, campaign: Campaign, situation: Situation) -> bool:
    link = situation.links.get(_key(campaign, point.touch, situation))
    if link is not None and link.state not in _NOT_MADE:
        return True
    passed = situation.logbook.passed.get((CAMPAIGN, campaign.id), {}).get(point.touch.value)
    return passed is not None and point.appears_at <= passed.at  # a campaign put off later is met about again


def _key(campaign: Campaign, touch: Touch, situation: Situation) -> str:
    return campaign_key(situation.config.workspace.id, campaign.id, touch.value)


def _touch_of(link: Link) -> Touch | None:
    parts = parts_of(link.key)
    return next((one for one in Touch if parts is not None and one.value == parts.period), None)


def _leads(campaign: Campaign, touch: Touch) -> str | None:
    """Whom the file names for it: the owner, for the evaluation the evaluator."""
    if touch is Touch.POST:
        return campaign.evaluator or campaign.owner
    return campaign.owner or campaign.evaluator


def _tracker(campaign: Campaign, touch: Touch, situation: Situation) -> str:
    return situation.config.tracker_for(_leads(campaign, touch))


# ── the task ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _made(point: Touchpoint, campaign: Campaign, due: Due, situation: Situation) -> Step | None:
    """The step that makes the task; None while what the tracker refused may not be tried again."""
    config, key = situation.config, _key(campaign, point.touch, situation)
    link = situation.links.get(key)
    if link is not None and link.state is LinkState.FAILED and not situation.may_retry(link):
        return None
    owner = _leads(campaign, point.touch)
    person = (stand_in(owner, max(point.day, situation.today), config.people) or owner) if owner is not None else None
    tracker = _tracker(campaign, point.touch, situation)
    if link is not None and link.tracker in config.trackers:
        tracker = link.tracker
    named = [one for one in (*campaign.invite, campaign.evaluator, campaign.owner) if one is not None]
    invited = guests(named, person, tracker, situation)
    facts = replace(
        _facts(campaign, point, situation),
        person=person,
        invited=tuple(one for one in config.taking_part(named) if one != person),
        absent=invited.absent,
        missed=_missed_before(point, campaign, due, situation),
    )
    title, body = campaign_task(facts)
    because = [f"{_NAMES[point.touch]} of {campaign.title} is on {show_day(point.day, situation.today)}"]
    if owner is not None and person != owner:
        because.append(f"{call_name(owner, config.people)} is away")
    because.append(not_on_the_task(invited.absent, tracker, situation))
    return create_step(
        situation,
        kind=WorkKind.CAMPAIGN,
        key=key,
        subject=campaign.id,
        person=person,
        title=title,
        body=body,
        reason=Reason.CAMPAIGN_DUE,
        because="; ".join(one for one in because if one),
        link=link,
        due=max(point.day, situation.today),
        followers=invited.accounts,
        tracker=tracker,
        owner=owner,
    )


def _facts(campaign: Campaign, point: Touchpoint, situation: Situation) -> CampaignFacts:
    config = situation.config
    kpis = [config.kpis[one.kpi] for one in campaign.measures if one.kpi in config.kpis]
    return CampaignFacts(
        key=_key(campaign, point.touch, situation),
        campaign=campaign,
        touch=point.touch,
        day=point.day,
        today=situation.today,
        kpis=config.kpis,
        people=config.people,
        agreed=frozenset(kpi.id for kpi in kpis if is_agreed(kpi, situation)),
        measured={
            measure.kpi: found
            for measure in campaign.measures
            if (found := situation.logbook.measured.get((campaign.id, measure.kpi))) is not None
        },
    )


def _missed_before(point: Touchpoint, campaign: Campaign, due: Due, situation: Situation) -> tuple[Touch, ...]:
    """What the next task that is made says was missed: earlier touchpoints that passed while nothing ran."""
    passed = situation.logbook.passed.get((CAMPAIGN, campaign.id), {})
    gone = {one.touch for one in due.missed}
    gone |= {touch for touch in Touch if (one := passed.get(touch.value)) and one.passing is Passing.MISSED}
    before = [one.touch for one in _all(campaign, situation) if one.day <= point.day and one.touch is not point.touch]
    return tuple(touch for touch in before if touch in gone)


# ── on a task that stands ────────────────────────────────────────────────────────────────────────────────────────


def _moved(link: Link, campaign: Campaign, situation: Situation) -> Iterator[Step]:
    """The campaign has other days now: the task follows, unless a person moved it, or may have (what stood on a task
    that was taken on may be a person's).
    """
    touch = _touch_of(link)
    point = next((one for one in _all(campaign, situation) if one.touch is touch), None)
    before = link.written.due
    if point is None or link.task is None or link.adopted or "due" in link.theirs:
        return
    if before is None or point.day == before or point.day < situation.today:
        return
    facts = _facts(campaign, point, situation)
    because = f"{campaign.title} has other days now: {show_day(point.day, situation.today)}"
    label = point.day.isoformat()
    if comment_key(link.key, "moved", label) not in situation.notes:
        body: Document = moved_comment(facts, before)
        yield comment(link, "moved", label, body, Reason.MOVED, because)
    fields, title = {"due"}, link.title
    if touch is Touch.KICKOFF and "title" not in link.theirs:  # the one whose title names the day
        title = campaign_title(facts)
        fields |= {"title"} if evened(title) != evened(link.written.title) else set()
    # The word first: cut off between the two, the next cycle moves the task and does not say it twice.
    order = Update(link.task, frozenset(fields), title=title, due=point.day)
    yield step_on(link, StepKind.UPDATE, Reason.MOVED, order, because, title=title)
