"""The tasks of a campaign, as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from mapping.campaigns import Campaign, Measure, Touch
from mapping.documents import plain
from mapping.keys import find_reference
from mapping.kpis import Agreed, Direction, Kpi, TargetValue, Unit
from mapping.logbook import Measured
from mapping.people import Person
from mapping.periods import PeriodKind, span_of
from mapping.queries import Aggregate, Condition, Match, MetricQuery, TableQuery
from mapping.readings import Reading, State
from mapping.texts.campaign import CampaignFacts, campaign_task, measured_line, moved_comment

STARTS, ENDS = date(2026, 9, 14), date(2026, 10, 23)
WHERE = (Condition("sessionCampaignName", Match.IS, ("spring-2026",)),)
PEOPLE = {"thandi": Person("thandi", "Thandi Mokoena"), "johan": Person("johan", "Johan Botha")}
LEADS = Kpi(
    "leads", "Qualified leads", PeriodKind.WEEK, owner="thandi", definition="Forms sent.",
    agreed=Agreed(date(2026, 9, 1)), value=MetricQuery("web", "keyEvents"),
)  # fmt: skip
RATE = Kpi("rate", "Conversion rate", PeriodKind.WEEK, unit=Unit.PERCENT, value=MetricQuery("web", "bounceRate"))
SPEND = Kpi(
    "spend", "Budget spent", PeriodKind.MONTH, unit=Unit.CURRENCY, currency="ZAR", direction=Direction.DOWN,
    value=TableQuery("scorecard", "Spend!A:C", "Date", "Amount", Aggregate.SUM),
)  # fmt: skip
KPIS = {one.id: one for one in (LEADS, RATE, SPEND)}
SPRING = Campaign(
    "spring", "Spring sale", STARTS, ENDS, owner="thandi", evaluator="johan", origin="the file",
    measures=(Measure("leads", WHERE, TargetValue(Decimal(180))), Measure("rate")),
)  # fmt: skip


def number(kpi: str, value: str | None, last: date = date(2026, 9, 27), **more: Any) -> Measured:
    target = more.pop("target", TargetValue(Decimal(180)))
    state = State.VALUE if value is not None else State.MISSING
    reading = Reading(
        kpi, "", span_of(STARTS, last), more.pop("state", state), Decimal(value) if value else None,
        more.pop("final", False), datetime(2026, 9, 28, 6, tzinfo=UTC), note=more.pop("note", ""),
    )  # fmt: skip
    return Measured("spring", kpi, reading, target)


def facts(touch: Touch, day: date, **more: Any) -> CampaignFacts:
    given: dict[str, Any] = {
        "key": f"saypro/campaign/spring/{touch.value}", "campaign": SPRING, "touch": touch, "day": day, "today": day,
        "kpis": KPIS, "people": PEOPLE, "agreed": frozenset({"leads"}), "person": "thandi", "invited": ("johan",),
    }  # fmt: skip
    return CampaignFacts(**{**given, **more})


def text(one: CampaignFacts) -> str:
    return plain(campaign_task(one)[1])


@pytest.mark.parametrize(
    ("kpi", "measured", "line"),
    [
        (LEADS, number("leads", "61"), "Qualified leads: 61 of 180, 63 expected by now"),
        (LEADS, number("leads", "61", date(2026, 9, 20)), "Qualified leads: 61 of 180, 32 expected by Sun 20 Sep"),
        (LEADS, number("leads", "170", ENDS, final=True), "Qualified leads: 170 of 180, 6 % below target"),
        (LEADS, number("leads", "175", ENDS, final=True), "Qualified leads: 175 of 180, close"),
        (LEADS, number("leads", "190", ENDS), "Qualified leads: 190 of 180, on target, first count"),
        (LEADS, number("leads", "240", ENDS, final=True), "Qualified leads: 240 of 180, ahead"),
        (LEADS, number("leads", "61", target=None), "Qualified leads: 61"),
        (LEADS, number("leads", None, note="no rows"), "Qualified leads: no number that can be used (no rows)"),
        (LEADS, None, "Qualified leads: not counted yet"),
        (
            RATE,
            number("rate", "0.016", target=TargetValue(Decimal("0.02"))),
            "Conversion rate: 1.6 % against 2.0 %, below so far",
        ),
        (
            RATE,
            number("rate", "0.016", ENDS, final=True, target=TargetValue(Decimal("0.02"), Decimal("0.045"))),
            "Conversion rate: 1.6 %, agreed 2.0–4.5 %, 0.4 points outside the agreed range",
        ),
        (
            SPEND,
            number("spend", "81000", target=TargetValue(Decimal(240000))),
            "Budget spent: R 81,000 of at most R 240,000, at most R 84,000 by now",
        ),
    ],
)  # fmt: skip
def test_a_measure_is_told_in_one_line(kpi: Kpi, measured: Measured | None, line: str) -> None:
    assert measured_line(kpi, measured, SPRING, date(2026, 9, 28)) == line


def test_before_it_starts_every_kpi_is_looked_at_and_what_is_missing_is_said() -> None:
    title, body = campaign_task(facts(Touch.KICKOFF, date(2026, 8, 31)))
    assert title == "Kickoff Spring sale: is everything measurable? Mon 31 Aug"
    said = plain(body)
    assert said.startswith("Mon 31 Aug · Thandi leads")
    assert "Spring sale runs from Mon 14 Sep to Fri 23 Oct (40 days). Johan leads the evaluation after it." in said
    assert "✓ Qualified leads: target 180, owner Thandi, counted only for “spring-2026”" in said
    assert "✗ Conversion rate: not yet described, no target for this campaign and nobody owns it" in said
    assert "counted over everything in these days" in said
    assert "Invited: Johan." in said
    assert find_reference(said, "saypro") == "saypro/campaign/spring/kickoff"
    assert said.splitlines()[-1].startswith("alignd ref ")


def test_a_campaign_without_a_kpi_is_asked_for_one() -> None:
    said = text(facts(Touch.KICKOFF, date(2026, 8, 31), campaign=replace(SPRING, measures=())))
    assert "✗ No KPI is named yet. Name at least one, with a target, in the file" in said


def test_a_definition_that_is_not_agreed_is_missing() -> None:
    said = text(facts(Touch.KICKOFF, date(2026, 8, 31), agreed=frozenset()))
    assert "✗ Qualified leads: the definition is not yet agreed" in said


def test_halfway_the_title_has_the_first_number_and_the_notes_all() -> None:
    one = facts(Touch.MID, date(2026, 9, 28), measured={"leads": number("leads", "61")})
    title, body = campaign_task(one)
    assert title == "Halfway through Spring sale: qualified leads 61 of 180, 63 expected by now"
    said = plain(body)
    assert "Spring sale, day 15 of 40. It runs until Fri 23 Oct." in said
    assert "NUMBERS (14–27 Sep)" in said
    assert "- Qualified leads: 61 of 180, 63 expected by now\n- Conversion rate: not counted yet" in said
    for line in ("Decision: what", "Action: who – what – by when", "Feedback: what"):
        assert f"- {line}" in said


def test_halfway_without_a_number_the_title_asks() -> None:
    assert campaign_task(facts(Touch.MID, date(2026, 9, 28)))[0].endswith("are we on course? Mon 28 Sep")


def test_after_it_the_numbers_stand_against_their_targets_and_one_thing_is_asked() -> None:
    final = number("leads", "170", ENDS, final=True)
    one = facts(Touch.POST, date(2026, 10, 30), person="johan", measured={"leads": final}, missed=(Touch.MID,))
    title, body = campaign_task(one)
    said = plain(body)
    assert title == "Spring sale is over: what did it bring?"
    assert "ran from Mon 14 Sep to Fri 23 Oct (40 days)" in said
    assert "The halfway check had no task" in said
    assert "170 of 180, 6 % below target" in said
    assert "DID IT HELP? WHAT DO WE KEEP?" in said
    assert "may still change" not in said
    assert "may still change" in text(replace(one, measured={"leads": number("leads", "170", ENDS)}))


def test_what_is_counted_over_everything_is_said() -> None:
    spend = Measure("spend", WHERE, TargetValue(Decimal(5)), web_only=True)
    campaign = replace(SPRING, measures=(spend,))
    assert "in part over everything" in text(facts(Touch.MID, date(2026, 9, 28), campaign=campaign))


def test_who_cannot_see_the_task_is_named() -> None:
    assert "Please tell Johan, who cannot see this task." in text(
        facts(Touch.MID, date(2026, 9, 28), absent=("johan",))
    )


def test_a_move_says_from_when_to_when() -> None:
    assert plain(moved_comment(facts(Touch.MID, date(2026, 9, 28)), date(2026, 9, 21))) == (
        "Moved to Mon 28 Sep, was Mon 21 Sep: Spring sale now runs from Mon 14 Sep to Fri 23 Oct."
    )


def test_titles_stay_short_whatever_a_campaign_is_called() -> None:
    long = replace(SPRING, title="Sale " * 200)
    for touch in Touch:
        title, body = campaign_task(facts(touch, date(2026, 9, 28), campaign=long))
        assert len(title) <= 250
        assert len(plain(body)) < 16000
