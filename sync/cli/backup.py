"""`alignd backup`: the store, safely copied while alignd runs."""

from __future__ import annotations

from pathlib import Path

from sync.cli.ending import Ending, nothing_done, wrong
from sync.cli.opening import checked, opened
from sync.cli.options import DEFAULT_FILE, ConfigFile
from sync.cli.render.style import words
from sync.cli.terminal import show


def backup(to: Path, /, *, config: ConfigFile = DEFAULT_FILE) -> int:
    """Copy the store to a file, safely, also while a sync is at work. Never writes over a file.

    Parameters
    ----------
    to
        the file to write; its folder must be there.
    """
    file = checked(config)
    if to.exists():
        raise wrong(f"alignd: {to} is there already; name a new file")
    if not to.parent.is_dir():
        raise wrong(f"alignd: {to.parent} is no folder; make it first")
    with opened(file) as app:
        try:
            app.backup(to)
        except OSError as error:
            raise nothing_done(f"alignd: {to} could not be written: {error.strerror or error}") from error
    show(words(f"The store is copied to {to}."))
    return Ending.DONE
