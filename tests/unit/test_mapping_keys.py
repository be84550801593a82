"""Keys and references."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.keys import action_key, comment_key, data_key, find_reference, fingerprint, parts_of, reference

KEY = "saypro/action/sessions/2026-W46"
LINE = "alignd ref 6SADZD7P6NG7MP55Q52V saypro/action/sessions/2026-W46"


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (KEY, LINE),
        ("saypro/review/monthly/2026-12", "alignd ref QVEEHHWEP3JVQJ7XGCOL saypro/review/monthly/2026-12"),
    ],
)
def test_the_reference_is_the_start_of_the_base32_sha_256_of_the_key(key: str, line: str) -> None:
    assert reference(key) == line


def test_keys_name_the_opening_period_and_follow_ups_their_number() -> None:
    assert action_key("saypro", "sessions", "2026-W46") == KEY
    assert action_key("saypro", "sessions", "2026-W46", 2) == f"{KEY}/2"
    assert data_key("saypro", "mailings", "2026-10") == "saypro/data/mailings/2026-10"
    assert comment_key(KEY, "worse", "2026-W47") == f"{KEY}#worse/2026-W47"
    assert comment_key(KEY, "numbers", None) == f"{KEY}#numbers"


def test_a_key_can_be_taken_apart() -> None:
    parts = parts_of(f"{KEY}/2")
    assert parts is not None
    assert (parts.workspace, parts.kind, parts.subject, parts.period, parts.number) == (
        "saypro",
        "action",
        "sessions",
        "2026-W46",
        2,
    )
    event = parts_of("saypro/event/mobile-app")
    assert event is not None
    assert (event.period, event.number) == (None, 1)
    assert parts_of("saypro") is None
    assert parts_of("saypro/action//x") is None
    assert parts_of(f"{KEY}#worse/2026-W47") is None


@pytest.mark.parametrize(
    "notes",
    [
        LINE,
        f"Some notes\n\n{LINE}",
        f"Some notes\n{LINE}   \t\n\nand what people wrote below",
        f"notes\r\n{LINE}\r\n",
        f"  {LINE}",
        f"`{LINE}`",
        f"**{LINE}**",
        LINE.replace(" ", "\u00a0"),
        f"\u200b{LINE}\ufeff",
        LINE.replace("alignd ref", "Alignd  Ref"),
        f"> {LINE}",
        f"notes\n{LINE.replace(' ', chr(10))}",  # wrapped where its blanks were
        f"notes\n[{LINE}](https://example.org/x)",
    ],
)
def test_a_reference_counts_however_an_editor_dressed_its_line(notes: str) -> None:
    assert find_reference(notes, "saypro") == KEY


def test_a_backslash_that_an_editor_put_before_an_underscore_does_not_hurt() -> None:
    key = action_key("saypro", "open_rate", "2026-10")
    assert find_reference(reference(key).replace("_", "\\_"), "saypro") == key


@pytest.mark.parametrize(
    "notes",
    [
        "",
        KEY,
        f"see {LINE}",
        LINE.replace("W46", "W47"),  # the hash is not this key's
        LINE.replace("6SADZD7P6NG7MP55Q52V", "6SADZD7P6NG7MP55Q52W"),
        LINE.replace("6SADZD7P6NG7MP55Q52V", "6SADZD7P6NG7MP55Q52"),
        LINE[:-1],
        f"{LINE} and more",
    ],
)
def test_a_line_that_does_not_fit_does_not_count(notes: str) -> None:
    assert find_reference(notes, "saypro") is None


def test_only_this_workspace_s_reference_counts() -> None:
    assert find_reference(LINE, "say") is None
    assert find_reference(f"{LINE}\n{reference('other/action/x/2026-W01')}", "saypro") == KEY


def test_the_last_reference_wins_and_a_quoted_one_only_where_there_is_no_other() -> None:
    other = reference("saypro/action/leads/2026-11")
    assert find_reference(f"{other}\n{LINE}", "saypro") == KEY
    assert find_reference(f"{LINE}\n> {other}", "saypro") == KEY


IDS = st.from_regex(r"[a-z0-9_-]{1,30}", fullmatch=True)


@given(IDS, IDS, st.from_regex(r"20\d\d-W[0-5]\d", fullmatch=True), st.integers(1, 9), st.text(max_size=80))
def test_every_reference_is_found_again_below_anything(
    workspace: str, kpi: str, label: str, number: int, above: str
) -> None:
    key = action_key(workspace, kpi, label, number)
    assert len(fingerprint(key)) == 20
    assert find_reference(f"{above}\n{reference(key)}", workspace) == key
