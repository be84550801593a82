"""Slack's stand-in answers as Slack's documents say: ok or not with 200, scopes, membership, pages, times as ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from connectors.sandbox.server import Sandbox

NOW = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
ROOM = "C0123456789"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: NOW) as made:
        made.slack.state.add_bot("xoxb-t")
        made.slack.state.add_channel(ROOM)
        yield made


def ask(sandbox: Sandbox, method: str, token: str | None = "xoxb-t", **body: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(f"{sandbox.url}/api/{method}", json=body, headers=headers, timeout=5)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    assert said["ok"] is ("error" not in said)
    return said


def test_who_asks_must_say_so(sandbox: Sandbox) -> None:
    assert ask(sandbox, "auth.test", None)["error"] == "not_authed"
    assert ask(sandbox, "auth.test", "xoxb-other")["error"] == "invalid_auth"
    assert ask(sandbox, "auth.test")["user"] == "alignd"
    assert ask(sandbox, "chat.shout")["error"] == "unknown_method"


def test_a_message_is_kept_and_read_back_with_its_metadata_where_it_is_asked_for(sandbox: Sandbox) -> None:
    metadata = {"event_type": "e", "event_payload": {"key": "k"}}
    said = ask(sandbox, "chat.postMessage", channel=ROOM, text="a &lt;b&gt;", metadata=metadata)
    assert said["ts"] == f"{NOW.timestamp():.6f}"
    later = ask(sandbox, "chat.postMessage", channel=ROOM, text="second")
    assert later["ts"] > said["ts"]
    plain = ask(sandbox, "conversations.history", channel=ROOM)
    assert [one["text"] for one in plain["messages"]] == ["second", "a &lt;b&gt;"]
    assert "metadata" not in plain["messages"][1]
    full = ask(sandbox, "conversations.history", channel=ROOM, include_all_metadata=True, latest=later["ts"])
    assert [one["metadata"] for one in full["messages"]] == [metadata]
    within = ask(sandbox, "conversations.history", channel=ROOM, oldest=said["ts"], inclusive=True)
    assert len(within["messages"]) == 2
    assert len(ask(sandbox, "conversations.history", channel=ROOM, oldest=said["ts"])["messages"]) == 1


def test_history_comes_in_pages(sandbox: Sandbox) -> None:
    for number in range(5):
        sandbox.slack.state.say(ROOM, str(number))
    found, cursor = [], ""
    while True:
        said = ask(sandbox, "conversations.history", channel=ROOM, limit=2, cursor=cursor)
        found += [one["text"] for one in said["messages"]]
        if not said["has_more"]:
            break
        cursor = said["response_metadata"]["next_cursor"]
    assert found == ["4", "3", "2", "1", "0"]


def test_a_form_carries_blocks_as_json(sandbox: Sandbox) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*b*"}}]
    form = {"channel": ROOM, "text": "t", "blocks": json.dumps(blocks), "token": "xoxb-t"}
    assert requests.post(f"{sandbox.url}/api/chat.postMessage", data=form, timeout=5).json()["ok"] is True
    assert sandbox.slack.state.channels[ROOM].messages[0].blocks == blocks


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
            }
        ],
        [{"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": []}]}],
        [{"type": "rich_text", "elements": []}],
        [{"type": "table_of_contents"}],
        "text",
    ],
)
def test_blocks_beyond_the_limits_are_refused(sandbox: Sandbox, blocks: object) -> None:
    said = ask(sandbox, "chat.postMessage", channel=ROOM, text="t", blocks=blocks)
    assert said["error"] == "invalid_blocks"
    assert said["response_metadata"]["messages"]


def test_a_bot_changes_its_own_messages_alone(sandbox: Sandbox) -> None:
    mine = ask(sandbox, "chat.postMessage", channel=ROOM, text="first")
    theirs = sandbox.slack.state.say(ROOM, "hello")
    assert ask(sandbox, "chat.update", channel=ROOM, ts=mine["ts"], text="second")["text"] == "second"
    assert ask(sandbox, "chat.update", channel=ROOM, ts=theirs.ts, text="x")["error"] == "cant_update_message"
    assert ask(sandbox, "chat.update", channel=ROOM, ts="1.000000", text="x")["error"] == "message_not_found"
    assert "edited" in ask(sandbox, "conversations.history", channel=ROOM)["messages"][1]


def test_a_private_channel_is_not_there_for_strangers(sandbox: Sandbox) -> None:
    sandbox.slack.state.add_channel("G0123456789", "leads", with_bots=False)
    assert ask(sandbox, "conversations.info", channel="G0123456789")["error"] == "channel_not_found"
    assert ask(sandbox, "chat.postMessage", channel="G0123456789", text="t")["error"] == "channel_not_found"
    sandbox.slack.state.add_channel("C0000000002", "sales", with_bots=False)
    assert ask(sandbox, "conversations.info", channel="C0000000002")["channel"]["is_member"] is False
    assert ask(sandbox, "chat.postMessage", channel="C0000000002", text="t")["error"] == "not_in_channel"
