"""KPIs that depend on themselves by way of others: refused, and the whole circle named."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.checking import Checking
from mapping.kpis import Kpi


def refuse_circles(kpis: Mapping[str, Kpi], checking: Checking) -> None:
    """Inputs, needs and explained_by must each lead to an end."""
    links: dict[str, Callable[[Kpi], tuple[str, ...]]] = {
        "inputs": lambda kpi: tuple(one for one in kpi.inputs.values() if isinstance(one, str)),
        "needs": lambda kpi: kpi.needs,
        "explained_by": lambda kpi: kpi.explained_by,
    }
    said = {
        "inputs": "is computed from itself",
        "needs": "waits for itself",
        "explained_by": "is explained by itself",
    }
    for key, below in links.items():
        for circle in _circles({name: tuple(n for n in below(kpi) if n in kpis) for name, kpi in kpis.items()}):
            if len(circle) == 1:
                continue  # said where it stands
            way = " → ".join([*circle, circle[0]])
            checking.wrong(
                ("kpis", circle[0], key), f"{circle[0]} {said[key]} ({way}), remove one of these links", at_key=True
            )


def _circles(graph: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """One circle for every knot, each beginning at its first KPI in the file. No recursion: chains may be long."""
    done: set[str] = set()
    found: list[list[str]] = []
    for start in graph:
        if start in done:
            continue
        way: list[str] = [start]
        ahead = [iter(graph[start])]
        while way:
            step = next(ahead[-1], None)
            if step is None:
                done.add(way.pop())
                ahead.pop()
            elif step in way:
                found.append(way[way.index(step) :])
            elif step not in done:
                way.append(step)
                ahead.append(iter(graph[step]))
    order = {name: place for place, name in enumerate(graph)}
    rotated = [_rotated(circle, order) for circle in found]
    return [list(circle) for circle in dict.fromkeys(map(tuple, rotated))]


def _rotated(circle: list[str], order: Mapping[str, int]) -> list[str]:
    first = min(range(len(circle)), key=lambda i: order[circle[i]])
    return circle[first:] + circle[:first]
