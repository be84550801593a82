"""The files the service runs on: one, or every one in a folder; and which of them came, changed or went."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_VERSION = re.compile(rb"^version[ \t]*:", re.MULTILINE)
_LOOKED_INTO = 64 * 1024  # bytes in which `version:` is looked for
ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Stamp:
    """By which a changed file is known, a swapped symlink or an atomic replacement included."""

    device: int
    inode: int
    size: int
    changed: int  # nanoseconds


class Happened(StrEnum):
    CAME = "came"
    CHANGED = "changed"
    WENT = "went"


class Files:
    """The files of one service. A change counts once it was the same at two looks: editors write in several steps."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.is_folder = place.is_dir()
        self._known: dict[Path, Stamp] = {path: stamp for path in self.paths() if (stamp := stamp_of(path)) is not None}
        self._pending: dict[Path, Stamp | None] = {}

    def paths(self) -> list[Path]:
        """What there is now, in the order of names. A single file is one even while it is away."""
        if not self.is_folder:
            return [self.place]
        try:
            found = sorted(self.place.iterdir())
        except OSError:
            return sorted(self._known)  # the folder is away for a moment: nothing in it has gone
        return [one for one in found if one.suffix in ENDINGS and not one.name.startswith(".") and is_ours(one)]

    def look(self, *, at_once: bool = False) -> list[tuple[Path, Happened]]:
        """What happened since the last look. `at_once`: what changed counts without a second look."""
        now: dict[Path, Stamp | None] = {path: stamp_of(path) for path in self.paths()}
        now |= {path: None for path in self._known if path not in now}
        told: list[tuple[Path, Happened]] = []
        pending: dict[Path, Stamp | None] = {}
        for path, stamp in now.items():
            known = self._known.get(path)
            if stamp == known:
                continue
            if not at_once and self._pending.get(path, known) != stamp:
                pending[path] = stamp
                continue
            told.append((path, self._take(path, stamp)))
        self._pending = pending
        return told

    def _take(self, path: Path, stamp: Stamp | None) -> Happened:
        if stamp is None:
            del self._known[path]
            return Happened.WENT
        came = path not in self._known
        self._known[path] = stamp
        return Happened.CAME if came else Happened.CHANGED


def stamp_of(path: Path) -> Stamp | None:
    """Of what the path leads to now; None if that is nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def is_ours(path: Path) -> bool:
    """Whether it looks like a file of alignd's: it has `version:`. What cannot be read may be one."""
    try:
        with path.open("rb") as opened:
            return _VERSION.search(opened.read(_LOOKED_INTO)) is not None
    except FileNotFoundError:
        return False
    except OSError:
        return path.is_file()
