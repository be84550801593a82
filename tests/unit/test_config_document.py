"""Reading YAML: version 1.2, places, caps; nothing a file holds makes it raise."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import load
from config.document import MOST_BYTES, Unreadable, parse
from config.problems import Mark, nearest
from tests.unit.config_samples import ENVIRON, GOOD, HEAD, SESSIONS, read, said, well


def test_scalars_stay_as_they_were_written() -> None:
    tree = parse("a: yes\nb: 012\nc: 12:30\nd: 1_000\ne: 2026-09-01\nf: 0.10\ng: ~\nh: 'null'\ni: NO\n")
    found = {key: node.text for key, (_, node) in (tree.root.entries or {}).items()}
    assert found == {
        "a": "yes", "b": "012", "c": "12:30", "d": "1_000", "e": "2026-09-01", "f": "0.10", "g": None, "h": "null",
        "i": "NO",
    }  # fmt: skip


def test_places_are_right_in_flow_mappings_and_behind_aliases() -> None:
    tree = parse("a: &x {b: [1, {c: 2}]}\nd: *x\ne: {<<: *x, f: 3}\n")
    assert tree.walk(("a", "b", 1, "c"))[1:] == (Mark(1, 16), Mark(1, 19))
    assert tree.walk(("d", "b", 0))[1:] == (Mark(1, 12), Mark(1, 12))
    assert tree.walk(("e", "b"))[1:] == (Mark(1, 8), Mark(1, 11))
    assert tree.walk(("e", "f"))[1:] == (Mark(3, 13), Mark(3, 16))


def test_what_stands_in_a_mapping_wins_over_what_is_merged_into_it() -> None:
    tree = parse("a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  y: 3\n")
    entries = (tree.root.child("c") or tree.root).entries or {}
    assert {key: node.text for key, (_, node) in entries.items()} == {"y": "3", "x": "1", "z": "2"}


def test_a_file_of_one_megabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    (line,) = said(tmp_path, HEAD + "#" * MOST_BYTES)
    assert line == "alignd.yaml: the file is larger than 1 MB, write a smaller one (numbers belong into a sheet or CSV)"


def test_a_file_just_under_one_megabyte_is_read(tmp_path: Path) -> None:
    assert well(tmp_path, HEAD + "# " + "x" * (MOST_BYTES - len(HEAD.encode()) - 3) + "\n").kpis == {}


@pytest.mark.parametrize("bomb", ["[" * 100_000, "{a: " * 50_000, "- " * 2_000, "? " * 2_000, "a: " + "&a " * 500])
def test_deep_nesting_is_refused_at_once(bomb: str) -> None:
    with pytest.raises(Unreadable):
        parse(bomb)


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    lines = ["a: &a [" + ", ".join(["x"] * 10) + "]"]
    for last, this in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{this}: &{this} [" + ", ".join([f"*{last}"] * 10) + "]")
    with pytest.raises(Unreadable, match="unfold"):
        parse("\n".join(lines))


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    loaded = load(tmp_path / "nowhere.yaml", {})
    assert str(loaded.problems[0]).endswith(
        "nowhere.yaml: there is no such file, write one with alignd init, or name yours with -c FILE"
    )
    folder = load(tmp_path, {})
    assert "it is a folder" in str(folder.problems[0])


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "alignd.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + SESSIONS).replace("\n", "\r\n").encode())
    assert load(path, ENVIRON).problems == ()


def test_after_two_hundred_problems_the_rest_is_counted(tmp_path: Path) -> None:
    people = "".join(f"  p{i}: {{name: P, nam: x}}\n" for i in range(250))
    loaded = read(tmp_path, HEAD.replace("people:\n", "people:\n" + people))
    assert len(loaded.problems) == 201
    assert str(loaded.problems[-1]).endswith("and 50 more problems, mend these first")


def test_the_nearest_word_is_one_that_could_have_been_meant() -> None:
    assert nearest("spredsheet", ["spreadsheet", "source"]) == "spreadsheet"
    assert nearest("Breach-After", ["breach_after", "clear_after"]) == "breach_after"
    assert nearest("id", ["kind", "path"]) is None
    assert nearest("xyz", ["kind", "path"]) is None


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_no_text_makes_the_parser_raise_anything_else(text: str) -> None:
    with suppress(Unreadable):
        assert parse(text).root.size >= 1


@given(st.integers(0, 10_000_000))
@settings(max_examples=25)
def test_a_damaged_contract_is_answered_with_problems_never_with_an_exception(seed: int) -> None:
    chance = random.Random(seed)
    lines = [one for one in (GOOD / "contract.yaml").read_text().split("\n") if not one.lstrip().startswith("#")]
    for _ in range(3):
        at = chance.randrange(len(lines))
        junk = chance.choice(
            ["", "[]", "{}", "[a, b]", "{a: b}", "0", "-1", "[[a]]", '"${SLACK_TOKEN}"', "99999999999"]
        )
        lines[at] = re.sub(r":\s.*$", f": {junk}", lines[at], count=1)
        if chance.random() < 0.3:
            del lines[chance.randrange(len(lines))]
    with TemporaryDirectory() as folder:
        loaded = read(Path(folder), "\n".join(lines))
    for problem in (*loaded.problems, *loaded.warnings):
        assert problem.text
        assert "\n" not in str(problem)
        assert "canary" not in str(problem)
    assert (loaded.config is None) == bool(loaded.problems)


def test_escapes_in_quotes_are_read_as_json_means_them_and_hide_nothing() -> None:
    tree = parse(r'name: "\ud83d\ude80 \u00e9 a\nb \u202e"')
    root = tree.root.child("name")
    assert root is not None
    assert root.text == "🚀 é a\nb \u202e"
    for hidden in (r"\ud83d", r"\ude80 \ud83d", r"\0", r"\e[31m", r"\x7f", r"\ufffe"):
        with pytest.raises(Unreadable, match=r"invisible character U\+"):
            parse(f'name: "x{hidden}"')
