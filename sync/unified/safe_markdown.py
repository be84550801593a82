"""Text from people and sources as GitHub-flavoured Markdown that shows it and does nothing: no markup, no link, no
mention, no formula comes of it.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~$#]|!(?=\[|$)|&(?=#?\w+;)")
_ADDRESS = re.compile(r":(?=/)|(?i:(?<=www))\.(?=\S)|(?i:(?<=mailto)|(?<=xmpp)):")
_BEGINNING = re.compile(r"^(?:[-+=](?=\s|$|[-+=])|\d{1,9}(?=[.)](?:\s|$)))")
_JOINED = "\u2060"  # nothing to see; behind an @ it keeps a name from being called, an address from becoming a link


def safe(text: str) -> str:
    """`text` on one line, every character of it shown."""
    line = " ".join(text.split())
    line = _SPECIAL.sub(lambda found: f"\\{found[0]}", line)
    line = _ADDRESS.sub(lambda found: f"\\{found[0]}", line)
    line = line.replace("@", f"@{_JOINED}")
    found = _BEGINNING.match(line)
    if found is None:
        return line
    end = found.end()
    return f"{line[:end]}\\{line[end:]}" if line[0].isdigit() else f"\\{line}"


def link(text: str, url: str) -> str:
    """A link, or the text alone where the address is not one of the web."""
    if not url.startswith(("https://", "http://")):
        return safe(text)
    return f"[{safe(text)}](<{quote(url, safe=_IN_ADDRESS)}>)"


_IN_ADDRESS = "/:?#@!$&'*+,;=%~-._"
