"""One mapping of the file into its shape: every complaint of pydantic in plain words, then the rest still checked.

A part that is wrong is taken out and the entry is read again without it, so that what is wrong with its references is
said in the same run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.checking import Checking
from config.expansion import Data
from config.problems import Trail, nearest
from config.shape.fields import Shape

M = TypeVar("M", bound=BaseModel)
HIDDEN = frozenset({"id", "folder"})  # what alignd itself adds to a connector's settings
_KEPT = frozenset({"where", "filter"})  # where a missing value must not become a missing condition


def read_entry(
    model: type[M], data: Data, path: Trail, checking: Checking, *, example: str, extra: Mapping[str, Any] | None = None
) -> M | None:
    """The entry in its shape. Wrong parts are said and left out; None if nothing usable is left.

    `extra`: what does not come from the file (a connector's id and folder). `example`: what a whole entry looks like.
    """
    if not isinstance(data, dict):
        checking.wrong(path, f"{_instead(data)} stands here, write {example}")
        return None
    given = _without_nothing(data)
    if extra is not None:
        for name in HIDDEN & given.keys():
            checking.wrong((*path, name), _unknown(name, [model]), at_key=True)
            del given[name]
    found, errors = _read(model, {**given, **(extra or {})})
    for error in errors:
        _complain(error, model, path, checking)
    for _ in range(8):
        if found is not None or not errors:
            break
        given = _pruned(given, errors, model)
        found, errors = _read(model, {**given, **(extra or {})})
    return found


def _read(model: type[M], data: dict[str, Any]) -> tuple[M | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_input=False)


def _without_nothing(data: Mapping[str, Any]) -> dict[str, Any]:
    """A key with nothing behind it is as good as absent (but never a condition)."""
    kept: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict) and key not in _KEPT:
            kept[key] = _without_nothing(value)
        elif isinstance(value, list):
            kept[key] = [_without_nothing(item) if isinstance(item, dict) else item for item in value]
        elif value is not None:
            kept[key] = value
    return kept


def _instead(value: object) -> str:
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "a single text"


# ── complaints ───────────────────────────────────────────────────────────────────────────────────────────────────


def _complain(error: ErrorDetails, model: type[BaseModel], path: Trail, checking: Checking) -> None:
    loc = tuple(error["loc"])
    here: Trail = (*path, *loc)
    kind = error["type"]
    if kind == "extra_forbidden":
        checking.wrong(here, _unknown(str(loc[-1]), models_at(model, loc[:-1])), at_key=True)
    elif kind == "missing":
        if here not in checking.missing:
            checking.wrong(here[:-1], _absent(str(loc[-1]), models_at(model, loc[:-1])), at_key=True)
    elif kind == "alignd":
        checking.wrong(here, str((error.get("ctx") or {})["text"]))
    else:
        checking.wrong(here, _misshapen(kind, loc, model))


def _unknown(key: str, models: list[type[BaseModel]]) -> str:
    for model in models:
        belongs = model.belongs.get(key) if issubclass(model, Shape) else None
        if belongs:
            return f"{key} does not belong here, {belongs}"
    known = [name for model in models for name in keys_of(model)]
    near = nearest(key, known)
    if near is not None:
        return f"unknown key, did you mean {near}?"
    return f"unknown key, remove it or write one of: {', '.join(dict.fromkeys(known))}"


def _absent(key: str, models: list[type[BaseModel]]) -> str:
    for model in models:
        for name, field in model.model_fields.items():
            if (field.alias or name) == key:
                example = field.examples[0] if field.examples else (field.description or "…").rstrip(".")
                is_value = bool(field.examples)
                return f"{key} is missing, write {key}: {example}" if is_value else f"{key} is missing: {example}"
    return f"{key} is missing, write it"


def _misshapen(kind: str, loc: tuple[str | int, ...], model: type[BaseModel]) -> str:
    example = next(
        (
            str(field.examples[0])
            for owner in reversed([model, *models_at(model, loc[:-1])])
            for name, field in owner.model_fields.items()
            if (field.alias or name) in loc[-2:] and field.examples
        ),
        None,
    )
    write = f", write for example {example}" if example else ", see docs/alignd.example.yaml"
    if kind in ("too_short", "too_long"):
        return f"two numbers are wanted here, the low and the high end{write}"
    if kind in ("tuple_type", "list_type"):
        return f"a list is wanted here{write}"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"a mapping (key: value) is wanted here{write}"
    return f"this cannot stand here{write}"


# ── which shape stands where ─────────────────────────────────────────────────────────────────────────────────────


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys a mapping of this shape may have, as the file writes them."""
    hidden = HIDDEN if not issubclass(model, Shape) else frozenset()
    return [field.alias or name for name, field in model.model_fields.items() if name not in hidden]


def models_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[type[BaseModel]]:
    """The shapes that a mapping at this place may have. List places, tags and free keys change nothing."""
    current: list[type[BaseModel]] = [model]
    for step in loc:
        below: list[type[BaseModel]] = []
        for one in current:
            for name, field in one.model_fields.items():
                if step == (field.alias or name):
                    below.extend(_models_in(field.annotation))
        current = below or current
    return current


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


# ── taking wrong parts out ───────────────────────────────────────────────────────────────────────────────────────


def _pruned(data: dict[str, Any], errors: list[ErrorDetails], model: type[BaseModel]) -> dict[str, Any]:
    kept: dict[str, Any] = _copied(data)
    for error in errors:
        loc = tuple(error["loc"])
        if error["type"] != "missing":
            _take_out(kept, loc)
        elif not _filled(kept, loc, models_at(model, loc[:-1])):
            _take_out(kept, loc[:-1])
    return kept


def _copied(data: Any) -> Any:
    """A copy of the mappings and lists; texts stay the same objects, since some know how they were written."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(item) for item in data] if isinstance(data, list) else data


def _filled(data: Any, loc: Trail, models: list[type[BaseModel]]) -> bool:
    """Put a stand-in where a key is missing, if its shape has one."""
    key = str(loc[-1])
    for model in models:
        if issubclass(model, Shape) and key in model.fillers:
            holders = _way(data, loc[:-1])
            holders[-1][0][key] = model.fillers[key]
            return True
    return False


def _way(data: Any, loc: Trail) -> list[tuple[Any, Any]]:
    """Everything from the whole down to what stands at `loc`, each with the step that led to it."""
    way: list[tuple[Any, Any]] = [(data, None)]
    for step in loc:
        here = way[-1][0]
        if step in here if isinstance(here, dict) else isinstance(here, list) and step in range(len(here)):
            way.append((here[step], step))
    return way


def _take_out(data: Any, loc: Trail) -> None:
    """Remove what stands at `loc`; of a list, all of it, so that the places of others do not shift."""
    way = _way(data, loc)
    while len(way) > 1:
        _, step = way.pop()
        holder = way[-1][0]
        if isinstance(holder, dict):
            del holder[step]
            return
