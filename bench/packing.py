"""1,000 KPIs on one property: reports and batches that reached it, against the packing's lower bound."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil

from bench.measure import Measured
from bench.world import PROPERTY, World, reports_in, world

METRICS = (  # of one scope, so that they may share a report under a filter
    "sessions", "engagedSessions", "engagementRate", "bounceRate", "averageSessionDuration", "sessionsPerUser",
    "screenPageViewsPerSession", "sessionKeyEventRate",
)  # fmt: skip
COLUMNS = ("sessions", "engagedSessions", "sessionSeconds", "screenPageViews", "sessionsWithKeyEvent")
KPIS, PERIODS = 1000, 13
FILTERS = KPIS // len(METRICS)
PER_REPORT, RANGES, REPORTS = 10, 4, 5  # metrics, date ranges, reports a batch (Data API v1beta)


def a_thousand(made_in: World, tracker: str = "asana") -> None:
    """Eight metrics under each of 125 filters, weekly and monthly in turn; half of them below target."""
    web = made_in.sandbox.ga4.properties[PROPERTY]
    days = {date(2026, 11, 9) - timedelta(weeks=back) for back in range(14)}
    days |= {date(2025 + month // 12, month % 12 + 1, 5) for month in range(8, 22)}
    for day in sorted(days):
        for number in range(FILTERS):
            web.record(day, dict.fromkeys(COLUMNS, 40), where={"sessionSource": f"s{number}"}, users=range(10))
        web.record(day, dict.fromkeys(COLUMNS, 40 * FILTERS), users=range(10))
    kpis = [
        f"k{n}: {{name: Number {n}, owner: ana, period: {'week' if n % 2 else 'month'}, "
        f"target: {0 if n % 4 < 2 else 1000000}, tolerance: 0, "
        f"value: {{source: web, metric: {METRICS[n % 8]}, where: {{sessionSource: s{n // 8}}}}}}}"
        for n in range(KPIS)
    ]
    source = f'  web: {{{{kind: ga4, property: "{PROPERTY}", credentials: anonymous, endpoint: "{{url}}"}}}}'
    made_in.write(tracker, kpis, source)


def measures() -> list[Measured]:
    """One first cycle over all periods."""
    with world() as made_in:
        a_thousand(made_in)
        report = made_in.sync()
        reports, batches = reports_in(made_in), made_in.asked("ga4")
        said = report.calls["web"]
    windows = PERIODS  # four metrics of each filter are weekly, four monthly: two blocks that share nothing
    block = max(ceil(4 * windows / (PER_REPORT * RANGES)), ceil(windows / RANGES))
    both = ceil(2 * windows / RANGES)  # a filter's weeks and months may share a report, by its spare ranges
    least = (FILTERS + 1) * min(both, 2 * block)  # each filter, and once without any (is it zero or missing?)
    fewest = ceil(least / REPORTS)
    differs = "" if (said.made, said.least) == (batches, fewest) else f"; alignd says {said.made} of {said.least}"
    return [
        Measured("GA4 reports, 1,000 KPIs", reports / least, 1.05, f"{reports} asked, {least} the least"),
        Measured("GA4 batches, 1,000 KPIs", batches / fewest, 1.05, f"{batches} made, {fewest} the least{differs}"),
    ]
