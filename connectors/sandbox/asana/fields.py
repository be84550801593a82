"""opt_fields: which parts of a full record an answer shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from connectors.sandbox.wire import Json

_GROUP = re.compile(r"\(([^()]*)\)")
Tree = dict[str, "Tree"]


def split_fields(texts: Iterable[str]) -> list[str]:
    """Field paths of `opt_fields` values, groups `(a|b).c` spelled out."""
    found: list[str] = []
    for text in texts:
        for part in text.split(","):
            found += _expand(part.strip())
    return [f.removeprefix("this.") for f in found if f]


def _expand(part: str) -> list[str]:
    match = _GROUP.search(part)
    if match is None:
        return [part]
    return [
        one
        for choice in match.group(1).split("|")
        for one in _expand(part[: match.start()] + choice + part[match.end() :])
    ]


def tree_of(fields: Iterable[str]) -> Tree:
    """Field paths as a tree."""
    tree: Tree = {}
    for path in fields:
        node = tree
        for step in path.split("."):
            node = node.setdefault(step, {})
    return tree


def show(full: Json, tree: Tree) -> Json:
    """The record with only what `tree` names; gid always; a bare object shows its gid and type."""
    answer: Json = {"gid": full["gid"]} if "gid" in full else {}
    for name, below in tree.items():
        if name in full:
            answer[name] = _value(full[name], below)
    return answer


def _value(value: Any, below: Tree) -> Any:
    if isinstance(value, list):
        return [_value(one, below) for one in value]
    if not isinstance(value, dict):
        return value
    if below:
        return show(value, below)
    if "gid" in value:
        return {k: value[k] for k in ("gid", "resource_type") if k in value}
    return {k: _value(v, {}) for k, v in value.items()}
