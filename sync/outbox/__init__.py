"""The outbox: letters that are due, each sent to each address at most once, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import Channel
from sync.failpoints import Failpoint
from sync.outlook import Outlook
from sync.plan.situation import Situation
from sync.steps import Problem
from sync.store import Store


def send_due(
    situation: Situation, outlook: Outlook, store: Store, channels: Mapping[str, Channel], failpoint: Failpoint
) -> list[Problem]:
    """Send what is due now: digests, summaries, invitations, alerts. Problems for people: what could not be sent, and
    what nobody knows.
    """
    return []
