"""Whether everything that would be spoken to stands on this machine: a `sync --at` may only then be done for real."""

from __future__ import annotations

from config import Config
from connectors.email.settings import EmailSettings
from connectors.fields import is_loopback

ONLY_FILES = frozenset({"csv"})  # spoken to nobody


def elsewhere(config: Config) -> list[str]:
    """Ids of the sources, trackers and channels that are spoken to and do not stand on loopback."""
    spoken_to = {
        **{one.id: one.endpoint for one in config.sources.values() if _is_asked(one.kind)},
        **{one.id: one.endpoint for one in config.trackers.values()},
        **{one.id: one.server if isinstance(one, EmailSettings) else one.endpoint for one in config.channels.values()},
    }
    return sorted(name for name, endpoint in spoken_to.items() if endpoint is None or not is_loopback(str(endpoint)))


def _is_asked(kind: str) -> bool:
    return kind not in ONLY_FILES
