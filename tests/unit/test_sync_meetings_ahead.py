"""What `status` and `why` say of meetings: the agenda is the meetings themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config import Config, load
from mapping.links import Link, LinkState
from mapping.logbook import Helped, LineKind, Logbook, Minute, Passed, Passing
from mapping.tasks import WorkKind
from sync.explaining import explain, slot_meant
from sync.meetings_ahead import meetings_ahead, next_meetings
from sync.report_parts import Reader
from sync.service.moments import Facts, next_moment
from sync.store import Store
from sync.subjects import UnknownSubject, find_subject
from sync.why_campaign import why_campaign, why_event
from sync.why_review import MeetingMemory, why_meeting, why_meeting_task, why_review

CONTRACT = Path(__file__).resolve().parents[1] / "data" / "good" / "contract.yaml"
NAMES = ("HUBSPOT_TOKEN", "ASANA_TOKEN", "TRELLO_KEY", "TRELLO_TOKEN", "SLACK_TOKEN", "SMTP_PASSWORD")
NOW = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)  # a Tuesday


@pytest.fixture(scope="module")
def contract() -> Config:
    loaded = load(CONTRACT, dict.fromkeys(NAMES, "secret-of-the-test"))
    assert loaded.config is not None
    return loaded.config


def reader(config: Config, at: datetime = NOW) -> Reader:
    return Reader(at, config.workspace.calendar.zone)


def review_link(config: Config, review: str, slot: str, **more: object) -> Link:
    key = f"{config.workspace.id}/review/{review}/{slot}"
    link = Link(key, WorkKind.REVIEW, review, "asana", LinkState.LINKED, NOW, task="1201", url="https://x.example/1201")
    return replace(link, **more)  # type: ignore[arg-type]


def test_the_agenda_names_every_meeting_ahead_and_whose_place_is_taken(contract: Config) -> None:
    rows = meetings_ahead(contract, Logbook(), {}, reader(contract))
    assert [(row.subject, row.day, row.replaced_by) for row in rows if row.day < date(2026, 12, 20)] == [
        ("weekly", date(2026, 12, 3), None),
        ("quarterly", date(2026, 12, 8), None),
        ("monthly", date(2026, 12, 10), None),
        ("weekly", date(2026, 12, 10), "monthly"),
        ("one_on_one", date(2026, 12, 14), None),
    ]
    weekly = [row for row in rows if row.subject == "weekly"]
    assert weekly[0].state == "its task appears Wed 2 Dec 08:00"
    assert weekly[1].state == "Monthly KPI review takes its place"


def test_the_agenda_is_in_the_order_of_days(contract: Config) -> None:
    days = [row.day for row in meetings_ahead(contract, Logbook(), {}, reader(contract))]
    assert days == sorted(days)


def test_a_meeting_whose_task_is_there_links_it(contract: Config) -> None:
    link = review_link(contract, "weekly", "2026-W49")
    row = next(
        one
        for one in meetings_ahead(contract, Logbook(), {link.key: link}, reader(contract))
        if one.subject == "weekly"
    )
    assert (row.state, row.task, row.url) == ("its task is there", "1201", "https://x.example/1201")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"completed": True}, "its task is completed"),
        ({"archived": True}, "its task is archived"),
        ({"state": LinkState.DISMISSED}, "its task was set aside by a person"),
        ({"state": LinkState.UNKNOWN}, "its task was sent, asana has not confirmed it"),
        ({"state": LinkState.FAILED, "failed_why": "no rights"}, "its task could not be made: no rights"),
    ],
)
def test_how_a_meetings_task_stands_is_said(contract: Config, change: dict[str, object], said: str) -> None:
    link = review_link(contract, "weekly", "2026-W49", **change)
    rows = meetings_ahead(contract, Logbook(), {link.key: link}, reader(contract))
    assert next(row.state for row in rows if row.subject == "weekly") == said


def test_for_a_person_only_what_they_lead_or_are_invited_to(contract: Config) -> None:
    rows = meetings_ahead(contract, Logbook(), {}, reader(contract), ["lerato"])
    assert {row.subject for row in rows} == {"monthly", "quarterly"}


def test_what_was_missed_is_told_for_five_weeks(contract: Config) -> None:
    missed = Passed("review", "weekly", "2026-W47", Passing.MISSED, NOW)
    long_ago = Passed("review", "weekly", "2026-W40", Passing.MISSED, NOW)
    watched = Passed("review", "weekly", "2026-W48", Passing.WATCHED, NOW)
    logbook = Logbook(passed={("review", "weekly"): {one.slot: one for one in (missed, long_ago, watched)}})
    rows = [row for row in meetings_ahead(contract, logbook, {}, reader(contract)) if row.missed]
    assert [(row.slot, row.day) for row in rows] == [("2026-W47", date(2026, 11, 19))]
    assert rows[0].state == "missed: alignd was not running when its task was due"


def test_campaigns_and_events_ahead_stand_in_the_agenda(contract: Config) -> None:
    early = datetime(2026, 10, 20, 6, 0, tzinfo=UTC)
    logbook = Logbook(campaigns=contract.campaigns, events=contract.events)
    rows = meetings_ahead(contract, logbook, {}, reader(contract, early))
    assert [(row.kind, row.title, row.day, row.lead) for row in rows if row.kind != "review"] == [
        ("campaign", "Spring sale: post", date(2026, 11, 9), "Johan Botha"),
        ("event", "Alignment review: Launch of the mobile app", date(2026, 11, 10), "Neo Khumalo"),
    ]


def test_the_next_meetings_are_found_however_rare_they_are(contract: Config) -> None:
    (annual,) = next_meetings(contract, "annual", date(2026, 12, 1), 1)
    assert annual.day == date(2027, 3, 8)


# ── why ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_why_a_review_says_when_it_meets_next_and_whose_place_it_takes(contract: Config) -> None:
    report = why_review(contract, contract.reviews["weekly"], MeetingMemory(), NOW)
    assert report.answer == (
        "It meets every week on Thursday at 10:00. Next: Thu 3 Dec 10:00; its task appears Wed 2 Dec 08:00."
    )
    later = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
    replaced = why_review(contract, contract.reviews["weekly"], MeetingMemory(), later)
    assert replaced.answer.endswith("On Thu 10 Dec it does not meet: Monthly KPI review takes its place.")


def test_why_a_review_says_why_a_past_meeting_has_no_task(contract: Config) -> None:
    logbook = Logbook(
        first_seen={("review", "weekly"): datetime(2026, 11, 11, tzinfo=UTC)},
        passed={("review", "weekly"): {"2026-W47": Passed("review", "weekly", "2026-W47", Passing.MISSED, NOW)}},
    )
    made = review_link(contract, "weekly", "2026-W48")
    report = why_review(contract, contract.reviews["weekly"], MeetingMemory({made.key: made}, {}, logbook), NOW)
    before = next(one for one in report.sections if one.title == "Before")
    assert [(line.label, line.text) for line in before.lines][:4] == [
        ("Thu 26 Nov 10:00", "its task is there"),
        ("Thu 19 Nov 10:00", "no task: alignd was not running then, and a later one was made"),
        ("Thu 12 Nov 10:00", "Monthly KPI review takes its place"),
        ("Thu 5 Nov 10:00", "no task: it was before alignd first saw this review"),
    ]


def test_why_a_review_shows_what_was_written_there(contract: Config) -> None:
    link = review_link(contract, "weekly", "2026-W48")
    decided = Minute("asana/7/1", link.key, "weekly", "7", LineKind.DECISION, "Newsletter on Thursdays", "sipho", NOW)
    action = Minute("asana/7/2", link.key, "weekly", "7", LineKind.ACTION, "check tags", "sipho", NOW,
                    who="thandi", due=date(2026, 12, 4))  # fmt: skip
    memory = MeetingMemory({link.key: link}, {}, Logbook(minutes={one.source: one for one in (decided, action)}))
    for report in (
        why_review(contract, contract.reviews["weekly"], memory, NOW),
        why_meeting_task(contract, link, memory, NOW),
    ):
        written = next(one for one in report.sections if one.title == "What was written")
        assert {line.text for line in written.lines} == {
            "decided: Newsletter on Thursdays", "Thandi Mokoena: check tags by Fri 4 Dec",
        }  # fmt: skip


def test_an_answer_to_did_it_help_says_of_what_and_what_it_was(contract: Config) -> None:
    link = review_link(contract, "weekly", "2026-W48")
    kpi = next(iter(contract.kpis.values()))
    answer = Minute("asana/7/1", link.key, "weekly", "7", LineKind.HELPED, "the visitors are back", "sipho", NOW,
                    item=f"{contract.workspace.id}/action/{kpi.id}/2026-W40", helped=Helped.TOO_EARLY)  # fmt: skip
    memory = MeetingMemory({link.key: link}, {}, Logbook(minutes={answer.source: answer}))
    written = next(
        one for one in why_meeting_task(contract, link, memory, NOW).sections if one.title == "What was written"
    )
    assert [line.text for line in written.lines] == [f"did it help? ({kpi.name}): too early, the visitors are back"]


def test_a_task_whose_time_to_appear_is_over_waits_for_the_next_sync(contract: Config) -> None:
    late = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    rows = meetings_ahead(contract, Logbook(), {}, reader(contract, late))
    weekly = next(row for row in rows if row.subject == "weekly")
    assert weekly.state == "its task waits for the next sync since Wed 2 Dec 08:00"


def test_why_a_moved_meetings_task_names_the_holiday(contract: Config) -> None:
    moved = review_link(contract, "one_on_one", "2026-W53")
    report = why_meeting_task(contract, moved, MeetingMemory({moved.key: moved}), NOW)
    assert report.answer == (
        "Social priorities meets every second week on Monday at 09:00; this is Tue 29 Dec 09:00. "
        "It moved from Mon 28 Dec, which is no business day."
    )


def test_a_subject_may_be_a_review_by_id_or_title(contract: Config) -> None:
    assert find_subject("monthly", contract, {}).review == "monthly"
    assert find_subject("monthly kpi review", contract, {}).review == "monthly"
    with pytest.raises(UnknownSubject) as refused:
        find_subject("monthli", contract, {})
    assert refused.value.advice == "did you mean monthly?"


# ── why, of one meeting, a campaign, an event ────────────────────────────────────────────────────────────────────


def test_why_one_meeting_that_has_no_task_says_why(contract: Config) -> None:
    weekly, calendar = contract.reviews["weekly"], contract.workspace.calendar
    replaced = why_meeting(contract, weekly, calendar.parse("2026-W50"), MeetingMemory(), NOW)
    assert replaced.answer == "Thu 10 Dec 10:00: Monthly KPI review takes its place."
    ahead = why_meeting(contract, weekly, calendar.parse("2026-W51"), MeetingMemory(), NOW)
    assert ahead.answer == "Thu 17 Dec 10:00: its task appears Tue 15 Dec 08:00."


def test_a_meeting_is_meant_by_its_period_or_by_a_day_of_it(contract: Config) -> None:
    calendar = contract.workspace.calendar
    monthly = contract.reviews["monthly"]
    assert slot_meant(monthly, calendar.parse("2026-12-10"), calendar).label == "2026-12"
    assert slot_meant(monthly, calendar.parse("2026-12"), calendar).label == "2026-12"
    with pytest.raises(ValueError, match="meets by the month: write 2026-12, or a day of it"):
        slot_meant(monthly, calendar.parse("2026-W50"), calendar)
    every_second = contract.reviews["one_on_one"]
    with pytest.raises(ValueError, match="does not meet in 2026-W50: alignd why one_on_one shows when it does"):
        why_meeting(contract, every_second, calendar.parse("2026-W50"), MeetingMemory(), NOW)


def test_why_a_campaign_says_where_it_stands_and_how_its_tasks_stand(contract: Config) -> None:
    spring = contract.campaigns[0]
    begun = datetime(2026, 9, 27, 6, 0, tzinfo=UTC)
    logbook = Logbook(campaigns=contract.campaigns, first_seen={("campaign", "spring"): begun})
    report = why_campaign(contract, spring, MeetingMemory({}, {}, logbook), begun)
    assert report.answer == "It is in day 14 of 48. Next: halfway check, Wed 7 Oct."
    touched = next(one for one in report.sections if one.title == "Met about")
    assert [(line.label, line.text) for line in touched.lines] == [
        ("kickoff, Mon 31 Aug", "no task: it was before alignd first saw this campaign"),
        ("halfway check, Wed 7 Oct", "its task appears Mon 5 Oct 08:00"),
        ("what it brought, Mon 9 Nov", "its task appears Thu 5 Nov 08:00"),
    ]


def test_why_an_event_says_when_its_review_is_due(contract: Config) -> None:
    (launch,) = contract.events
    report = why_event(contract, launch, MeetingMemory(), datetime(2026, 10, 30, 6, 0, tzinfo=UTC))
    assert report.answer == (
        "Launch of the mobile app, Mon 2 Nov: an event like this asks for one alignment review, due Tue 10 Nov; "
        "its task appears Mon 2 Nov 08:00."
    )


def test_a_subject_may_be_a_campaign_or_an_event_too(contract: Config) -> None:
    assert find_subject("Spring sale", contract, {}).campaign == "spring"
    assert find_subject("mobile-app", contract, {}).event == "mobile-app"


def test_the_agenda_is_what_the_service_does_day_by_day_over_a_year(contract: Config) -> None:
    every_week = replace(contract, daemon=contract.daemon.model_copy(update={"every": timedelta(weeks=1)}))
    done, met = set[tuple[str, datetime]](), set[datetime]()
    at, end = NOW, NOW + timedelta(days=365)
    while (moment := next_moment(every_week, Facts(), at)).at <= end:
        met |= {moment.at} if moment.is_met else set()
        if moment.why.endswith(": its task appears"):
            done.add((moment.why.removesuffix(": its task appears"), moment.at))
        at = moment.at
    told: set[tuple[str, datetime]] = set()
    for day in range(0, 365, 5):
        now = NOW + timedelta(days=day)
        for row in meetings_ahead(contract, Logbook(), {}, reader(contract, now)):
            if row.kind != "review" or row.replaced_by is not None:
                continue
            meeting = contract.cadence.meeting(row.subject, contract.workspace.calendar.parse(row.slot))
            assert meeting is not None
            said = "appears" if meeting.appears_at > now else "waits for the next sync since"
            assert row.state == f"its task {said} {reader(contract, now).moment(meeting.appears_at)}"
            if NOW < meeting.appears_at <= end:
                told.add((row.title, meeting.appears_at))
    # Two things that are met at one instant are one moment, named after one of them.
    assert done <= told
    assert {at for _, at in told} <= met


def test_why_knows_a_meeting_by_its_key_before_it_has_a_task(contract: Config, tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'alignd.db'}", workspace="saypro")
    try:
        with store.records(reads_only=True) as records:
            by_key = explain(contract, records, "saypro/review/weekly/2026-W51", None, NOW)
            by_day = explain(contract, records, "weekly", "2026-12-17", NOW)
            whole = explain(contract, records, "weekly", None, NOW)
    finally:
        store.close()
    assert by_key == by_day
    assert by_key.answer == "Thu 17 Dec 10:00: its task appears Tue 15 Dec 08:00."
    assert whole.answer.startswith("It meets every week on Thursday at 10:00.")
