"""What people were told, for the page: the messages of each Slack channel, the mails. Everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape
from typing import TYPE_CHECKING

from markupsafe import Markup

from connectors.sandbox.page_texts import link
from connectors.sandbox.slack.state import Message
from connectors.sandbox.slack.state import State as SlackState
from connectors.sandbox.wire import Json

if TYPE_CHECKING:
    from connectors.sandbox.server import Sandbox
    from connectors.sandbox.smtp.server import Mail


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A message or a mail. `head`: its subject, or who wrote it; `to`: whom it went to; `pictures`: in words."""

    head: str
    to: str
    at: datetime
    body: Markup
    pictures: Sequence[str] = ()
    folded: bool = False

    @property
    def at_text(self) -> str:
        return f"{self.at:%a} {self.at.day} {self.at:%b %H:%M}"


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A place where people are told."""

    vendor: str
    name: str
    letters: Sequence[ShownLetter]


def channels_told(sandbox: Sandbox, zone: tzinfo | None) -> list[ShownChannel]:
    """Channels with messages, and the mail, newest first; nothing if nobody was told anything."""
    found = _slack(sandbox.slack.state, zone)
    if mails := sandbox.mails:
        found.append(ShownChannel("mail", "Mail", [_mail(one, zone) for one in reversed(mails)]))
    return found


def _slack(state: SlackState, zone: tzinfo | None) -> list[ShownChannel]:
    names = {bot.user: bot.name for bot in state.bots.values()}
    return [
        ShownChannel(
            "slack",
            f"Slack channel #{channel.name}",
            [_message(one, names.get(one.by, "somebody"), zone) for one in reversed(channel.messages)],
        )
        for channel in state.channels.values()
        if channel.messages
    ]


def _message(message: Message, by: str, zone: tzinfo | None) -> ShownLetter:
    shown = "".join(_block(one) for one in message.blocks) or f"<p>{escape(_unescaped(message.text))}</p>"
    body = Markup(shown)  # noqa: S704 - every part is escaped or from the list
    return ShownLetter(by, "", message.at.astimezone(zone), body)


def _mail(mail: Mail, zone: tzinfo | None) -> ShownLetter:
    text = Markup(f"<pre>{escape(mail.body())}</pre>")  # noqa: S704 - escaped
    pictures = [str(part.get_filename() or "picture") for part in mail.message.walk()
                if part.get_content_maintype() == "image"]  # fmt: skip
    to = ", ".join(mail.recipients)
    return ShownLetter(mail.subject, to, mail.at.astimezone(zone), text, pictures, folded=True)


# ── Block Kit ────────────────────────────────────────────────────────────────────────────────────────────────────


def _block(block: Json) -> str:
    match block.get("type"):
        case "rich_text":
            return "".join(_part(one) for one in block["elements"])
        case "header":
            return f"<h5>{escape(str(block['text']['text']))}</h5>"
        case "divider":
            return "<hr>"
        case _:
            text = block.get("text") or {}
            return f"<p>{escape(_unescaped(str(text.get('text', ''))))}</p>"


def _part(part: Json) -> str:
    if part["type"] == "rich_text_list":
        return "<ul>" + "".join(f"<li>{_inline(one['elements'])}</li>" for one in part["elements"]) + "</ul>"
    tag = {"rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}.get(part["type"], "p")
    return f"<{tag}>{_inline(part['elements'])}</{tag}>"


def _inline(elements: Iterable[Json]) -> str:
    return "".join(_shown(one) for one in elements)


def _shown(element: Json) -> str:
    if element["type"] not in ("text", "link"):  # a mention, say: people would be called
        return f"<strong>@{escape(str(element.get('range') or element.get('user_id') or element['type']))}</strong>"
    text = escape(str(element.get("text") or element.get("url") or "")).replace("\n", "<br>")
    style = element.get("style") or {}
    for name, tag in (("code", "code"), ("bold", "strong"), ("italic", "em"), ("strike", "s")):
        if style.get(name):
            text = f"<{tag}>{text}</{tag}>"
    return link(str(element["url"]), text) if element["type"] == "link" else text


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
