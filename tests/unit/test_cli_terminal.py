"""The terminal: progress only where somebody looks, stops that end cleanly, text that cannot steer it."""

from __future__ import annotations

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cli.ending import Ending, Quit
from sync.cli.opening import opened, stoppable
from sync.cli.terminal import ask, console, progress, show, show_json, tell, without_controls
from sync.errors import LockHeld, StoreUnusable, WorkspaceMismatch
from tests.unit.test_sync_reports import CONFIG


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("at work") as advance:
        advance("still at work", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_nobody_is_asked_where_nobody_can_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("Your name", "Ana") == "Ana"
    assert capsys.readouterr().out == ""


def test_a_pipe_gets_80_columns_no_colour_and_no_blanks_at_line_ends(capsys: pytest.CaptureFixture[str]) -> None:
    from sync.cli.render.style import bullet

    assert console().width == 80
    assert not console().is_terminal
    show(bullet("a short line"))
    assert capsys.readouterr().out == "· a short line\n"


def test_a_stop_lets_the_cycle_end_and_a_second_ctrl_c_ends_it_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as stop:
        assert not stop.is_set()
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert "stopping after the request that is under way" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (LockHeld("alignd sync, pid 7"), Ending.NOTHING),
        (StoreUnusable("the disk is full", "make room"), Ending.NOTHING),
        (WorkspaceMismatch("the store is saypro's", "name another store"), Ending.WRONG),
    ],
)
def test_what_is_wrong_with_the_store_ends_with_words_and_what_to_do(error: Exception, ending: Ending) -> None:
    with pytest.raises(Quit) as caught, opened(CONFIG):
        raise error
    assert caught.value.ending is ending
    assert str(error) in caught.value.lines[0]
    assert getattr(error, "advice", "?") in caught.value.lines[0]


@given(st.text())
def test_no_text_keeps_anything_a_terminal_acts_on(text: str) -> None:
    safe = without_controls(text)
    assert not set(safe) & set("\x1b\x9b\x07\x08\n\r\t\u202e\u2028")
    assert without_controls(safe) == safe


@given(st.text(alphabet=st.characters(whitelist_categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert without_controls(text) == text


def test_notes_go_to_stderr_and_json_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    tell("a\nnote")
    show_json({"a": 1})
    said = capsys.readouterr()
    assert (said.out, said.err) == ('{\n  "a": 1\n}\n', "a note\n")
