"""The glossary as GitHub-flavoured Markdown; every text in it is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from mapping.glossary import Entry, Glossary, VersionSaid
from mapping.texts.definitions import days_of
from mapping.wording import show_date
from sync.unified.safe_markdown import safe


def render_markdown(glossary: Glossary) -> str:
    """The whole glossary."""
    blocks = [f"# What we measure: {safe(glossary.name)}", *_opening(glossary)]
    for entry in glossary.entries:
        blocks += _entry(entry)
    if glossary.left:
        blocks.append("## No longer measured")
        for left in glossary.left:
            blocks += [f"### {safe(left.kpi)}", *_versions(left.versions)]
    return "\n\n".join(blocks) + "\n"


def _opening(glossary: Glossary) -> Iterator[str]:
    day = show_date(glossary.on, date.min)  # with its year
    open_ones = [one.name for one in glossary.entries if not one.agreed]
    many = len(glossary.entries)
    yield f"As of {day}. {many} KPI{'' if many == 1 else 's'}, {many - len(open_ones)} agreed."
    if open_ones:
        yield f"**Not yet agreed:** {', '.join(safe(one) for one in open_ones)}"
    if not glossary.has_history:
        yield "Nothing has been read yet, so earlier ways of counting are not known."


def _entry(entry: Entry) -> Iterator[str]:
    yield f"## {safe(entry.name)}"
    if entry.definition:
        yield safe(entry.definition)
    yield safe(entry.agreement) if entry.agreed else f"**{safe(entry.agreement)}**"
    yield f"**How it is counted:** {_counted(entry.counted)}"
    goals = [f"- **Serves:** {safe(one)}" for one in entry.goals]
    yield "\n".join([*(f"- **{safe(one.about)}:** {safe(one.said)}" for one in entry.facts), *goals])
    if len(entry.versions) > 1:
        yield "**What changed, and when**"
        yield from _versions(entry.versions)


def _counted(lines: Sequence[str]) -> str:
    """One line as it is; a formula with its inputs beneath."""
    return "\n".join([safe(lines[0]), *([""] if len(lines) > 1 else []), *(f"- {safe(one)}" for one in lines[1:])])


def _versions(versions: Sequence[VersionSaid]) -> Iterator[str]:
    """Each with what it changed; those before the one in force whole as well."""
    lines = []
    for place, one in enumerate(versions):
        head, *inputs = one.counted
        whole = [safe(f"{head} {'; '.join(inputs)}".rstrip())] if place or not one.changed else []
        said = [*whole, *(safe(change) for change in one.changed)]
        lines.append(f"- **{safe(days_of(one))}:** {said[0]}")
        lines += [f"  - {more}" for more in said[1:]]
    yield "\n".join(lines)
