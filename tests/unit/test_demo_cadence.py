"""The demo's cadence falls into its quarter, whenever that quarter begins."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

import config
from connectors.sandbox.story.cadence import launch_on, quarterly_on, sale_of
from connectors.sandbox.story.file import TOKENS, Addresses, config_text
from mapping.campaigns import touchpoints
from mapping.reviews import Reviews
from mapping.rhythms import On, Rhythm

MONDAY = date(2026, 9, 7)

NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> config.Config:
    """The team's file of one quarter."""
    path = tmp_path_factory.mktemp("team") / "alignd.yaml"
    addresses = Addresses("http://127.0.0.1:9", "smtp://127.0.0.1:9")
    path.write_text(config_text(addresses, "1AbC", MONDAY, "sqlite:///alignd.db"), encoding="utf-8")
    loaded = config.load(path, TOKENS)
    assert loaded.config is not None, loaded.problems
    assert not loaded.problems
    return loaded.config


def beginning(start: date, file: config.Config) -> Reviews:
    """The reviews of the same file written for a story that begins on that Monday."""
    nth, _, weekday = quarterly_on(start).partition(" ")
    assert weekday == "tuesday"
    quarterly, pair = file.reviews["quarterly"], file.reviews["one_on_one"]
    on = On(weekday=1, nth=NTH[nth])
    reviews = {
        **file.reviews,
        "quarterly": replace(quarterly, rhythm=Rhythm(quarterly.rhythm.every, on, quarterly.rhythm.at)),
        "one_on_one": replace(pair, rhythm=replace(pair.rhythm, anchor=start)),
    }
    return replace(file.cadence, all=reviews)


@pytest.mark.parametrize("year", range(2026, 2032))
def test_every_kind_of_review_meets_within_the_quarter_whichever_week_it_begins_in(
    year: int, file: config.Config
) -> None:
    start = date(year, 1, 1) + timedelta(days=-date(year, 1, 1).weekday() % 7)
    while start.year == year:
        reviews = beginning(start, file)
        within = reviews.meetings(start + timedelta(weeks=1), start + timedelta(weeks=13))
        met = Counter(one.review for one in within if one.replaced_by is None)
        assert met["quarterly"] == 1, start
        assert met["monthly"] >= 2, start
        assert met["one_on_one"] >= 5, start
        assert met["weekly"] >= 7, start
        start += timedelta(weeks=1)


def test_the_sale_is_begun_halfway_and_over_and_the_app_launched_within_the_quarter(file: config.Config) -> None:
    sale, launch = sale_of(MONDAY), launch_on(MONDAY)
    days = [one.day for one in touchpoints(file.campaigns[0], file.workspace.calendar, file.opens)]
    last = MONDAY + timedelta(weeks=13)
    assert MONDAY + timedelta(days=2) < days[0] < sale.starts < days[1] < sale.ends < days[2] < last
    assert MONDAY < launch < last - timedelta(weeks=2)


def test_the_sale_is_called_after_the_season_it_is_in() -> None:
    assert [sale_of(date(2026, month, 2)).utm for month in (1, 4, 7, 9, 12)] == [
        "summer-2026", "autumn-2026", "winter-2026", "spring-2026", "summer-2026",
    ]  # fmt: skip
