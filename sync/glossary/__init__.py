"""`alignd definitions`: what is agreed to be measured, as Markdown, as one HTML page, as JSON."""

from __future__ import annotations

from datetime import tzinfo

from mapping.glossary import Glossary
from sync.unified import Format


def glossary_text(glossary: Glossary, wanted: Format, zone: tzinfo) -> str:
    """The glossary in that format, with a line's end at its end."""
    match wanted:
        case Format.MD:
            from sync.glossary.markdown import render_markdown

            return render_markdown(glossary)
        case Format.HTML:
            from sync.glossary.html import render_html

            return render_html(glossary)
        case Format.JSON:
            import json

            from sync.output import report_object

            return json.dumps(report_object(glossary, zone), ensure_ascii=False, indent=2) + "\n"
