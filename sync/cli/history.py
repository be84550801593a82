"""`alignd history`: a KPI's numbers over time, or what people decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sync.cli.ending import Ending, wrong
from sync.cli.opening import checked, opened, stoppable
from sync.cli.options import DEFAULT_FILE, AsJson, ConfigFile
from sync.cli.terminal import progress, show, show_json

if TYPE_CHECKING:
    from config import Config

Reread = Annotated[
    str | None,
    Parameter(name="--reread", help="ask for the periods from this one on again, for corrections: 2026-W40, 2026-10 …"),
]
Decisions = Annotated[
    bool, Parameter(name="--decisions", negative=(), show_default=False, help="what people decided, of all or one KPI")
]


def history(
    kpi: str | None = None,
    /,
    *,
    config: ConfigFile = DEFAULT_FILE,
    decisions: Decisions = False,
    reread: Reread = None,
    json: AsJson = False,
) -> int:
    """A KPI's numbers with targets, corrections and breaks; or with --decisions what people decided.

    Parameters
    ----------
    kpi
        its id or its name.
    """
    file = checked(config)
    chosen = _kpi(file, kpi)
    if decisions:
        return _decisions(file, chosen, as_json=json)
    if chosen is None:
        raise wrong(f"alignd: name a KPI ({', '.join(list(file.kpis)[:8])} …), or --decisions")
    with stoppable() as stop, opened(file, None, stop) as app, progress("reading again", wanted=reread is not None):
        try:
            report = app.history(chosen, reread)
        except ValueError as error:  # a period that is none
            raise wrong(f"alignd: --reread: {error}") from error
    if json:
        from sync.output import report_object

        show_json(report_object(report, file.workspace.calendar.zone))
        return Ending.DONE
    from sync.cli.render.history import render_history

    show(render_history(report))
    return Ending.DONE


def _kpi(file: Config, named: str | None) -> str | None:
    from sync.subjects import UnknownSubject, find_subject

    if named is None:
        return None
    try:
        return find_subject(named, file, {}).kpi
    except UnknownSubject as error:
        raise wrong(f"alignd: {error}; {error.advice}") from error


def _decisions(file: Config, kpi: str | None, *, as_json: bool) -> int:
    with opened(file) as app:
        listed = [one for one in app.decisions() if kpi is None or one.subject == kpi]
    zone = file.workspace.calendar.zone
    if as_json:
        from sync.output import report_object

        show_json({"decisions": [report_object(one, zone) for one in listed]})
        return Ending.DONE
    from sync.cli.render.history import render_decisions
    from sync.report_parts import subject_name

    names = {one.id: one.name for one in file.people.values()}
    names |= {one.subject: subject_name(one.subject, file) for one in listed}
    show(render_decisions(listed, names, zone))
    return Ending.DONE
