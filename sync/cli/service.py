"""`alignd service install`: writes the systemd unit, as narrow as what the files need."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sync.cli.ending import Ending, nothing_done, wrong
from sync.cli.options import DEFAULT_FILE
from sync.cli.terminal import tell, without_controls

if TYPE_CHECKING:
    from config import Config
    from sync.service.unit import Unit

PLACE = Path("/etc/systemd/system/alignd.service")

Files = Annotated[
    Path,
    Parameter(name=("--config", "-c"), env_var="ALIGND_CONFIG", help="the team's file, or a folder of such files"),
]
User = Annotated[
    str | None,
    Parameter(name="--user", help="who the service runs as; default the file's owner, alignd where that is root"),
]
To = Annotated[Path | None, Parameter(name="--to", help=f"where to write it; default {PLACE}")]
Print = Annotated[bool, Parameter(name="--print", negative=(), show_default=False, help="print it, write nothing")]


def service(
    what: Literal["install"],  # noqa: ARG001 - the one thing to be done with it so far
    /,
    *,
    config: Files = DEFAULT_FILE,
    user: User = None,
    to: To = None,
    print_: Print = False,
) -> int:
    """Write the systemd unit that keeps alignd run going, hardened; for root. Anybody else gets it printed.

    Parameters
    ----------
    what
        install: write the unit.
    """
    target = config.resolve()
    configs = _checked(config)
    unit = _unit(target, configs, user or _owner(target))
    place = to or PLACE
    if print_ or (to is None and os.geteuid() != 0):
        sys.stdout.write(unit.text())
        if not print_:
            tell(f"only root may write it: put it at {place} (alignd service install --print | sudo tee {place})")
    else:
        _write(place, unit.text())
        tell(f"{place} is written")
    for line in _next(unit, place):
        tell(line)
    return Ending.DONE


def _checked(config: Path) -> list[Config]:
    """Every file the service would run on; what is wrong with them ends the command.

    The service's environment and credentials are not the ones of whoever installs it, so a secret may be missing here.
    """
    from config import load
    from config.expansion import NotYetThere
    from sync.service.files import Files as Watched

    if not config.exists():
        raise wrong(f"{config}: there is no such file or folder; alignd init writes a file, -c names another")
    paths = Watched(config).paths()
    if not paths:
        raise wrong(f"{config}: there is no team's file in it (*.yaml with version: in it)")
    found = [load(path, NotYetThere(os.environ)) for path in paths]
    problems = [str(one) for loaded in found for one in loaded.problems]
    if problems:
        raise wrong(*problems)
    return [one.config for one in found if one.config is not None]


def _unit(target: Path, configs: list[Config], user: str) -> Unit:
    from sync.service.unit import Unit, folders_written, paths_read

    program = Path(sys.executable).with_name("alignd")
    unit = Unit(
        program=program if program.exists() else Path(sys.argv[0]).absolute(),
        target=target,
        is_folder=target.is_dir(),
        user=user,
        writes=tuple(dict.fromkeys(folder for one in configs for folder in folders_written(one))),
        reads=tuple(path for one in configs for path in paths_read(one)),
    )
    for word in (unit.program, unit.target, user, *unit.writes):
        if not str(word).isprintable():
            raise wrong(f"alignd: {without_controls(str(word))!r} cannot stand in a unit: it has control characters")
    return unit


def _owner(target: Path) -> str:
    """The user a file belongs to; never root."""
    number = target.stat().st_uid
    try:
        return "alignd" if number == 0 else pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _write(place: Path, text: str) -> None:
    from sync.service.unit import WRITTEN

    try:
        if place.exists() and not place.read_text(encoding="utf-8").startswith(WRITTEN):
            raise wrong(f"alignd: {place} was not written by alignd service install, and is not written over")
        place.write_text(text, encoding="utf-8")
        place.chmod(0o644)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise nothing_done(f"alignd: {place} could not be written: {why}; run it as root, or with --print") from error


def _next(unit: Unit, place: Path) -> list[str]:
    """What is left to do, a line each."""
    folder = unit.target if unit.is_folder else unit.target.parent
    lines = ["next:"]
    if not _is_known(unit.user):
        lines.append(f"  useradd --system --no-create-home --shell /usr/sbin/nologin {unit.user}")
    lines.append(f"  let {unit.user} read {unit.target}, and write in {' and '.join(str(one) for one in unit.writes)}")
    lines.append(f"  put the tokens the file names into {folder / 'alignd.env'}, NAME=value a line, mode 0600")
    lines.append("  systemctl daemon-reload")
    lines.append(f"  systemctl enable --now {place.stem}; systemctl status {place.stem} says how it is")
    return lines


def _is_known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return user.isdecimal()
    return True
