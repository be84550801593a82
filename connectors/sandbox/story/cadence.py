"""The team's cadence within the story: reviews, one campaign, one launch, placed so that all of them fall into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

SEASONS = ("Summer", "Summer", "Autumn", "Autumn", "Autumn", "Winter", "Winter", "Winter", "Spring", "Spring", "Spring",
           "Summer")  # in Johannesburg, January first  # fmt: skip
_TUESDAYS = {"first": 0, "second": 1, "third": 2, "fourth": 3}


@dataclass(frozen=True, slots=True)
class Sale:
    """The season's sale: five weeks from the fifth week on. `utm`: what its links carry."""

    title: str
    utm: str
    starts: date
    ends: date


def sale_of(start: date) -> Sale:
    """The sale of a story that begins on that Monday."""
    starts = start + timedelta(weeks=4)
    season = SEASONS[starts.month - 1]
    return Sale(f"{season} sale", f"{season.lower()}-{starts.year}", starts, start + timedelta(weeks=9, days=-1))


def launch_on(start: date) -> date:
    """The day the booking app is launched: a Tuesday in the tenth week."""
    return start + timedelta(weeks=9, days=1)


def quarterly_on(start: date) -> str:
    """Which Tuesday of the quarter the team chose for its strategy: the one that lies nearest to the story's middle."""
    middle = start + timedelta(weeks=6, days=3)
    first = date(middle.year, (middle.month - 1) // 3 * 3 + 1, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    days = {(abs(_tuesday(one, nth) - middle), said) for one in (first, following) for said, nth in _TUESDAYS.items()}
    lasts = {(abs(following - timedelta(days=(following.weekday() - 2) % 7 + 1) - middle), "last")}
    return f"{min(days | lasts)[1]} tuesday"


def _tuesday(first: date, nth: int) -> date:
    return first + timedelta(days=(1 - first.weekday()) % 7, weeks=nth)


def cadence_text(start: date) -> str:
    """Reviews, campaign, event and findings, as the team's file has them."""
    sale = sale_of(start)
    return f"""
reviews:
  weekly:
    title: Marketing and M&E weekly
    every: 1 week
    on: thursday
    at: "10:00"
    owner: johan
    invite: [marketing, m_and_e]
    ahead: 1 business day
    minutes: 45
    summary_to: [team_slack]
  one_on_one:
    title: Social priorities
    every: 2 weeks
    anchor: {start}
    on: monday
    owner: sipho
    invite: [thandi]
    agenda: [priorities, agreed_last_time]
  monthly:
    title: Monthly KPI review
    every: 1 month
    on: second thursday
    at: "10:00"
    owner: johan
    invite: [marketing, m_and_e, sales]
    minutes: 60
    replaces: [weekly]
    summary_to: [team_slack]
  quarterly:
    title: Quarterly strategy adjustment
    every: 1 quarter
    on: {quarterly_on(start)}
    owner: neo
    invite: [leadership, marketing, m_and_e, sales]
    agenda: [goals, gaps, to_decide, numbers, adjustments, plans]
    minutes: 120
    replaces: [weekly]

campaigns:
  - id: sale
    title: {sale.title}
    owner: thandi
    evaluator: johan
    invite: [marketing, m_and_e]
    starts: {sale.starts}
    ends: {sale.ends}
    measure:
      - {{kpi: sessions, where: {{sessionCampaignName: {sale.utm}}}, target: 9000}}
      - {{kpi: conversion_rate, where: {{sessionCampaignName: {sale.utm}}}}}

events:
  - {{id: booking-app, on: {launch_on(start)}, kind: new_product, title: Launch of the booking app, owner: neo}}

findings: {{source: scorecard, table: "Findings!A:F"}}
"""
