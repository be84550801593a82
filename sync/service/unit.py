"""The systemd unit: what a service of these files may do, and nothing more. Pure but for reading its template."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from config import Config
from connectors.csv.settings import CsvSettings
from connectors.settings import GoogleSettings

NAME = "alignd.service"
WRITTEN = "# Written by alignd service install."  # how a unit begins that may be written over
STATE = Path("/var/lib")
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - named, not used


@dataclass(frozen=True, slots=True)
class Unit:
    """What the unit is made of; all paths absolute.

    `program`: alignd itself. `target`: the team's file, or the folder with every team's. `writes`: folders the service
    writes in. `reads`: other paths it must be able to see. `watchdog`: seconds of silence after which it is restarted.
    """

    program: Path
    target: Path
    is_folder: bool
    user: str
    writes: tuple[Path, ...]
    reads: tuple[Path, ...] = ()
    watchdog: int = 120
    name: str = field(default=NAME)

    def text(self) -> str:
        """The unit as a file."""
        folder = self.target if self.is_folder else self.target.parent
        command = [str(self.program), "run", *([] if self.is_folder else ["-c"]), str(self.target)]
        seen = (self.program, self.target, *self.writes, *self.reads)
        return (files("sync.service") / "unit.template").read_text(encoding="utf-8").format(
            name=self.name,
            command=" ".join(quoted(one, command=True) for one in command),
            user=self.user,
            folder=_escaped(str(folder)),
            folder_bare=_escaped(str(folder)),
            environment=_escaped(str(folder / "alignd.env")),
            writes="\n".join(_writable(self.writes)),
            home="read-only" if _any_within(seen, _HOMES) else "yes",
            private_tmp="no" if _any_within(seen, _TEMPORARY) else "yes",
            watchdog=self.watchdog,
        )  # fmt: skip


def folders_written(config: Config) -> tuple[Path, ...]:
    """Where a service of this file writes: beside its store (lock and journal are there too), and its reports."""
    written = [config.path.parent.resolve() / Path(config.daemon.reports).expanduser()]
    if config.store.startswith("sqlite:///"):
        written.insert(0, Path(config.store.removeprefix("sqlite:///")).parent)
    return tuple(written)


def paths_read(config: Config) -> tuple[Path, ...]:
    """What a service of this file reads beside it: keys of Google, CSV files, wherever the file says they are."""
    found: list[Path] = []
    for source in config.sources.values():
        if isinstance(source, GoogleSettings) and source.credentials_file is not None:
            found.append(source.credentials_file)
        elif isinstance(source, CsvSettings):
            found.append(source.pattern)
    return tuple(found)


def quoted(text: str, *, command: bool = False) -> str:
    """A word of a unit file: quoted where it must be, with nothing in it that systemd would put in (%, and $ in a
    command).
    """
    text = _escaped(text)
    if command:
        text = text.replace("$", "$$")
    if any(sign in " \t'\";" for sign in text) or "\\" in text:
        inner = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{inner}"'
    return text


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _writable(folders: Collection[Path]) -> list[str]:
    """StateDirectory for what lies in /var/lib (systemd makes it, and gives it to the user), else ReadWritePaths."""
    lines = []
    for folder in dict.fromkeys(folders):
        if any(folder != other and folder.is_relative_to(other) for other in folders):
            continue  # within one that is named anyway
        if folder.is_relative_to(STATE) and folder != STATE:
            lines.append(f"StateDirectory={quoted(str(folder.relative_to(STATE)))}\nStateDirectoryMode=0700")
        else:
            lines.append(f"ReadWritePaths={quoted('-' + str(folder))}")
    return list(dict.fromkeys(lines))


def _any_within(paths: Collection[Path], places: Collection[Path]) -> bool:
    return any(path.is_relative_to(place) for path in paths for place in places)
