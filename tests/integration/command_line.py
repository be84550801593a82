"""The command line, in this process: as a person would type it in the team's folder."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from unittest import mock

from sync.cli import main
from tests.integration.team import Team

ENVIRON = {
    "ASANA_TOKEN": "asana-canary-token",
    "TRELLO_KEY": "sandbox-trello-key",
    "TRELLO_TOKEN": "trello-canary-token",
    "COLUMNS": "80",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def alignd(team: Team, *arguments: str) -> Said:
    """The command on the file as the team has it now."""
    text = team.text()
    if not team.file.exists() or team.file.read_text() != text:
        team.file.write_text(text)
    return typed(team, *arguments)


def typed(team: Team, *arguments: str) -> Said:
    """The command on whatever file stands there."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(team.folder),
        mock.patch.dict(os.environ, ENVIRON),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(arguments)
    return Said(int(code), out.getvalue(), err.getvalue())
