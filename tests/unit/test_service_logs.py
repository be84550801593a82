"""The service's log: one event, one line, as JSON or for people, and never a secret in it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from sync.service.logs import EventLog, Form, configure_logs, during, release_logs

AT = datetime(2026, 11, 18, 8, 0, 1, tzinfo=UTC)
CANARY = "canary-7f3a91c2"


@pytest.fixture(autouse=True)
def _a_machine_in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    release_logs()
    monkeypatch.undo()
    time.tzset()


def written(form: Form, secrets: tuple[str, ...] = ()) -> tuple[EventLog, StringIO]:
    stream = StringIO()
    return configure_logs(stream, form, lambda: secrets, lambda: AT), stream


def test_an_event_for_programs_is_one_json_object_with_time_level_event_and_workspace_first() -> None:
    log, stream = written("json")
    log.bind(workspace="saypro").info("cycle_done", readings=12, made=1, next=AT)
    assert stream.getvalue() == (
        '{"at": "2026-11-18T08:00:01Z", "level": "info", "event": "cycle_done", "workspace": "saypro", '
        '"readings": 12, "made": 1, "next": "2026-11-18T08:00:01+00:00"}\n'
    )


def test_an_event_for_people_is_a_line_they_can_read() -> None:
    log, stream = written("people")
    log.info("cycle_done", workspace="saypro", cycle=7, problems=1, comments=0, seconds=3.21)
    log.warning("file_refused", workspace="saypro", problems=["alignd.yaml:3:1: unknown"])
    log.error("store_unusable", workspace="saypro", why="the disk is full", calls={"web": 2, "asana": 1})
    log.info("started", workspaces=2, next=AT)
    log.info("started", next=AT + timedelta(days=1))
    assert stream.getvalue().splitlines() == [
        "08:00:01 saypro     cycle done         cycle 7 · 1 problem · 3.2 seconds",
        "08:00:01 saypro   ! file refused       problems: alignd.yaml:3:1: unknown",
        "08:00:01 saypro   ✗ store unusable     the disk is full · calls: web 2, asana 1",
        "08:00:01 -          started            2 workspaces · next 08:00",
        "08:00:01 -          started            next Thu 19 Nov 08:00",
    ]
    assert all(len(line) <= 80 for line in stream.getvalue().splitlines())


class Terminal(StringIO):
    """A terminal of 80 columns."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_long_line_is_wrapped_and_a_warning_has_a_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    log = configure_logs(stream, "people", tuple, lambda: AT)
    log.warning("problem", workspace="saypro", where="asana", what="Asana cannot be reached", advice="nothing to do")
    assert stream.getvalue().splitlines() == [
        "\x1b[2m08:00:01 saypro   \x1b[0m\x1b[33m! problem           \x1b[0m asana · Asana cannot be reached · nothing",
        "                    to do",
    ]
    monkeypatch.setenv("NO_COLOR", "1")
    configure_logs(stream, "people", tuple, lambda: AT).warning("problem")
    assert "\x1b" not in stream.getvalue().splitlines()[-1]


@pytest.mark.parametrize("form", ["json", "people"])
def test_a_secret_in_an_error_is_masked_after_the_error_was_put_into_words(form: Form) -> None:
    log, stream = written(form, (CANARY,))
    try:
        try:
            raise OSError(f"https://hc.example/ping/{CANARY}: refused")
        except OSError as error:
            raise ValueError(f"could not ping with Authorization: Bearer {CANARY}x and ?token=abcdef") from error
    except ValueError as caught:
        failed = caught
    log.error("heartbeat_failed", exc_info=failed, tried=[f"one {CANARY}", {"at": CANARY}], api_token="abcdef")
    assert CANARY not in stream.getvalue()
    assert "abcdef" not in stream.getvalue()
    assert "•••" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
    assert "ValueError: could not ping" in stream.getvalue()


def test_json_has_the_whole_traceback_and_people_get_its_end_and_place() -> None:
    log, stream = written("json")
    people, read = written("people")
    try:
        raise RuntimeError("no such thing")
    except RuntimeError:
        log.error("cycle_failed", exc_info=True)
        people.error("cycle_failed", exc_info=True)
    told = json.loads(stream.getvalue())
    assert "Traceback (most recent call last)" in told["traceback"]
    assert "RuntimeError: no such thing (tests.unit.test_service_logs:" in read.getvalue()
    assert "Traceback" not in read.getvalue()


@pytest.mark.parametrize("form", ["json", "people"])
def test_text_from_elsewhere_cannot_steer_a_terminal_or_begin_a_line(form: Form) -> None:
    log, stream = written(form)
    log.warning("problem", workspace="say\x1b[2Jpro", what="name\r\n08:00:02 saypro all is well \x9b31m \u202egnp.exe")
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert not any(sign in text.rstrip("\n") for sign in "\x1b\x9b\r\u202e")


@pytest.mark.parametrize(("form", "line"), [("json", '"library": "urllib3.connectionpool"'), ("people", "urllib3")])
def test_a_librarys_warnings_come_the_same_way_and_its_chatter_not(form: Form, line: str) -> None:
    log, stream = written(form, (CANARY,))
    library = logging.getLogger("urllib3.connectionpool")
    with during(workspace="saypro"):
        library.info("Starting new HTTPS connection")
        library.warning("Retrying after %r: /rest/%s", "broken", CANARY)
    assert stream.getvalue().count("\n") == 1
    assert line in stream.getvalue()
    assert "saypro" in stream.getvalue()
    assert CANARY not in stream.getvalue()
    log.info("next")
    assert "saypro" not in stream.getvalue().splitlines()[1]


def test_a_thread_that_dies_says_so_in_the_log() -> None:
    _, stream = written("json", (CANARY,))

    def die() -> None:
        raise RuntimeError(f"with {CANARY}")

    thread = threading.Thread(target=die, name="pulse")
    thread.start()
    thread.join()
    told = json.loads(stream.getvalue())
    assert (told["event"], told["thread"], told["level"]) == ("thread_died", "pulse", "error")
    assert CANARY not in stream.getvalue()


def test_a_reader_that_went_away_does_not_end_the_service() -> None:
    log, stream = written("people")
    stream.close()
    log.info("cycle_done")


def test_a_second_configuration_takes_the_place_of_the_first() -> None:
    _, first = written("people")
    _, second = written("people")
    logging.getLogger("apscheduler").warning("missed")
    assert first.getvalue() == ""
    assert second.getvalue().count("\n") == 1
