"""The heartbeat: after every good cycle a ping tells a watcher elsewhere (Healthchecks and the like) that all is well.

Whoever knows the address could keep the watcher calm in alignd's place: it is a secret, and never written anywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

import requests

from connectors.fields import is_loopback
from connectors.redaction import vendor_words
from sync.service.logs import Log

TIMEOUT = 10.0  # seconds to connect, and of silence after that


class Heartbeat:
    """Pings of one workspace, each in a short thread of its own; one at a time."""

    def __init__(self, workspace: str, log: Log) -> None:
        self._workspace, self._log = workspace, log
        self._under_way: threading.Thread | None = None
        self._failing = False

    def ping(self, url: str) -> None:
        """Send one, in the background. While the former is under way none is sent."""
        if self._under_way is not None and self._under_way.is_alive():
            return
        self._under_way = threading.Thread(target=self._send, args=(url,), name="heartbeat", daemon=True)
        self._under_way.start()

    def wait(self, seconds: float = TIMEOUT) -> None:
        """Until the ping under way, if there is one, is over."""
        if self._under_way is not None:
            self._under_way.join(seconds)

    def _send(self, url: str) -> None:
        why = _sent(url)
        if why and not self._failing:
            self._log.warning("heartbeat_failed", workspace=self._workspace, why=why)
        elif not why and self._failing:
            self._log.info("heartbeat_back", workspace=self._workspace)
        self._failing = bool(why)


def _sent(url: str) -> str:
    """Ping once; "" if it was heard, else why not, without the address."""
    try:
        with requests.Session() as session:
            session.trust_env = not is_loopback(url)  # what stands on this machine is not behind the outside's proxy
            with session.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
                return "" if answer.ok else f"answered {answer.status_code}"
    except requests.Timeout:
        return f"no answer within {TIMEOUT:.0f} seconds"
    except requests.ConnectionError:
        return "could not be reached"
    except requests.RequestException as error:
        return vendor_words(str(error), _parts(url))


def _parts(url: str) -> Collection[str]:
    """The address and everything in it that could be the secret, longest first."""
    bare = url.split("://", 1)[-1]
    return {url, bare, *(part for part in bare.replace("?", "/").replace("=", "/").split("/") if len(part) > 3)}
