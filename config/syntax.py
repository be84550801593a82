"""What a YAML mistake means to the person who made it."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError

from config.problems import Mark


def said_of(error: MarkedYAMLError, text: str) -> tuple[str, Mark | None]:
    """The parser's complaint in plain words with a mend, and its place (both from 1)."""
    is_open_quote = "quoted scalar" in str(error.context or "") and "end of" in str(error.problem or "")
    place = error.context_mark if is_open_quote else error.problem_mark or error.context_mark
    mark = Mark(place.line + 1, place.column + 1) if place is not None else None
    problem, context = str(error.problem or ""), str(error.context or "")
    lines = text.split("\n")
    line = lines[mark.line - 1] if mark is not None and mark.line <= len(lines) else ""
    return _said(problem, context, line, error), mark


def _said(problem: str, context: str, line: str, error: MarkedYAMLError) -> str:
    if "${" in line and "flow" in context:
        return 'inside { } and [ ] a ${NAME} needs quotes around it, write "${NAME}"'
    if "'\\t'" in problem:
        return "a tab stands here, write spaces (two a level)"
    if "quoted scalar" in context:
        if "escape" in problem:
            return "a backslash in double quotes begins an escape, write \\\\ or use single quotes"
        return "this quote is never closed, write the closing quote"
    if "mapping values are not allowed" in problem:
        return 'a second ": " on this line, or a wrong indentation; put quotes around a text that has ": " in it'
    if "flow" in context:
        return f"the bracket that begins on line {_begun(error)} is not closed, write a comma or the closing bracket"
    if "cannot start any token" in problem:
        return "a text cannot begin with this character, put quotes around the text"
    if "<block end>" in problem:
        return "this line is indented differently from the ones above it that it belongs to, write the same indentation"
    if "could not find expected ':'" in problem:
        return 'a colon and a blank are missing after the key, write "key: value"'
    return "this is not YAML that can be read, write it as in docs/alignd.example.yaml"


def _begun(error: MarkedYAMLError) -> int:
    mark = error.context_mark or error.problem_mark
    return int(mark.line) + 1 if mark is not None else 1
