"""The unified report, rendered: Markdown, one HTML file, JSON; written for a review when its task is made."""

from __future__ import annotations

from enum import StrEnum

from mapping.alignment import Alignment
from mapping.texts.report import report


class Format(StrEnum):
    """What a report is written as; also the ending of its file's name."""

    MD = "md"
    HTML = "html"
    JSON = "json"


def report_page(alignment: Alignment, *, review: str = "") -> str:
    """The report as one HTML page that needs nothing else. `review`: key of the meeting it is for, kept in it."""
    from sync.unified.html import render_html

    return render_html(report(alignment), alignment, review=review)


def report_markdown(alignment: Alignment) -> str:
    """The report as GitHub-flavoured Markdown."""
    from sync.unified.markdown import render_markdown

    return render_markdown(report(alignment))


def report_text(alignment: Alignment, wanted: Format) -> str:
    """The report in that format, with a line's end at its end."""
    match wanted:
        case Format.MD:
            return report_markdown(alignment)
        case Format.HTML:
            return report_page(alignment)
        case Format.JSON:
            import json

            return json.dumps(report_json(alignment), ensure_ascii=False, indent=2) + "\n"


def report_json(alignment: Alignment) -> dict[str, object]:
    """The report as the object of `alignd schema output`."""
    from sync.output import report_object

    return dict(report_object(report(alignment), alignment.calendar.zone))
