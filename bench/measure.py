"""One measured figure beside its goal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """`figure`: the ratio (or amount) measured; well while it is at most `goal`. `how`: what was set against what."""

    name: str
    figure: float
    goal: float
    how: str
    unit: str = "×"

    @property
    def well(self) -> bool:
        return self.figure <= self.goal
