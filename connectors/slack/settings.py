"""A Slack channel, as the file describes it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from connectors.fields import Secret, pattern_field
from connectors.settings import ChannelSettings


def _is_channel(text: str) -> bool:
    return re.fullmatch(r"[CGD][A-Z0-9]{7,}", text) is not None


class SlackSettings(ChannelSettings):
    """A bot's token and the channel it writes to."""

    kind: Literal["slack"] = "slack"
    token: Secret = Field(description="The bot's token: ${SLACK_TOKEN}.", examples=["${SLACK_TOKEN}"])
    channel: Annotated[
        str,
        pattern_field(_is_channel, "a Slack channel id", "the id at the foot of the channel's details: C0123456789"),
    ] = Field(description="The channel's id (at the foot of its details).", examples=["C0123456789"])
