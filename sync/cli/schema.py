"""`alignd schema`: JSON Schema, for editors and for programs that read --json."""

from __future__ import annotations

from typing import Literal

from sync.cli.ending import Ending
from sync.cli.terminal import show_json


def schema(of: Literal["file", "output"] = "file", /) -> int:
    """Print the JSON Schema of the file, or of what --json prints.

    For completion in an editor: alignd schema > alignd.schema.json

    Then, as the file's first line: # yaml-language-server: $schema=./alignd.schema.json

    Parameters
    ----------
    of
        file: the team's file; output: what --json prints.
    """
    if of == "output":
        from sync.output_schema import output_schema

        show_json(output_schema())
    else:
        from config.schema import file_schema

        show_json(file_schema())
    return Ending.DONE
