"""Words of ours with backticks around what is written in the file, for pages."""

from __future__ import annotations

from markupsafe import Markup, escape


def coded(text: str) -> Markup:
    """What stands between backticks as code, everything escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)  # one that is not closed
    return Markup("").join(
        Markup("<code>{}</code>").format(one) if place % 2 else escape(one) for place, one in enumerate(parts)
    )
