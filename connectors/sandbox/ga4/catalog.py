"""Which metrics and dimensions the stand-in knows: their type, their scope, and how each is counted.

Scope and counting follow Google's API schema: users are distinct over the window asked for, rates are ratios, the
rest is added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["session", "user", "event", "item"]


@dataclass(frozen=True, slots=True)
class Metric:
    """`count`: "sum" of `columns[0]`; "users" distinct ids of `columns[0]`; "ratio" of two; "complement" 1 − ratio."""

    name: str
    kind: str
    scope: Scope
    count: Literal["sum", "users", "ratio", "complement"]
    columns: tuple[str, ...]
    label: str
    old_names: tuple[str, ...] = ()


def _sum(name: str, kind: str, scope: Scope, label: str, *old: str) -> Metric:
    return Metric(name, kind, scope, "sum", (name,), label, old)


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        _sum("sessions", "TYPE_INTEGER", "session", "Sessions"),
        _sum("engagedSessions", "TYPE_INTEGER", "session", "Engaged sessions"),
        Metric("engagementRate", "TYPE_FLOAT", "session", "ratio", ("engagedSessions", "sessions"), "Engagement rate"),
        Metric("bounceRate", "TYPE_FLOAT", "session", "complement", ("engagedSessions", "sessions"), "Bounce rate"),
        Metric("averageSessionDuration", "TYPE_SECONDS", "session", "ratio", ("sessionSeconds", "sessions"),
               "Average session duration"),
        Metric("sessionsPerUser", "TYPE_FLOAT", "session", "ratio", ("sessions", "activeUsers"), "Sessions per user"),
        Metric("screenPageViewsPerSession", "TYPE_FLOAT", "session", "ratio", ("screenPageViews", "sessions"),
               "Views per session"),
        Metric("sessionKeyEventRate", "TYPE_FLOAT", "session", "ratio", ("sessionsWithKeyEvent", "sessions"),
               "Session key event rate", ("sessionConversionRate",)),
        Metric("totalUsers", "TYPE_INTEGER", "user", "users", ("users",), "Total users"),
        Metric("activeUsers", "TYPE_INTEGER", "user", "users", ("users",), "Active users"),
        _sum("newUsers", "TYPE_INTEGER", "user", "New users"),
        _sum("eventCount", "TYPE_INTEGER", "event", "Event count"),
        _sum("screenPageViews", "TYPE_INTEGER", "event", "Views"),
        _sum("keyEvents", "TYPE_FLOAT", "event", "Key events", "conversions"),
        _sum("transactions", "TYPE_INTEGER", "event", "Transactions"),
        _sum("ecommercePurchases", "TYPE_INTEGER", "event", "Ecommerce purchases"),
        _sum("totalRevenue", "TYPE_CURRENCY", "event", "Total revenue"),
        _sum("purchaseRevenue", "TYPE_CURRENCY", "event", "Purchase revenue"),
        _sum("userEngagementDuration", "TYPE_SECONDS", "event", "User engagement"),
        _sum("advertiserAdCost", "TYPE_CURRENCY", "event", "Ads cost"),
        _sum("advertiserAdClicks", "TYPE_INTEGER", "event", "Ads clicks"),
        _sum("itemsPurchased", "TYPE_INTEGER", "item", "Items purchased"),
        _sum("itemRevenue", "TYPE_CURRENCY", "item", "Item revenue"),
    )
}  # fmt: skip

DIMENSIONS: dict[str, Scope] = {
    **dict.fromkeys(
        ("date", "isoYearIsoWeek", "isoWeek", "isoYear", "week", "month", "year", "yearMonth", "day", "dayOfWeek",
         "nthDay", "hour", "dateHour", "country", "city", "region", "continent", "language", "browser",
         "deviceCategory", "operatingSystem", "platform", "hostName", "newVsReturning", "audienceName",
         "userAgeBracket", "userGender"),
        "user",
    ),
    **dict.fromkeys(
        ("sessionDefaultChannelGroup", "sessionPrimaryChannelGroup", "sessionSource", "sessionMedium",
         "sessionSourceMedium", "sessionCampaignName", "sessionCampaignId", "sessionManualSource",
         "sessionManualMedium", "sessionManualCampaignName", "sessionManualTerm", "sessionManualAdContent",
         "landingPage", "landingPagePlusQueryString"),
        "session",
    ),
    **dict.fromkeys(
        ("firstUserDefaultChannelGroup", "firstUserSource", "firstUserMedium", "firstUserCampaignName"), "user",
    ),
    **dict.fromkeys(
        ("eventName", "pagePath", "pageTitle", "pageLocation", "unifiedScreenName", "unifiedPagePathScreen",
         "isKeyEvent", "defaultChannelGroup", "source", "medium", "campaignName", "linkUrl", "searchTerm"),
        "event",
    ),
    **dict.fromkeys(("itemName", "itemId", "itemCategory", "itemBrand"), "item"),
}  # fmt: skip

THRESHOLDED = frozenset({"userAgeBracket", "userGender", "brandingInterest", "audienceId", "audienceName"})


def base_columns(name: str) -> tuple[str, ...]:
    """The stored columns a metric is computed from."""
    metric = METRICS[name]
    if metric.count in ("sum", "users"):
        return metric.columns
    return tuple(b for part in metric.columns for b in (base_columns(part) if part in METRICS else (part,)))
