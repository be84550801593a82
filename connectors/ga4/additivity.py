"""Which GA4 metrics add up from day to day, by name: people are counted once however often they come, rates not at all.

From the Data API schema's descriptions ("the number of distinct users …", "the average …", "the percentage …",
developers.google.com/analytics/devguides/reporting/data/v1/api-schema). A metric that is not listed here, a custom one
for example, is taken for a sum: most are.
"""

from __future__ import annotations

from enum import StrEnum


class Additivity(StrEnum):
    SUM = "sum"
    PEOPLE = "people"  # distinct ones: a week has fewer than its days together
    AVERAGE = "average"  # an average, rate, ratio or position


_PEOPLE = (
    "active1DayUsers active7DayUsers active28DayUsers activeUsers cohortActiveUsers cohortTotalUsers "
    "crashAffectedUsers firstTimePurchasers scrolledUsers totalPurchasers totalUsers"
)
_AVERAGE = (
    "advertiserAdCostPerClick advertiserAdCostPerKeyEvent averagePurchaseRevenue averagePurchaseRevenuePerPayingUser "
    "averagePurchaseRevenuePerUser averageRevenuePerUser averageSessionDuration bounceRate cartToViewRate "
    "crashFreeUsersRate dauPerMau dauPerWau engagementRate eventCountPerUser eventsPerSession firstTimePurchaserRate "
    "firstTimePurchasersPerNewUser itemListClickThroughRate itemPromotionClickThroughRate "
    "organicGoogleSearchAveragePosition organicGoogleSearchClickThroughRate purchaseToViewRate purchaserRate "
    "returnOnAdSpend screenPageViewsPerSession screenPageViewsPerUser sessionKeyEventRate sessionsPerUser "
    "transactionsPerPurchaser userKeyEventRate wauPerMau"
)
_LISTED = {
    metric: kind
    for kind, metrics in ((Additivity.PEOPLE, _PEOPLE), (Additivity.AVERAGE, _AVERAGE))
    for metric in metrics.split()
}


def additivity(metric: str) -> Additivity:
    """Of a metric by its API name; of one for a single key event ("sessionKeyEventRate:purchase"), its family's."""
    return _LISTED.get(metric.partition(":")[0], Additivity.SUM)
