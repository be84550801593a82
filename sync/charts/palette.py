"""Colours by role. A page's theme changes them (chart.css); these are the light ones, for mail and as fallback.

Points differ by shape first. Their colours hold for people who see red and green alike (blue, ochre, vermilion), and
their lightness for paper without colour.
"""

from __future__ import annotations

from sync.charts.drawing import Role

LIGHT: dict[Role, str] = {
    Role.PAPER: "#ffffff",
    Role.INK: "#1b2430",
    Role.SOFT: "#5b6673",
    Role.GRID: "#e0e4ea",
    Role.LINE: "#44505d",
    Role.TARGET: "#0b5e55",
    Role.ON: "#1769aa",
    Role.CLOSE: "#c98a00",
    Role.OFF: "#c2410c",
    Role.UNJUDGED: "#7d8894",
    Role.BAND_ON: "#eef7f4",
    Role.BAND_CLOSE: "#fff0c8",
    Role.BAND_OFF: "#fae5db",
    Role.HOLE: "#d3d9e0",
    Role.MARK: "#5b3fa0",
    Role.STEM: "#b9aede",
    Role.SPAN: "#8f7cc9",
}
DARK: dict[Role, str] = {
    Role.PAPER: "#151b23",
    Role.INK: "#e8edf3",
    Role.SOFT: "#9eabb9",
    Role.GRID: "#2b343f",
    Role.LINE: "#b4c0cc",
    Role.TARGET: "#5fd3c1",
    Role.ON: "#6cb6f5",
    Role.CLOSE: "#f0bb45",
    Role.OFF: "#ff8d5c",
    Role.UNJUDGED: "#8a96a3",
    Role.BAND_ON: "#12262a",
    Role.BAND_CLOSE: "#322a14",
    Role.BAND_OFF: "#37211a",
    Role.HOLE: "#2a323c",
    Role.MARK: "#b7a3f5",
    Role.STEM: "#5a4d8c",
    Role.SPAN: "#7c6bbd",
}


def variable(role: Role) -> str:
    """The role's colour as a page may set it: `var(--chart-on, #1769aa)`."""
    return f"var(--chart-{role.value}, {LIGHT[role]})"


def variables(theme: dict[Role, str]) -> str:
    """The theme as CSS declarations."""
    return " ".join(f"--chart-{role.value}: {colour};" for role, colour in theme.items())
