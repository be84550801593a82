"""What `doctor` found, and problems: one line each, with the mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from connectors.base import Finding
from sync.cli.render.style import bullet, counted, heading, section
from sync.steps import Problem


def finding(one: Finding) -> RenderableType:
    """One line: a tick or a cross, the place, what was found; the mend under it if it is not well."""
    sign, style = ("✓", "green") if one.ok else ("✗", "red")
    text = f"{one.where}: {one.what}" if one.where else one.what
    return bullet(text, sign=sign, style=style, under=() if one.ok else (one.mend,))


def findings_summary(findings: Sequence[Finding]) -> Text:
    bad = sum(1 for one in findings if not one.ok)
    if not bad:
        return heading(f"All {counted(len(findings), 'look')} are well.")
    return heading(f"{counted(bad, 'thing')} to mend, {len(findings) - bad} well.")


def problems_section(problems: Iterable[Problem], *, title: str = "Problems") -> Group | None:
    """Problems with what to do about each; new ones are marked. None when there are none."""
    listed = list(problems)
    if not listed:
        return None
    return section(
        title,
        *(
            bullet(
                f"{one.where}: {one.what}" + (" (new)" if one.new else ""),
                sign="!",
                style="bold red" if one.new else "red",
                under=(one.advice,),
            )
            for one in listed
        ),
    )
