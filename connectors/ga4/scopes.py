"""Scopes of GA4's metrics: metrics of different scopes share no report once a filter or dimension is set.

With a filter, a report's metrics are joined on the filter's table, and mixing scopes there either is refused as
incompatible or changes the other metrics. Families follow the Data API schema's metric table
(developers.google.com/analytics/devguides/reporting/data/v1/api-schema) and "Scopes of dimensions and metrics"
(support.google.com/analytics/answer/11396839). A metric that is not listed here stands alone when filtered: that
costs a report, never a wrong number.
"""

from __future__ import annotations

_USER = (
    "active1DayUsers active28DayUsers active7DayUsers activeUsers averageRevenuePerUser crashAffectedUsers "
    "crashFreeUsersRate dauPerMau dauPerWau firstTimePurchaserRate firstTimePurchasers "
    "firstTimePurchasersPerNewUser newUsers purchaserRate scrolledUsers totalPurchasers totalUsers "
    "userKeyEventRate wauPerMau averagePurchaseRevenuePerPayingUser averagePurchaseRevenuePerUser"
)
_SESSION = (
    "averageSessionDuration bounceRate engagedSessions engagementRate sessionKeyEventRate sessions "
    "eventsPerSession screenPageViewsPerSession sessionsPerUser"
)
_EVENT = (
    "addToCarts averagePurchaseRevenue checkouts ecommercePurchases eventCount eventCountPerUser eventValue "
    "grossPurchaseRevenue keyEvents purchaseRevenue refundAmount screenPageViews screenPageViewsPerUser "
    "shippingAmount taxAmount totalRevenue transactions transactionsPerPurchaser userEngagementDuration"
)
_ITEM = (
    "cartToViewRate grossItemRevenue itemDiscountAmount itemListClickEvents itemListClickThroughRate "
    "itemListViewEvents itemPromotionClickThroughRate itemRefundAmount itemRevenue itemViewEvents itemsAddedToCart "
    "itemsCheckedOut itemsClickedInList itemsClickedInPromotion itemsPurchased itemsViewed itemsViewedInList "
    "itemsViewedInPromotion promotionClicks promotionViews purchaseToViewRate"
)
_ADVERTISING = (
    "advertiserAdClicks advertiserAdCost advertiserAdCostPerClick advertiserAdCostPerKeyEvent "
    "advertiserAdImpressions returnOnAdSpend"
)
_PUBLISHER = "adUnitExposure publisherAdClicks publisherAdImpressions totalAdRevenue"
_SEARCH = (
    "organicGoogleSearchAveragePosition organicGoogleSearchClickThroughRate organicGoogleSearchClicks "
    "organicGoogleSearchImpressions"
)

SCOPES: dict[str, str] = {
    metric: scope
    for scope, metrics in (
        ("user", _USER),
        ("session", _SESSION),
        ("event", _EVENT),
        ("item", _ITEM),
        ("advertising", _ADVERTISING),
        ("publisher", _PUBLISHER),
        ("search", _SEARCH),
    )
    for metric in metrics.split()
}

# A rate for one key event belongs to the scope of its family: sessionKeyEventRate:purchase.
_FAMILIES = {"sessionKeyEventRate": "session", "userKeyEventRate": "user"}


def scope_of(metric: str) -> str | None:
    """user, session, event, item, advertising, publisher or search; None for a metric that is not known here."""
    name, colon, _ = metric.partition(":")
    return _FAMILIES.get(name) if colon else SCOPES.get(metric)
