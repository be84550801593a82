"""`alignd run`: the service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sync.cli.ending import Ending, wrong
from sync.cli.opening import checked, instant
from sync.cli.options import DEFAULT_FILE, At, ConfigFile

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from config import Config
    from sync.clock import Clock
    from sync.service.service import Service

Folder = Annotated[
    Path | None, Parameter(name="DIR", help="every file in this folder, in place of one", show_default=False)
]
Until = Annotated[
    str | None,
    Parameter(name="--until", help="with --at: go from moment to moment without waiting, and end then"),
]
Form = Literal["json", "people"]
Lines = Annotated[
    Form | None,
    Parameter(name="--log", help="how lines look; default: for people on a terminal, else JSON", show_default=False),
]


def run(
    folder: Folder = None,
    /,
    *,
    config: ConfigFile = DEFAULT_FILE,
    at: At = None,
    until: Until = None,
    log: Lines = None,
) -> int:
    """Keep the rhythm until you are told to stop: look every daemon.every, and meet every review to the minute.

    SIGTERM or Ctrl-C ends it cleanly, SIGHUP reads the files and looks at once. A changed file is taken by itself.
    --at is only for trying things out: every source and tracker must then be a stand-in on this machine.
    """
    first = _first(folder, config)
    now, end = instant(first, at), instant(first, until)
    if end is not None and (now is None or end <= now):
        raise wrong("alignd: --until wants --at, and a later time than that")
    service = _service(folder or config, now, end, log)
    if not service.runners:
        _close(service)
        raise wrong(*(problem for problems in service.refused.values() for problem in problems))
    return _until_stopped(service, end)


def _first(folder: Path | None, file: Path) -> Config:
    """The file, or the first good one of a folder: its zone is meant by --at."""
    if folder is None:
        return checked(file)
    from sync.service.files import Files

    if not folder.is_dir():
        raise wrong(f"alignd: {folder} is no folder; alignd run -c {folder} runs a single file")
    paths = Files(folder).paths()
    if not paths:
        raise wrong(f"alignd: no file of alignd's is in {folder}: they end in .yaml or .yml and have version: in them")
    return _good(paths)


def _good(paths: list[Path]) -> Config:
    import os

    from config import load

    problems: list[str] = []
    for path in paths:
        loaded = load(path, os.environ)
        if loaded.config is not None and not loaded.problems:
            return loaded.config
        problems += [str(one) for one in loaded.problems]
    raise wrong(*problems)


def _service(
    place: Path, now: datetime | None, end: datetime | None, form: Literal["json", "people"] | None
) -> Service:
    """Everything the service is made of; its files are read."""
    import os
    import sys

    from sync.clock import SteppingClock, running_clock, system_clock
    from sync.service.around import Surroundings
    from sync.service.dashboard.gate import TOKEN
    from sync.service.files import Files
    from sync.service.logs import configure_logs
    from sync.service.service import Service

    clock: Clock = system_clock
    if now is not None:
        clock = running_clock(now) if end is None else SteppingClock(now)
    known: set[str] = {os.environ.get(TOKEN, "")} - {""}

    def secrets() -> Collection[str]:
        return frozenset(known)

    said = configure_logs(sys.stdout, form or ("people" if sys.stdout.isatty() else "json"), secrets, clock)

    def may_take(config: Config) -> list[str]:
        known.update(config.secrets)
        return _against_another_time(config) if now is not None else []

    service = Service(
        Files(place),
        os.environ,
        said,
        simulated=clock if now is not None else None,
        ahead=now - system_clock() if now is not None else None,
        may_take=may_take,
    )
    service.surround(Surroundings(service.state, said, secrets, clock, os.environ))
    service.open()
    return service


def _against_another_time(config: Config) -> list[str]:
    from sync.loopback import elsewhere

    away = elsewhere(config)
    if not away:
        return []
    are = "is" if len(away) == 1 else "are"
    return [
        f"{config.path}: run --at works only with stand-ins on this machine; {', '.join(away)} {are} elsewhere. "
        "alignd plan --at works anywhere and writes nothing."
    ]


def _close(service: Service) -> None:
    from sync.service.logs import release_logs

    service.close()
    release_logs()


def _until_stopped(service: Service, end: datetime | None) -> int:
    from sync.clock import SteppingClock
    from sync.service.logs import release_logs

    try:
        if end is not None and isinstance(service.clock, SteppingClock):
            service.simulate(service.clock, end)
            looked = service.state.snapshot(end).workspaces
            if any(one.clock_trouble is not None and one.last_cycle is None for one in looked):
                return Ending.WRONG  # --at was before the last cycle all the way to --until: it is told in the log
        else:
            service.run()
    finally:
        release_logs()
    return Ending.DONE
