"""Reviews: which meetings there are, which take another's place, and their moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.campaigns import Campaign, Event, Touch, alignment_day, event_appears_at, touchpoints
from mapping.periods import Calendar, PeriodKind
from mapping.reviews import Meeting, Review, Reviews
from mapping.rhythms import Every, On, Rhythm
from mapping.spans import Span, SpanUnit

ZA = Calendar(ZoneInfo("Africa/Johannesburg"), fiscal_start=(3, 1), country="ZA",
              extra_holidays=frozenset({date(2026, 12, 28)}))  # fmt: skip
WEEKLY = Review(
    "weekly", "Marketing and M&E weekly", Rhythm(Every(1, PeriodKind.WEEK), On(weekday=3), time(10)),
    ahead=Span(1, SpanUnit.BUSINESS_DAYS),
)  # fmt: skip
MONTHLY = Review(
    "monthly", "Monthly KPI review", Rhythm(Every(1, PeriodKind.MONTH), On(3, 2), time(10)), replaces=("weekly",)
)
QUARTERLY = Review(
    "quarterly", "Quarterly strategy adjustment", Rhythm(Every(1, PeriodKind.FISCAL_QUARTER), On(1, 2)),
    replaces=("weekly",),
)  # fmt: skip
ANNUAL = Review(
    "annual", "Annual alignment", Rhythm(Every(1, PeriodKind.FISCAL_YEAR), On(0, 2)), replaces=("weekly", "quarterly")
)


def of(*reviews: Review, calendar: Calendar = ZA) -> Reviews:
    return Reviews({one.id: one for one in reviews}, calendar)


def held(reviews: Reviews, first: date, last: date) -> list[tuple[str, date]]:
    return [(one.review, one.day) for one in reviews.meetings(first, last) if one.replaced_by is None]


def test_the_contracts_example_meets_on_these_days() -> None:
    found = held(of(WEEKLY, MONTHLY, QUARTERLY, ANNUAL), date(2026, 11, 16), date(2026, 12, 31))
    assert found == [
        ("weekly", date(2026, 11, 19)),
        ("weekly", date(2026, 11, 26)),
        ("weekly", date(2026, 12, 3)),
        ("quarterly", date(2026, 12, 8)),
        ("monthly", date(2026, 12, 10)),
        ("weekly", date(2026, 12, 17)),
        ("weekly", date(2026, 12, 24)),
        ("weekly", date(2026, 12, 31)),
    ]


def test_a_meeting_that_takes_anothers_place_says_so_and_so_does_the_other() -> None:
    meetings = of(WEEKLY, MONTHLY).meetings(date(2026, 12, 7), date(2026, 12, 13))
    assert [(one.review, one.replaced_by, one.replaces) for one in meetings] == [
        ("monthly", None, ("weekly",)),
        ("weekly", "monthly", ()),
    ]


def test_a_meeting_that_is_replaced_itself_replaces_nothing() -> None:
    first = Review("first", "First", Rhythm(Every(1, PeriodKind.MONTH), On(2, 2)), replaces=("monthly",))
    reviews = of(first, MONTHLY, WEEKLY)
    assert held(reviews, date(2026, 12, 7), date(2026, 12, 13)) == [
        ("first", date(2026, 12, 9)),
        ("weekly", date(2026, 12, 10)),
    ]


def test_the_place_that_is_taken_is_in_the_period_the_meeting_moved_to() -> None:
    monday = Review("monday", "Monday", Rhythm(Every(1, PeriodKind.WEEK), On(0), time(9)))
    sunday = Review("sunday", "Sunday", Rhythm(Every(1, PeriodKind.MONTH), On(6, 2)), replaces=("monday",))
    # Sunday 13 December is no day to meet: it moves to Monday the 14th, and takes that week's place.
    assert held(of(monday, sunday), date(2026, 12, 7), date(2026, 12, 20)) == [
        ("monday", date(2026, 12, 7)),
        ("sunday", date(2026, 12, 14)),
    ]


def test_a_task_appears_so_long_before_as_work_begins_and_the_summary_comes_the_morning_after() -> None:
    friday = Review("friday", "Friday", Rhythm(Every(1, PeriodKind.WEEK), On(4), time(15, 30)))
    (one,) = Reviews({"friday": friday}, ZA, opens=time(7, 30)).meetings(date(2026, 12, 21), date(2026, 12, 30))
    # Friday 25 and Saturday 26 December are holidays, Monday 28 the team's own.
    assert one.day == date(2026, 12, 29)
    assert one.at == datetime(2026, 12, 29, 13, 30, tzinfo=UTC)
    assert one.appears_at == datetime(2026, 12, 23, 5, 30, tzinfo=UTC)
    assert one.opens_at == datetime(2026, 12, 29, 5, 30, tzinfo=UTC)
    assert one.summary_at == datetime(2026, 12, 30, 7, 0, tzinfo=UTC)
    assert one.slot.label == "2026-W52"


@st.composite
def casts(draw: st.DrawFn) -> Reviews:
    """A few reviews, each of which may take the place of those after it."""
    names = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]
    reviews = []
    for place, name in enumerate(names):
        kind = draw(st.sampled_from([PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.FISCAL_QUARTER]))
        on = On(draw(st.integers(0, 6))) if kind is PeriodKind.WEEK else On(draw(st.integers(0, 6)), 2)
        later = names[place + 1 :]
        replaces = tuple(draw(st.lists(st.sampled_from(later), unique=True))) if later else ()
        rhythm = Rhythm(Every(draw(st.integers(1, 3)), kind), on)
        reviews.append(Review(name, name.upper(), rhythm, replaces=replaces))
    return of(*reviews)


@given(casts(), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_of_two_meetings_of_one_period_that_may_be_one_only_one_is_held(reviews: Reviews, start: date) -> None:
    found = reviews.meetings(start, start + timedelta(days=200))
    held_now = [one for one in found if one.replaced_by is None]
    for one in held_now:
        for other in held_now:
            if other.review in reviews.all[one.review].replaces:
                assert one.day not in other.slot
    for gone in [one for one in found if one.replaced_by is not None]:
        by = reviews.meetings(gone.slot.first, gone.slot.last, gone.replaced_by)
        assert any(one.replaced_by is None for one in by)


@given(casts(), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
@settings(max_examples=40, deadline=None)
def test_a_meeting_asked_for_by_its_slot_is_the_one_of_the_agenda(reviews: Reviews, start: date) -> None:
    for one in reviews.meetings(start, start + timedelta(days=120)):
        again = reviews.meeting(one.review, one.slot)
        assert isinstance(again, Meeting)
        assert again == one


def test_a_campaign_is_met_about_before_in_and_after_it() -> None:
    spring = Campaign("spring", "Spring sale", date(2026, 9, 14), date(2026, 10, 31))
    found = touchpoints(spring, ZA, time(8))
    assert [(one.touch, one.day) for one in found] == [
        (Touch.KICKOFF, date(2026, 8, 31)),
        (Touch.MID, date(2026, 10, 7)),
        (Touch.POST, date(2026, 11, 9)),  # 4 November is a holiday
    ]
    assert found[0].appears_at == datetime(2026, 8, 27, 6, 0, tzinfo=UTC)


def test_an_events_review_is_due_five_business_days_after_and_appears_on_its_day() -> None:
    launch = Event("mobile-app", date(2026, 11, 2), "new_product", "Launch of the mobile app")
    assert alignment_day(launch, Calendar(ZoneInfo("Africa/Johannesburg"))) == date(2026, 11, 9)
    assert alignment_day(launch, ZA) == date(2026, 11, 10)  # 4 November is a holiday there
    on_a_sunday = Event("deal", date(2026, 11, 1), "merger", "The deal")
    assert event_appears_at(on_a_sunday, ZA, time(8)) == datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
