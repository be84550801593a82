"""The team's alignd.yaml, pointing at the stand-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from connectors.sandbox.story.cadence import cadence_text

PROPERTY, PROJECT, BOARD = "123456789", "1201234567890123", "Ab12Cd34"
CHANNEL, GOAL = "C0123456789", "1209999999999999"
TOKENS = {
    "ASANA_TOKEN": "demo-asana-token",
    "TRELLO_KEY": "demo-trello-key",
    "TRELLO_TOKEN": "demo-trello-token",
    "HUBSPOT_TOKEN": "demo-hubspot-token",
    "SLACK_TOKEN": "xoxb-demo-slack-token",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the stand-ins are: all but the mail server on `web`."""

    web: str
    mail: str


def config_text(at: Addresses, spreadsheet: str, start: date, store: str) -> str:
    """The whole file. `start`: the Monday on which the story begins."""
    agreed = (start - timedelta(weeks=30)).isoformat()
    return _agreed_text(at.web, spreadsheet, agreed, store) + cadence_text(start) + _told_text(at)


def _told_text(at: Addresses) -> str:
    """Who is told, and where numbers are shown."""
    return f"""
channels:
  team_slack: {{kind: slack, token: "${{SLACK_TOKEN}}", channel: {CHANNEL}, endpoint: {at.web}}}
  mail: {{kind: email, smtp: "{at.mail}", from: alignd@saypro.example, to: [johan]}}
digests:
  - {{channel: team_slack, every: 1 week, on: thursday, at: "08:30"}}
  - {{channel: mail, to: [leadership, m_and_e], every: 1 month, on: 5th business day, at: "08:00"}}
publish:
  sheet: {{source: scorecard, tab: Dashboard}}
  asana_goals: {{leads: "{GOAL}"}}
daemon:
  alerts: mail
  http: 127.0.0.1:8787
"""


def _agreed_text(url: str, spreadsheet: str, agreed: str, store: str) -> str:
    """All but the cadence. `agreed`: the day the definitions were agreed on."""
    return f"""\
# What SayPro's Marketing and M&E agreed on. Every vendor here is a local stand-in.
version: 1
workspace:
  id: saypro
  name: SayPro
  timezone: Africa/Johannesburg
  holidays: {{country: ZA}}
store: {store}

people:
  thandi: {{name: Thandi Mokoena, email: thandi@saypro.example, team: marketing, trello: thandim}}
  sipho:  {{name: Sipho Nkosi, email: sipho@saypro.example, team: marketing, trello: siphon}}
  johan:  {{name: Johan Botha, email: johan@saypro.example, team: m_and_e, trello: johanb}}
  lerato: {{name: Lerato Dube, email: lerato@saypro.example, team: sales, trello: leratod}}
  neo:    {{name: Neo Khumalo, email: neo@saypro.example, team: leadership, trello: neok}}
teams:
  marketing:  {{name: Marketing, lead: thandi, section: marketing}}
  m_and_e:    {{name: Monitoring & Evaluation, lead: johan, section: m_and_e}}
  sales:      {{name: Sales, lead: lerato, section: m_and_e}}
  leadership: {{name: Leadership, lead: neo, section: m_and_e}}

sources:
  web:
    kind: ga4
    property: "{PROPERTY}"
    credentials: anonymous
    endpoint: {url}
  scorecard:
    kind: sheets
    spreadsheet: {spreadsheet}
    credentials: anonymous
    endpoint: {url}
    late_after: 5 business days
  crm:
    kind: hubspot
    token: ${{HUBSPOT_TOKEN}}
    endpoint: {url}
  mailings:
    kind: csv
    path: data/mailings-*.csv
    unique_by: [Campaign, Date]
    late_after: 5 business days

trackers:
  asana:
    kind: asana
    token: ${{ASANA_TOKEN}}
    project: "{PROJECT}"
    sections: {{default: Actions, data: Data, review: Meetings, campaign: Meetings, event: Meetings}}
    endpoint: {url}
  board:
    kind: trello
    key: ${{TRELLO_KEY}}
    token: ${{TRELLO_TOKEN}}
    board: {BOARD}
    lists: {{default: To do, done: [Done]}}
    endpoint: {url}
routes: {{default: asana, sales: board}}

kpis:
  sessions:
    name: Website sessions
    definition: Sessions on the public site, all channels, Monday to Sunday.
    agreed: {{on: {agreed}, by: [thandi, johan]}}
    owner: thandi
    stage: acquisition
    unit: count
    period: week
    value: {{source: web, metric: sessions}}
    breakdown: sessionDefaultChannelGroup
    target: 12000
  weekly_users:
    name: Weekly users
    definition: Distinct people who used the site in the week (GA4 totalUsers). Not the sum of days.
    agreed: {{on: {agreed}, by: [thandi, johan]}}
    owner: thandi
    unit: count
    period: week
    value: {{source: web, metric: totalUsers}}
    target: {{growth: 8%, over: same_period_last_year}}
    explained_by: sessions
  conversion_rate:
    name: Conversion rate
    definition: Purchases divided by sessions, same week.
    agreed: {{on: {agreed}, by: [thandi, johan]}}
    owner: thandi
    stage: conversion
    unit: percent
    period: week
    formula: purchases / sessions
    inputs:
      purchases: {{source: web, metric: keyEvents, where: {{eventName: purchase}}}}
      sessions: sessions
    target: {{between: [2.0%, 4.5%]}}
    plausible: [0%, 20%]
  engagement_rate:
    name: Engagement rate
    definition: Engaged sessions divided by sessions, as GA4 counts them, per week.
    agreed: {{on: {agreed}, by: [thandi, johan]}}
    owner: thandi
    stage: acquisition
    unit: percent
    period: week
    value: {{source: web, metric: engagementRate}}
    target: 54%
  leads:
    name: Qualified leads
    definition: Deals opened in the CRM, per month.
    agreed: {{on: {agreed}, by: [thandi, lerato]}}
    owner: thandi
    data_owner: lerato
    stage: acquisition
    unit: count
    period: month
    value: {{source: crm, object: deals, date: createdate, aggregate: count}}
    target: 180
    pace: even
    same_as:
      value: {{source: scorecard, table: "Leads!A:B", date: Date, column: Leads, aggregate: sum}}
      within: 5%
  social_visits:
    name: Visits from social
    definition: Sessions whose default channel group is Organic Social or Paid Social, per month.
    agreed: {{on: {agreed}, by: [sipho, johan]}}
    owner: sipho
    stage: acquisition
    unit: count
    period: month
    value: {{source: web, metric: sessions, where: {{sessionDefaultChannelGroup: [Organic Social, Paid Social]}}}}
    target: 4800
  cac:
    name: Cost of a new customer
    definition: Spend on search and social divided by new customers, per month.
    agreed: {{on: {agreed}, by: [thandi, johan]}}
    owner: thandi
    data_owner: johan
    stage: finance
    unit: currency
    currency: ZAR
    direction: down
    period: month
    formula: spend / customers
    inputs:
      spend:
        {{source: scorecard, table: "Spend!A:D", date: Date, column: Amount, where: {{Channel: [Search, Social]}},
         aggregate: sum}}
      customers: {{source: scorecard, table: "Customers!A:B", date: Date, column: New customers, aggregate: sum}}
    target: {{source: scorecard, cell: "Targets!C4"}}
  open_rate:
    name: Email open rate
    definition: Opens divided by deliveries of the month's mailings.
    agreed: {{on: {agreed}, by: [sipho, johan]}}
    owner: sipho
    data_owner: johan
    unit: percent
    period: month
    formula: opens / delivered
    inputs:
      opens: {{source: mailings, date: Date, column: Opens, aggregate: sum}}
      delivered: {{source: mailings, date: Date, column: Delivered, aggregate: sum}}
    target: 22%
  nps:
    name: Net promoter score
    definition: NPS of the running customer survey, at least 50 answers a quarter.
    agreed: {{on: {agreed}, by: [lerato, johan]}}
    owner: lerato
    data_owner: johan
    stage: satisfaction
    unit: score
    period: quarter
    value: {{source: scorecard, table: "Survey!A:C", date: Date, column: Score, aggregate: nps, min_rows: 50}}
    target: 25
  awareness:
    name: Brand awareness
    definition: Share of people asked in Gauteng who name us unprompted; from the quarterly tracker.
    agreed: {{on: {agreed}, by: [thandi, johan]}}
    owner: thandi
    data_owner: johan
    stage: awareness
    unit: percent
    scale: 0.01
    period: quarter
    value: {{source: scorecard, matrix: "Tracker!A1:Z40", row: Awareness}}
    late_after: 25 business days
    target: {{growth: 2%, over: previous_period}}
  support_load:
    name: Open tickets per agent
    definition: Open tickets per agent on duty, as noted in Ops on Friday.
    agreed: {{on: {agreed}, by: [lerato, johan]}}
    owner: lerato
    data_owner: johan
    stage: capacity
    unit: ratio
    direction: down
    period: week
    value: {{source: scorecard, cell: "Ops!B7", as_of: "Ops!B8"}}
    target: 25
  calls:
    name: Customer calls
    definition: Calls that Sales made to customers in the week, as noted on Friday.
    agreed: {{on: {agreed}, by: [lerato, johan]}}
    owner: lerato
    data_owner: johan
    stage: retention
    unit: count
    period: week
    value: {{source: scorecard, table: "Calls!A:C", date: Date, column: Calls, aggregate: sum}}
    target: 55

policy:
  ask: [sales]

goals:
  - id: grow
    title: Grow in Gauteng
    owner: neo
    kpis: [awareness]
    goals:
      - id: leads
        title: 20 % more leads than last quarter
        owner: thandi
        kpis: [leads, sessions, weekly_users, conversion_rate, engagement_rate, cac]
        goals:
          - id: social
            title: More visits from social channels and mail
            owner: sipho
            kpis: [social_visits, open_rate]
  - {{id: keep, title: Keep the customers we win, owner: lerato, kpis: [nps, support_load, calls]}}
"""
