"""Ids of noted events: readable, allowed, and never another's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.checking import ID
from sync.noting import LONGEST_ID, new_id


@pytest.mark.parametrize(
    ("title", "taken", "made"),
    [
        ("Launch of the mobile app", set(), "launch-of-the-mobile-app"),
        ("Launch of the mobile app", {"launch-of-the-mobile-app"}, "launch-of-the-mobile-app-2"),
        ("Ünïted & Söns: merger!", set(), "united-sons-merger"),
        ("发布", set(), "event"),
        ("x" * 100, set(), "x" * LONGEST_ID),
        ("We buy " + "everything " * 20, set(), "we-buy-everything-everything-everything"),
    ],
)
def test_an_id_is_made_of_the_title(title: str, taken: set[str], made: str) -> None:
    assert new_id(title, taken) == made


@given(st.text(max_size=80), st.integers(0, 3))
def test_every_id_is_allowed_in_the_file_and_new(title: str, before: int) -> None:
    taken: set[str] = set()
    for _ in range(before + 1):
        made = new_id(title, taken)
        assert ID.fullmatch(made)
        assert made not in taken
        taken.add(made)
