"""The digest, as a team reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from mapping.alignment import Alignment, KpiPicture
from mapping.documents import Document, Link, Strong, Text, plain
from mapping.judgements import Status
from mapping.kpis import Direction, Kpi, TargetValue, Unit
from mapping.people import Person
from mapping.periods import PeriodKind
from mapping.texts.digest import DigestFacts, digest_text
from mapping.texts.review_facts import (
    Ahead,
    CampaignNumber,
    Coming,
    Matter,
    NumberMatter,
    OpenItem,
    Said,
    Standing,
)
from mapping.texts.told import InvitationFacts, Need, alert, invitation
from tests.unit.sessions_story import CALENDAR, HISTORY, SESSIONS, ZONE, judged

AT = datetime(2026, 11, 18, 8, 30, tzinfo=ZONE)
WEEK, OCTOBER = CALENDAR.parse("2026-W46"), CALENDAR.parse("2026-10")
SIPHO = Person("sipho", "Sipho Nkosi", team="marketing")
PEOPLE = {
    "thandi": Person("thandi", "Thandi Mokoena", team="marketing"),
    "sipho": SIPHO,
    "lerato": Person("lerato", "Lerato Dube", team="sales"),
}
RANGE = TargetValue(Decimal("0.02"), Decimal("0.045"))
RATE = Kpi("rate", "Conversion rate", PeriodKind.WEEK, owner="thandi", unit=Unit.PERCENT)
SOCIAL = Kpi("social", "New visitors from social", PeriodKind.MONTH, owner="sipho")
CAC = Kpi("cac", "Cost of a new customer", PeriodKind.MONTH, unit=Unit.CURRENCY, currency="ZAR",
          direction=Direction.DOWN)  # fmt: skip
USERS = Kpi("users", "Weekly users", PeriodKind.WEEK)
LEADS = Kpi("leads", "Qualified leads", PeriodKind.WEEK)
SPENT = Kpi("spent", "Budget spent", PeriodKind.WEEK, unit=Unit.CURRENCY, currency="ZAR", direction=Direction.DOWN)

GOLDEN = """\
Week of 9–15 November: 2 of 5 on target, 2 off target, 1 waiting for a number

Below target

- Website sessions 8,200 of 12,000, second week. NEW: Thandi decides by Wed 25 Nov → task (https://asana.example/1)
- Conversion rate 1.6 % (agreed 2.0–4.5 %), third week. In hand: checkout test until 11 Dec → task \
(https://asana.example/2)

Going well

- New visitors from social in October: 164 (target 100)

Waiting for

- Cost of a new customer, October: expected Fri 20 Nov, from Finance

Campaign App launch, day 14 of 40: Qualified leads 61 of 180, 63 expected by now; Budget spent R 81,000 of at most \
R 240,000.

Decided since last Wednesday

- Newsletter moves to Thursdays (Sipho, Monthly KPI review, Thu 12 Nov)

Coming up Thu 19 Nov Weekly · Mon 23 Nov mid-campaign check, App launch · Tue 8 Dec Quarterly

Report and charts → https://alignd.saypro.example · Nothing is asked of anyone not named here."""


def on_target(kpi: Kpi, label: str = "2026-W46", value: str = "13000", **changes: object) -> KpiPicture:
    history = (judged(kpi, label, value, Status.ON_TRACK, TargetValue(Decimal(12000))),)
    return KpiPicture(Standing(kpi, CALENDAR.parse(label), history[-1], history, final=True, **changes), "marketing")  # type: ignore[arg-type]


def task(kpi: Kpi, number: int, due: date | None = date(2026, 11, 25), **changes: object) -> OpenItem:
    return OpenItem(f"{kpi.name}: find out why", "thandi", due, kpi, (), None, f"saypro/action/{kpi.id}/2026-W46",
                    f"https://asana.example/{number}", **changes)  # type: ignore[arg-type]  # fmt: skip


SESSIONS_OFF = KpiPicture(
    Standing(SESSIONS, WEEK, HISTORY[-1], tuple(HISTORY), final=True), "marketing", item=task(SESSIONS, 1)
)
RATE_HISTORY = tuple(judged(RATE, f"2026-W{week}", "0.016", Status.OFF_TRACK, RANGE) for week in (44, 45, 46))
RATE_BEFORE = (judged(RATE, "2026-W43", "0.021", Status.ON_TRACK, RANGE), *RATE_HISTORY)
RATE_OFF = KpiPicture(Standing(RATE, WEEK, RATE_BEFORE[-1], RATE_BEFORE, final=True), "marketing", item=task(RATE, 2))
SOCIAL_AHEAD = KpiPicture(
    Standing(
        SOCIAL,
        OCTOBER,
        replace(
            judged(SOCIAL, "2026-10", "164", Status.ON_TRACK, TargetValue(Decimal(100)), flags=frozenset({"ahead"})),
            judged_at=datetime(2026, 11, 12, 4, 0, tzinfo=UTC),
        ),
        (),
        final=True,
    ),
    "marketing",
)
CAC_AWAITED = KpiPicture(Standing(CAC, OCTOBER, None, (), expected=date(2026, 11, 20)), "m_and_e")
ALIGNMENT = Alignment(
    workspace="saypro",
    name="SayPro",
    at=AT,
    calendar=CALENDAR,
    since=date(2026, 11, 11),
    until=date(2026, 11, 18),
    people=PEOPLE,
    kpis=(SESSIONS_OFF, RATE_OFF, SOCIAL_AHEAD, CAC_AWAITED, on_target(USERS)),
    to_decide=(NumberMatter(Matter.OFF, RATE, RATE_BEFORE, "thandi", "checkout test until 11 Dec", "thandi"),),
    open_items=(task(SESSIONS, 1), task(RATE, 2)),
    decisions=(Said("Newsletter moves to Thursdays", "sipho", date(2026, 11, 12), "Monthly KPI review"),),
    campaigns=(
        CampaignNumber("App launch", LEADS, Decimal(61), TargetValue(Decimal(180)), 14, 40, Decimal(63),
                       date(2026, 11, 17)),
        CampaignNumber("App launch", SPENT, Decimal(81000), TargetValue(Decimal(240000)), 14, 40),
    ),
    coming=(
        Coming(date(2026, 11, 19), Ahead.REVIEW, "Weekly"),
        Coming(date(2026, 11, 26), Ahead.REVIEW, "Weekly"),
        Coming(date(2026, 11, 23), Ahead.MID, "App launch"),
        Coming(date(2026, 12, 8), Ahead.REVIEW, "Quarterly"),
    ),
    url="https://alignd.saypro.example",
)  # fmt: skip
FACTS = DigestFacts(
    ALIGNMENT, WEEK, new=frozenset({"saypro/action/sessions/2026-W46"}), suppliers={"cac": "Finance"}
)  # fmt: skip


def text_of(facts: DigestFacts) -> str:
    return plain(digest_text(facts).body)


def with_kpis(*kpis: KpiPicture, **changes: object) -> DigestFacts:
    return replace(FACTS, alignment=replace(ALIGNMENT, kpis=kpis, **changes))  # type: ignore[arg-type]


def parts(document: Document, kind: type) -> list[str]:
    found: Sequence[object] = [one for block in document.blocks for one in getattr(block, "lines", ())]
    found = [*found, *(one for block in document.blocks for one in getattr(block, "items", ()))]
    return [part.text for one in found for part in one if isinstance(part, kind)]  # type: ignore[attr-defined]


def test_the_weekly_digest_reads_as_its_readers_wished() -> None:
    assert text_of(FACTS) == GOLDEN
    subject = digest_text(FACTS).subject
    assert subject == "SayPro, week of 9–15 November: 2 of 5 on target, 2 off target, 1 waiting for a number"


def test_when_all_is_well_it_has_two_lines() -> None:
    well = with_kpis(on_target(SESSIONS), on_target(USERS), open_items=(), campaigns=(), decisions=())
    assert text_of(well).split("\n\n") == [
        "Week of 9–15 November: 2 of 2 on target. Nothing needs you.",
        "Coming up Thu 19 Nov Weekly · Mon 23 Nov mid-campaign check, App launch · Tue 8 Dec Quarterly · "
        "Report and charts → https://alignd.saypro.example",
    ]


def test_nothing_needs_you_is_not_said_while_a_task_is_open() -> None:
    assert "Nothing needs you" not in text_of(with_kpis(on_target(SESSIONS), on_target(USERS)))


def test_what_is_late_is_told_without_name_and_day() -> None:
    late = replace(SESSIONS_OFF, item=task(SESSIONS, 1, due=date(2026, 11, 11)))
    for new in (FACTS.new, frozenset[str]()):
        told = text_of(replace(with_kpis(late, to_decide=()), new=new)).split("Campaign")[0]
        assert "Thandi" not in told
        assert "11 Nov" not in told
        assert "second week → task" in told


def test_an_item_that_is_not_new_says_who_decides() -> None:
    told = text_of(replace(with_kpis(SESSIONS_OFF), new=frozenset()))
    assert "second week. Thandi decides by Wed 25 Nov → task" in told


def test_why_there_is_no_item_and_that_people_want_peace_are_said() -> None:
    waits = replace(SESSIONS_OFF, item=None, waits="waits in line: Thandi Mokoena has 5 open items, and 5 is the most")
    assert "second week. Waits in line: Thandi Mokoena has 5 open items" in text_of(with_kpis(waits))
    quiet = replace(SESSIONS_OFF, item=task(SESSIONS, 1, quiet="quiet until Wed 2 Dec, by Thandi Mokoena"))
    assert "second week. Quiet until Wed 2 Dec, by Thandi Mokoena → task" in text_of(with_kpis(quiet))


def test_headings_fit_the_direction() -> None:
    limit = TargetValue(Decimal(460))
    history = (judged(CAC, "2026-10", "528", Status.OFF_TRACK, limit),)
    dear = KpiPicture(Standing(CAC, OCTOBER, history[0], history, final=True), "m_and_e")
    alone = text_of(with_kpis(dear))
    assert "Above the limit\n\n- Cost of a new customer R 528 (limit R 460) in October, first month" in alone
    assert "Off target\n" in text_of(with_kpis(dear, SESSIONS_OFF))


def test_what_is_on_target_again_goes_well() -> None:
    history = (
        judged(USERS, "2026-W45", "8000", Status.OFF_TRACK),
        judged(USERS, "2026-W46", "12300", Status.ON_TRACK),
    )
    back = KpiPicture(Standing(USERS, WEEK, history[-1], history, final=True), "marketing")
    assert "Going well\n\n- Weekly users: 12,300 (target 12,000), on target again" in text_of(with_kpis(back))


def test_what_was_told_of_a_month_before_is_not_told_every_week() -> None:
    shown = SOCIAL_AHEAD.standing.shown
    assert shown is not None
    long_ago = replace(shown, judged_at=datetime(2026, 11, 3, 4, 0, tzinfo=UTC))
    old = replace(SOCIAL_AHEAD, standing=replace(SOCIAL_AHEAD.standing, shown=long_ago))
    assert "Going well" not in text_of(with_kpis(old, SESSIONS_OFF))
    assert "Going well" in text_of(replace(with_kpis(old, SESSIONS_OFF), period=OCTOBER))


def test_a_month_s_digest_begins_with_the_month_and_tells_its_kpis_first() -> None:
    history = (judged(SOCIAL, "2026-10", "50", Status.OFF_TRACK, TargetValue(Decimal(100))),)
    low = KpiPicture(Standing(SOCIAL, OCTOBER, history[0], history, final=True), "marketing")
    told = text_of(replace(with_kpis(SESSIONS_OFF, low), period=OCTOBER))
    assert told.startswith("October: 0 of 2 on target, 2 off target")
    assert told.index("New visitors from social 50 of 100, first month") < told.index(
        "Website sessions 8,200 of 12,000"
    )
    assert "8,200 of 12,000 in the week of 9–15 November" in told


def test_a_first_count_is_said_to_be_one() -> None:
    shown = judged(SESSIONS, "2026-W46", "8200", Status.OFF_TRACK)
    early = KpiPicture(Standing(SESSIONS, WEEK, shown, (), expected=date(2026, 11, 19)), "marketing")
    assert "Website sessions 8,200 of 12,000 so far, a first count" in text_of(with_kpis(early))


def test_one_reader_is_told_what_comes_first() -> None:
    item = replace(task(SESSIONS, 1, due=date(2026, 11, 11)), history=tuple(HISTORY))
    mine = text_of(replace(FACTS, first=(item,), reader="you", names_late=True))
    assert "First for you\n\n- Website sessions: 32 % below target, second week; was due Wed 11 Nov → task" in mine
    team = text_of(replace(FACTS, first=(item,), reader="Marketing"))
    assert "First for Marketing\n\n- Website sessions: 32 % below target, second week → task" in team
    asked = text_of(replace(FACTS, first=(replace(item, due=date(2026, 11, 25)),), reader="Marketing"))
    assert "- Thandi: Website sessions: 32 % below target, second week; due Wed 25 Nov → task" in asked


def test_words_of_people_stay_data() -> None:
    hostile = "*bold* <https://evil.example|x> [a](javascript:x)\n# head <b>&"
    said = (Said(hostile, "sipho", date(2026, 11, 12), hostile),)
    body = digest_text(with_kpis(SESSIONS_OFF, decisions=said)).body
    assert parts(body, Strong) == ["Campaign", "Coming up"]
    assert [one for one in parts(body, Link) if "evil" in one] == []
    assert any(
        one.startswith("*bold* <https://evil.example|x> [a](javascript:x) # head <b>&") for one in parts(body, Text)
    )


def test_a_task_s_address_that_is_no_web_address_is_no_link() -> None:
    odd = replace(SESSIONS_OFF, item=replace(task(SESSIONS, 1), url="javascript:alert(1)"))
    assert "task" not in parts(digest_text(with_kpis(odd)).body, Link)


def test_a_digest_of_very_many_kpis_is_cut_and_says_so() -> None:
    many = [replace(SESSIONS_OFF, item=None) for _ in range(60)]
    told = text_of(with_kpis(*many))
    assert "- and 52 more" in told
    assert len(told) < 2900


def test_an_invitation_says_when_and_where_and_what_about() -> None:
    at = datetime(2026, 12, 10, 10, 0, tzinfo=ZONE)
    facts = InvitationFacts(
        "Monthly KPI review", at, date(2026, 12, 8), "Johan", 60, "https://meet.example/kpi",
        "https://asana.example/9", ("Email open rate", "Conversion rate"),
    )  # fmt: skip
    mailed = invitation(facts)
    assert mailed.subject == "Monthly KPI review, Thu 10 Dec 10:00"
    assert plain(mailed.body).startswith(
        "Monthly KPI review\n\nThu 10 Dec 10:00–11:00 · Johan leads · https://meet.example/kpi\n\nTo decide\n\n"
        "- Email open rate\n- Conversion rate\n\nAgenda and numbers → task (https://asana.example/9)"
    )


def test_an_alert_says_what_to_do_and_what_is_over() -> None:
    need = Need("web", "Google refused the credentials", "make a new key", datetime(2026, 11, 18, 6, 10, tzinfo=UTC))
    mailed = alert("SayPro", [need], [replace(need, where="crm")], AT)
    assert mailed.subject == "SayPro: alignd needs a person: web: Google refused the credentials"
    assert plain(mailed.body).split("\n\n") == [
        "alignd needs a person",
        "web: Google refused the credentials (since Wed 18 Nov 08:10)\nWhat to do: make a new key",
        "Well again",
        "- crm: Google refused the credentials",
        "This is said once, and once more when it is over. The rest of the work goes on.",
    ]
    over = alert("SayPro", [], [need], AT)
    assert over.subject == "SayPro: alignd is well again: web: Google refused the credentials"
