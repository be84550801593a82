"""Opening the team's file and the app for a command, and turning what can go wrong into words and an exit code."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync.cli.ending import Ending, Quit, nothing_done, wrong
from sync.cli.terminal import tell

if TYPE_CHECKING:
    from types import FrameType

    from config import Config, Loaded
    from sync.app import App


def read_file(path: Path) -> Loaded:
    """The file, read and checked; Quit if there is none."""
    if not path.exists():
        raise wrong(f"{path}: there is no such file; alignd init writes one, -c FILE names another")
    from config import load

    return load(path, os.environ)


def checked(path: Path) -> Config:
    """The file's Config; a file with problems ends the command with all of them."""
    loaded = read_file(path)
    if loaded.config is None or loaded.problems:
        raise wrong(*(str(one) for one in loaded.problems))
    return loaded.config


def instant(config: Config, at: str | None) -> datetime | None:
    """`--at`, in the workspace's zone unless it has one of its own."""
    from sync.clock import parse_time

    if at is None:
        return None
    try:
        return parse_time(at, config.workspace.calendar.zone)
    except ValueError as error:
        raise wrong(f"alignd: --at: {error}") from error


def refuse_unless_on_loopback(config: Config, at: str | None) -> None:
    """A sync at another time than now would tell real vendors about a time that is not."""
    from sync.loopback import elsewhere

    if at is None:
        return
    away = elsewhere(config)
    if away:
        raise wrong(
            f"alignd: sync --at works only with stand-ins on this machine; {', '.join(away)} "
            f"{'is' if len(away) == 1 else 'are'} elsewhere. alignd plan --at works anywhere and writes nothing."
        )


@contextmanager
def opened(config: Config, at: datetime | None = None, stop: threading.Event | None = None) -> Iterator[App]:
    """The app, for as long as the block runs; its errors end the command with words."""
    from connectors.errors import Stopped
    from sync.app import TimeWentBack, open_app
    from sync.errors import StoreError, WorkspaceMismatch

    try:
        with open_app(config, at=at, stop=stop) as app:
            yield app
    except (WorkspaceMismatch, TimeWentBack) as error:
        raise wrong(f"alignd: {error}; {error.advice}") from error
    except StoreError as error:
        raise nothing_done(f"alignd: {error}; {error.advice}") from error
    except Stopped as error:
        raise Quit(Ending.NOTHING, "stopped; what was done is kept, the next sync goes on from here") from error


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, so that a cycle ends cleanly; a second Ctrl-C ends it at once."""
    stop = threading.Event()

    def asked(number: int, _frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()
        tell("stopping after the request that is under way; once more ends it at once")

    before = {one: signal.signal(one, asked) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def known_person(config: Config, person: str | None) -> str | None:
    """A person of the file by id, or by name in any case."""
    if person is None:
        return None
    found = _person_called(config, person)
    if found is None:
        raise wrong(f"alignd: nobody in people is called {person!r}; there are {', '.join(config.people)}")
    return found


def known_who(config: Config, who: str | None) -> tuple[str | None, str | None]:
    """A person, or else a team, of the file (their ids): by id, or by name in any case."""
    if who is None:
        return None, None
    if who not in config.people and who in config.teams:
        return None, who
    person = _person_called(config, who)
    if person is not None:
        return person, None
    named = [one.id for one in config.teams.values() if who.casefold() == one.name.casefold()]
    if len(named) == 1:
        return None, named[0]
    teams = f", the teams {', '.join(config.teams)}" if config.teams else ""
    raise wrong(f"alignd: no person or team is called {who!r}; there are {', '.join(config.people)}{teams}")


def _person_called(config: Config, who: str) -> str | None:
    if who in config.people:
        return who
    folded = who.casefold()
    named = [
        one.id for one in config.people.values() if folded in (one.name.casefold(), one.name.casefold().split()[0])
    ]
    return named[0] if len(named) == 1 else None
