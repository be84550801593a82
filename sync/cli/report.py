"""`alignd report`: the unified report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sync.cli.ending import Ending, wrong
from sync.cli.opening import checked, instant, opened
from sync.cli.options import DEFAULT_FILE, AsJson, At, ConfigFile
from sync.cli.written import As, Into, format_of, refuse_folder, write_out

if TYPE_CHECKING:
    from mapping.alignment import Alignment

For = Annotated[
    str | None,
    Parameter(
        name="--for",
        help="a review by its id (its next meeting: its KPIs, since it met last), or a period: 2026-11, 2026-Q4, "
        "2026-W46, FY2027-Q3; without it: the last thirteen weeks",
    ),
]


def report(
    *,
    for_: For = None,
    format: As = None,  # noqa: A002 - what it is called on the command line
    output: Into = None,
    config: ConfigFile = DEFAULT_FILE,
    at: At = None,
    json: AsJson = False,
) -> int:
    """Everything on one page: executive summary, marketing metrics, M&E metrics, strategy adjustments, plans.

    From what alignd knows; nobody is asked. Markdown to stdout, if nothing else is said. With --at, from what was
    known then.

    alignd report --for monthly -o report.html writes what a review's people need before it.
    """
    refuse_folder(output, "report.html")
    wanted = format_of(format, output, json)
    file = checked(config)
    from sync.errors import StoreUnusable
    from sync.unified import report_text
    from sync.unified.chosen import NothingToTell, chosen

    try:
        choose = chosen(for_, file)
        with opened(file, instant(file, at)) as app:
            if not app.has_looked():
                raise StoreUnusable(
                    "nothing is known yet" if at is None else f"nothing was known at {at}", "run alignd sync first"
                )
            alignment: Alignment = app.alignment(choose)
    except NothingToTell as error:
        raise wrong(f"alignd: {error}; {error.advice}") from error
    write_out(report_text(alignment, wanted), wanted, output, "The report is")
    return Ending.DONE
