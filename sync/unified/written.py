"""Reports written for reviews: when a meeting about numbers has its task, its report as HTML and Markdown, once.

`reports/2026-12-10-monthly.html` is what its people had before them: it never changes afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mapping.alignment import Alignment
from mapping.keys import parts_of
from mapping.links import LinkState
from mapping.reviews import Meeting
from mapping.tasks import WorkKind
from mapping.wording import show_day
from sync.alignment import alignment_of, around_of_steps
from sync.files import write_whole
from sync.plan.situation import Situation
from sync.steps import Problem, Step
from sync.store import Store
from sync.unified.chosen import meeting_span

WRITTEN = "written_reports"  # what is remembered: by the meeting's key, its day
_REMEMBERED = timedelta(days=7)  # after the day of the meeting, when no report is written for it any more


@dataclass(frozen=True, slots=True)
class _Due:
    key: str
    meeting: Meeting


def folder_of(situation: Situation) -> Path:
    """Where they are written: `daemon.reports`, relative to the file."""
    return situation.config.path.parent.resolve() / Path(situation.config.daemon.reports).expanduser()


def write_reports(situation: Situation, steps: Sequence[Step], store: Store) -> list[Problem]:
    """Write what meetings ahead lack. A folder that cannot be written is one problem, and tried again."""
    due = list(_due(situation))
    if not due:
        return []
    with store.records(reads_only=True) as records:
        known = _known(records.value(WRITTEN))
        missing = [one for one in due if one.key not in known]
        if not missing:
            return []
        around = around_of_steps(steps, records)
    folder, written = folder_of(situation), dict[str, str]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in missing:
            _write(folder, one, alignment_of(situation, meeting_span(one.meeting, situation), around))
            written[one.key] = one.meeting.day.isoformat()
    except OSError as error:
        return [_problem(folder, missing[len(written)], error, situation)]
    finally:
        if written:
            oldest = (situation.today - _REMEMBERED).isoformat()
            with store.records() as records:
                records.keep_value(WRITTEN, {key: day for key, day in (known | written).items() if day >= oldest})
    return []


def _due(situation: Situation) -> Iterator[_Due]:
    """Meetings of today and ahead that have their task, and look at numbers."""
    config = situation.config
    for link in situation.links.values():
        if link.kind is not WorkKind.REVIEW or link.state is not LinkState.LINKED or link.completed:
            continue
        parts = parts_of(link.key)
        review = config.reviews.get(link.subject)
        if review is None or "numbers" not in review.agenda or parts is None or parts.period is None:
            continue
        try:
            slot = config.workspace.calendar.parse(parts.period)
        except ValueError:
            continue
        meeting = config.cadence.meeting(link.subject, slot)
        if meeting is not None and meeting.day >= situation.today:
            yield _Due(link.key, meeting)


def _known(value: object) -> dict[str, str]:
    return {str(key): str(day) for key, day in value.items()} if isinstance(value, dict) else {}


def _write(folder: Path, due: _Due, alignment: Alignment) -> None:
    """Both files, each whole; what stands there for this meeting stays as it is."""
    from sync.unified import report_markdown, report_page

    name = _name(folder, due, alignment.workspace)
    page, text = folder / f"{name}.html", folder / f"{name}.md"
    if not page.exists():
        write_whole(page, report_page(alignment, review=due.key))
    if not text.exists():
        write_whole(text, report_markdown(alignment))


def _name(folder: Path, due: _Due, workspace: str) -> str:
    """ "2026-12-10-monthly"; with the workspace where another one's report has that name in the same folder."""
    name = f"{due.meeting.day.isoformat()}-{due.meeting.review}"
    page = folder / f"{name}.html"
    mark = f'<meta name="alignd-review" content="{due.key}">'
    if page.exists() and mark not in page.read_text(encoding="utf-8", errors="replace"):
        return f"{name}-{workspace}"
    return name


def _problem(folder: Path, due: _Due, error: OSError, situation: Situation) -> Problem:
    title = situation.config.reviews[due.meeting.review].title
    day = show_day(due.meeting.day, situation.today)
    return Problem(
        f"reports {folder}",
        f"the report for {title}, {day}, could not be written: {error.strerror or error}",
        "let alignd write in that folder, or name another: daemon.reports; it is tried again in each cycle",
    )
