"""`alignd definitions`: the glossary of what is agreed."""

from __future__ import annotations

from sync.cli.ending import Ending
from sync.cli.opening import checked, opened
from sync.cli.options import DEFAULT_FILE, AsJson, ConfigFile
from sync.cli.written import As, Into, format_of, refuse_folder, write_out


def definitions(
    *,
    format: As = None,  # noqa: A002 - what it is called on the command line
    output: Into = None,
    config: ConfigFile = DEFAULT_FILE,
    json: AsJson = False,
) -> int:
    """What is measured: what is agreed, by whom, since when, how it is counted, and how it was counted before.

    From the file and what alignd knows; nobody is asked. Markdown to stdout, if nothing else is said.

    alignd definitions -o definitions.html writes a page to share.
    """
    refuse_folder(output, "definitions.html")
    wanted = format_of(format, output, json)
    file = checked(config)
    from sync.glossary import glossary_text

    with opened(file) as app:
        glossary = app.glossary()
    write_out(glossary_text(glossary, wanted, file.workspace.calendar.zone), wanted, output, "The definitions are")
    return Ending.DONE
