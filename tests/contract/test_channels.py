"""What both channels promise, asked of each against its stand-in over loopback; there is no third in memory."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Channel, Closeable
from connectors.email.settings import EmailSettings
from connectors.errors import Stopped
from connectors.patience import Patience
from connectors.registry import build_channel
from connectors.sandbox.faults import Fault as Trouble
from connectors.sandbox.server import Sandbox
from connectors.settings import ChannelSettings
from connectors.slack.settings import SlackSettings
from mapping.documents import Bullets, Document, Heading, Link, Paragraph, Rows, Strong, Text, line
from mapping.letters import Delivery, Fate, Letter, LetterKind, Picture, Posted, Posting
from mapping.people import Person
from tests.unit.tracker_loopback import Said, serve

TOKEN, PASSWORD = "xoxb-canary-0123456789", "canary-smtp-password"
ROOM = "C0123456789"
THANDI = Person("thandi", "Thandi Mokoena", "thandi@saypro.example")
JOHAN = Person("johan", "Johan Botha", "johan@saypro.example")
NEO = Person("neo", "Neo Khumalo")
NOW = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
HOSTILE = "<!channel> <@U0000000001> *bold* `x` & </p><script>alert(1)</script> :tada: =1+1\r\nBcc: eve@evil.example"
_names = itertools.count(1)


def a_letter(
    key: str = "saypro/digest/team/2026-W47", subject: str = "Week of 9–15 November: 8 of 12 on target"
) -> Letter:
    body = Document(
        (
            Heading("Below target"),
            Bullets(((Text("Website sessions 8,200 of 12,000 → "), Link("task", "https://app.asana.com/0/1/2")),)),
            Paragraph(((Strong("Coming up"), Text(" Thu 19 Nov weekly")),)),
            Rows((("Website sessions", "12,260"), ("Leads", "36"))),
        )
    )
    return Letter(key, LetterKind.DIGEST, subject, body, dated=NOW, url="https://alignd.saypro.example")


@dataclass
class Bench:
    """A channel on its stand-in. `address`: whom it tells; `told`: all that people there were shown, as text."""

    sandbox: Sandbox
    channel: Channel
    address: str
    vendor: str
    told: Callable[[], Sequence[str]]

    def send(self, letter: Letter | None = None, address: str | None = None) -> Delivery:
        return self.channel.send(letter or a_letter(), address or self.address)

    def trouble(self, kind: str, **more: object) -> Trouble:
        """Something goes wrong while a letter is handed over, at its last step."""
        where = {"path": "chat.postMessage"} if self.vendor == "slack" else {"method": "END"}
        return self.sandbox.faults.add(self.vendor, kind, **where, **more)  # type: ignore[arg-type]

    def look(self, letter: Letter | None = None, tried: datetime = NOW) -> dict[tuple[str, str], str | None]:
        letter = letter or a_letter()
        row = Posted(
            letter.key, self.address, self.channel.id, letter.kind, letter.subject, Posting.UNKNOWN, tried, tried
        )
        return dict(self.channel.look([row]))


def slack(
    sandbox: Sandbox, patience: Patience | None = None, monotonic: Callable[[], float] = time.monotonic, **more: object
) -> Bench:
    """A bot in a room. Each has a name of its own: what a channel may still send is remembered by the process."""
    token = f"{TOKEN}-{next(_names)}"
    sandbox.slack.state.add_bot(token)
    sandbox.slack.state.add_channel(ROOM)
    settings = SlackSettings.model_validate(
        {"id": "team_slack", "token": token, "channel": ROOM, "endpoint": sandbox.url, **more}
    )

    def told() -> list[str]:
        return [str(one.blocks) for one in sandbox.slack.state.channels[ROOM].messages]

    return Bench(sandbox, built(settings, patience, monotonic), ROOM, "slack", told)


def mail(sandbox: Sandbox, patience: Patience | None = None, **more: object) -> Bench:
    sandbox.smtp.switches.users = {"alignd": PASSWORD}
    settings = EmailSettings.model_validate(
        {"id": "mail", "smtp": sandbox.smtp.url, "user": "alignd", "password": PASSWORD,
         "from": "alignd@saypro.example", **more}
    )  # fmt: skip
    return Bench(
        sandbox, built(settings, patience), THANDI.email or "", "smtp", lambda: [one.body() for one in sandbox.mails]
    )


def built(
    settings: ChannelSettings, patience: Patience | None, monotonic: Callable[[], float] = time.monotonic
) -> Channel:
    channel = build_channel(settings, patience or Patience(silence=0.3, paces=False), "saypro", monotonic)
    assert channel is not None
    assert isinstance(channel, Channel)
    return channel


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: NOW) as made:
        yield made


@pytest.fixture(params=[slack, mail])
def bench(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Bench]:
    made: Bench = request.param(sandbox)
    yield made
    close(made)


def close(bench: Bench) -> None:
    if isinstance(bench.channel, Closeable):
        bench.channel.close()


# ── what both promise ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_is_told_once_and_has_an_id(bench: Bench) -> None:
    delivery = bench.send()
    assert (delivery.address, delivery.fate, delivery.why) == (bench.address, Fate.SENT, "")
    assert delivery.id
    assert len(bench.told()) == 1
    assert all(said in bench.told()[0] for said in ("Below target", "8,200 of 12,000", "12,260", "task"))
    assert (bench.channel.calls.made, bench.channel.calls.least) == (1, 1)


def test_what_people_wrote_stays_text(bench: Bench) -> None:
    body = Document(
        (Heading(HOSTILE), Bullets((line(HOSTILE),)), Paragraph(((Link(HOSTILE, "javascript:alert(1)"),),)))
    )
    assert bench.send(replace(a_letter(subject=HOSTILE), body=body)).fate is Fate.SENT
    if bench.vendor == "slack":
        message = bench.sandbox.slack.state.channels[ROOM].messages[0]
        assert not any(sign in message.text for sign in "<>")
        kinds = {one["type"] for one in inline(message.blocks)}
        assert kinds == {"text"}, "no mention, no link, no emoji"
        assert all(one.get("style", {"bold": True}) == {"bold": True} for one in inline(message.blocks))
        return
    [taken] = bench.sandbox.mails
    assert taken.message["Bcc"] is None
    assert taken.recipients == (THANDI.email,)
    page = taken.body("html")
    assert "<script" not in page
    assert "javascript:" not in page.split("</title>")[1].replace("&lt;", "")
    assert "&lt;script&gt;" in page


def inline(blocks: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    for block in blocks:
        within = block.get("elements")
        if isinstance(within, list):
            yield from inline(within)
        else:
            yield block


@pytest.mark.parametrize("kind", ["reset", "timeout"])
@pytest.mark.parametrize("commit", ["before", "after"])
def test_a_letter_whose_answer_is_lost_is_in_doubt_and_not_sent_again(bench: Bench, kind: str, commit: str) -> None:
    trouble = bench.trouble(kind, commit=commit, seconds=0.6)
    delivery = bench.send()
    assert delivery.fate is Fate.UNKNOWN
    assert delivery.why
    assert delivery.advice
    assert trouble.matched == 1, "one attempt"
    assert len(bench.told()) == (commit == "after")


@pytest.mark.parametrize("kind", ["truncated", "html"])
def test_nonsense_in_place_of_an_answer_is_a_doubt(bench: Bench, kind: str) -> None:
    bench.trouble(kind, commit="after")
    assert bench.send().fate is Fate.UNKNOWN


def test_what_cannot_be_connected_is_later_and_goes_on_when_it_can(bench: Bench) -> None:
    bench.sandbox.stop()
    down = bench.send()
    assert (down.fate, bench.told()) == (Fate.LATER, [])
    bench.sandbox.start()
    _ = bench.sandbox.smtp
    assert bench.send().fate is Fate.SENT
    assert len(bench.told()) == 1


def test_a_busy_vendor_is_later_not_in_doubt(bench: Bench) -> None:
    bench.trouble("429", retry_after="7")
    delivery = bench.send()
    assert delivery.fate is Fate.LATER
    assert delivery.after == (7.0 if bench.vendor == "slack" else None)
    assert bench.told() == []


def test_a_vendor_that_stumbles_leaves_a_doubt_only_where_it_may_have_done_it(bench: Bench) -> None:
    """500 of Slack may have posted; a 5xx of SMTP is a definite no (RFC 5321 4.2.1)."""
    bench.trouble("status", status=500 if bench.vendor == "slack" else 554)
    assert bench.send().fate is (Fate.UNKNOWN if bench.vendor == "slack" else Fate.REFUSED)


def test_a_wrong_secret_needs_a_person_and_is_never_shown(sandbox: Sandbox) -> None:
    room, post = slack(sandbox), mail(sandbox)
    for bot in sandbox.slack.state.bots.values():
        bot.revoked = True
    sandbox.smtp.switches.users = {"alignd": "another"}
    for bench in (room, post):
        delivery = bench.send()
        assert delivery.fate is Fate.REFUSED
        assert not any(secret in repr((delivery, bench.channel.examine([]))) for secret in (TOKEN, PASSWORD))
        assert any(not one.ok for one in bench.channel.examine([]))
        close(bench)


def test_a_vendor_that_repeats_what_it_was_told_gives_no_secret_away(bench: Bench) -> None:
    bench.sandbox.smtp.switches.login_by = ("PLAIN",)
    steps = ["chat.postMessage"] if bench.vendor == "slack" else ["AUTH", "END"]
    for step, status in itertools.product(steps, (401, 403, 500) if bench.vendor == "slack" else (421, 535, 554)):
        where = {"path": step} if bench.vendor == "slack" else {"method": step}
        trouble = bench.sandbox.faults.add(
            bench.vendor,
            "status",
            status=status,
            echo=True,
            times=None,
            **where,  # type: ignore[arg-type]
        )
        said = repr(bench.send())
        assert trouble.struck
        trouble.times = 0
        assert TOKEN not in said
        assert PASSWORD not in said
        assert "AGFsaWduZAB" not in said, "base64 of user and password"
        close(bench)


def test_a_stop_ends_it_before_anything_leaves(sandbox: Sandbox) -> None:
    for make in (slack, mail):
        stopped = Patience(stop=threading.Event())
        stopped.stop.set()
        bench = make(sandbox, stopped)
        with pytest.raises(Stopped):
            bench.send()
        assert bench.told() == []


def test_doctor_sends_nothing_and_finds_all_well(bench: Bench) -> None:
    findings = bench.channel.examine([THANDI, JOHAN])
    assert findings
    assert all(one.ok for one in findings), findings
    assert bench.told() == []


# ── Slack ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def room(sandbox: Sandbox) -> Bench:
    return slack(sandbox)


def test_a_channel_is_one_address_whoever_is_meant(room: Bench) -> None:
    assert room.channel.addresses([THANDI, JOHAN, NEO]) == {ROOM: None}


def test_a_message_shows_nothing_of_its_links_and_says_its_key_to_programs_alone(room: Bench) -> None:
    room.send()
    [message] = room.sandbox.slack.state.channels[ROOM].messages
    assert (message.sent["unfurl_links"], message.sent["unfurl_media"]) == (False, False)
    assert message.metadata == {"event_type": "alignd_letter", "event_payload": {"key": a_letter().key}}
    assert a_letter().key not in message.text + str(message.blocks)
    [seen] = room.sandbox.asked("slack")
    assert TOKEN not in seen.url + seen.body.decode()
    assert TOKEN in seen.headers["authorization"]


def test_pictures_become_one_link(room: Bench) -> None:
    room.send(replace(a_letter(), pictures=(Picture("sessions", "Sessions", b"png", 0),)))
    assert room.told()[0].count("'url': 'https://alignd.saypro.example'") == 1


@pytest.mark.parametrize("commit", ["before", "after"])
def test_a_doubt_is_settled_by_looking(room: Bench, commit: str) -> None:
    room.trouble("reset", commit=commit)
    assert room.send().fate is Fate.UNKNOWN
    messages = room.sandbox.slack.state.channels[ROOM].messages
    there = messages[0].ts if commit == "after" else None
    assert room.look() == {(a_letter().key, ROOM): there}


def test_internal_error_is_a_doubt_since_slack_says_that_it_may_have_been_done(room: Bench) -> None:
    room.trouble("status", status=200, commit="after")
    assert room.send().fate is Fate.UNKNOWN
    assert room.look()[a_letter().key, ROOM] is not None


def test_a_look_reads_all_pages(room: Bench) -> None:
    room.trouble("reset", commit="after")
    room.send()
    room.sandbox.slack.switches.page = 3
    for number in range(8):
        room.sandbox.slack.state.say(ROOM, f"Chatter {number}")
    assert room.look()[a_letter().key, ROOM] is not None


@pytest.mark.parametrize(
    "why", ["no scope", "not in the room", "an answer is lost", "too much to read", "clocks differ"]
)
def test_where_a_look_cannot_tell_it_says_nothing(room: Bench, why: str) -> None:
    tried = NOW
    state = room.sandbox.slack.state
    match why:
        case "no scope":
            next(iter(state.bots.values())).scopes.discard("channels:history")
        case "not in the room":
            state.channels[ROOM].members.clear()
        case "an answer is lost":
            room.sandbox.faults.add("slack", "reset", path="history")
        case "too much to read":
            room.sandbox.slack.switches.page = 1
            for number in range(9):
                state.say(ROOM, f"Chatter {number}")
        case "clocks differ":
            tried = NOW + timedelta(hours=5)
    assert room.look(tried=tried) == {}


def test_a_message_that_shows_no_metadata_but_begins_as_ours_may_be_ours(room: Bench) -> None:
    room.trouble("reset", commit="after")
    room.send()
    room.sandbox.slack.switches.metadata_shown = False
    assert room.look() == {}
    assert room.look(a_letter("saypro/digest/team/2026-W48", "Another week"))[
        "saypro/digest/team/2026-W48", ROOM
    ] is None  # fmt: skip


@pytest.mark.parametrize(
    "what, fate, word",
    [
        ("archived", Fate.REFUSED, "archived"),
        ("not in it", Fate.REFUSED, "let alignd's app in"),
        ("gone", Fate.REFUSED, "not there"),
        ("only admins", Fate.REFUSED, "does not allow"),
        ("no scope", Fate.REFUSED, "may not do this"),
        ("too long", Fate.REFUSED, "does not take the message"),
    ],
)
def test_what_a_person_must_heal_is_refused_with_the_mend(room: Bench, what: str, fate: Fate, word: str) -> None:
    state = room.sandbox.slack.state
    there = state.channels[ROOM]
    match what:
        case "archived":
            there.archived = True
        case "not in it":
            there.members.clear()
        case "gone":
            state.channels.clear()
        case "only admins":
            there.only_admins = True
        case "no scope":
            next(iter(state.bots.values())).scopes.discard("chat:write")
        case "too long":
            room.sandbox.slack.switches.most_characters = 10
    delivery = room.send()
    assert delivery.fate is fate
    assert word in delivery.why
    assert delivery.advice


def test_a_redirect_is_not_followed_and_takes_no_token_along(room: Bench) -> None:
    with serve(lambda _: Said(status=307, headers={"Location": room.sandbox.url + "/api/chat.postMessage"})) as other:
        away = slack(room.sandbox, endpoint=other.url)
        assert away.send().fate is Fate.REFUSED
        assert len(other.calls) == 1
    assert room.sandbox.requests == []


def test_loopback_is_spoken_to_past_any_proxy(room: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert slack(room.sandbox).send().fate is Fate.SENT


def test_messages_to_one_channel_keep_a_second_between_them(sandbox: Sandbox) -> None:
    now = [0.0]

    class Waiting(Patience):
        def wait(self, seconds: float, where: str, why: str) -> None:
            now[0] += seconds

    sandbox.slack.monotonic = lambda: now[0]
    sandbox.slack.switches.limits = True
    bench = slack(sandbox, Waiting(monotonic=lambda: now[0]), monotonic=lambda: now[0])
    assert [bench.send(a_letter(f"saypro/alert/{n}")).fate for n in range(3)] == [Fate.SENT] * 3
    assert now[0] >= 2.0


def test_a_burst_that_slack_refuses_is_later(sandbox: Sandbox) -> None:
    sandbox.slack.monotonic = lambda: 0.0
    sandbox.slack.switches.limits = True
    bench = slack(sandbox)
    assert [bench.send(a_letter(f"saypro/alert/{n}")).fate for n in range(2)] == [Fate.SENT, Fate.LATER]
    assert len(bench.told()) == 1


def test_doctor_says_what_is_wrong_with_the_channel(room: Bench) -> None:
    there = room.sandbox.slack.state.channels[ROOM]
    bot = next(iter(room.sandbox.slack.state.bots.values()))
    bot.scopes.discard("channels:history")
    assert "stays in doubt" in room.channel.examine([])[-1].what
    there.members.clear()
    assert "/invite @alignd" in room.channel.examine([])[-1].mend
    there.archived = True
    assert "archived" in room.channel.examine([])[-1].what
    bot.scopes.discard("channels:read")
    assert "channels:read" in room.channel.examine([])[-1].mend


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def post(sandbox: Sandbox) -> Iterator[Bench]:
    made = mail(sandbox)
    yield made
    close(made)


def verbs(bench: Bench) -> list[str]:
    return [one.method for one in bench.sandbox.asked("smtp")]


def test_each_address_once_and_who_has_none_is_not_in_it(post: Bench) -> None:
    twin = Person("thandi2", "Thandi again", "Thandi@SayPro.example")
    assert post.channel.addresses([THANDI, twin, JOHAN, NEO]) == {THANDI.email: THANDI, JOHAN.email: JOHAN}


def test_one_connection_carries_a_mail_to_each(post: Bench) -> None:
    assert [post.send(address=to).fate for to in (THANDI.email, JOHAN.email)] == [Fate.SENT] * 2
    assert post.sandbox.smtp.connected == 1
    assert [one.recipients for one in post.sandbox.mails] == [(THANDI.email,), (JOHAN.email,)]


@pytest.mark.parametrize("code, fate", [(450, Fate.LATER), (451, Fate.LATER), (452, Fate.LATER), (550, Fate.REFUSED),
                                        (553, Fate.REFUSED)])  # fmt: skip
def test_a_refusal_of_one_recipient_touches_no_other(post: Bench, code: int, fate: Fate) -> None:
    post.sandbox.smtp.switches.refused[JOHAN.email or ""] = code
    fates = [post.send(address=to).fate for to in (JOHAN.email, THANDI.email, JOHAN.email)]
    assert fates == [fate, Fate.SENT, fate]
    assert [one.recipients for one in post.sandbox.mails] == [(THANDI.email,)]
    assert post.sandbox.smtp.connected == 1


def test_a_connection_that_died_meanwhile_is_opened_anew_and_nothing_is_lost(post: Bench) -> None:
    post.send()
    post.sandbox.smtp.hang_up()
    assert post.send(address=JOHAN.email).fate is Fate.SENT
    assert (len(post.sandbox.mails), post.sandbox.smtp.connected) == (2, 2)


def test_a_server_that_wants_a_new_connection_gets_one(post: Bench) -> None:
    post.send()
    post.sandbox.faults.add("smtp", "status", method="MAIL", status=421)
    assert post.send(address=JOHAN.email).fate is Fate.SENT
    assert len(post.sandbox.mails) == 2


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("kind", ["reset", "cut_off", "timeout", "truncated", "421"])
def test_what_breaks_before_the_mail_is_sent_is_later(post: Bench, step: str, kind: str) -> None:
    how = {"kind": "status", "status": 421} if kind == "421" else {"kind": kind, "seconds": 0.5}
    fault = post.sandbox.faults.add("smtp", method=step, times=None, **how)  # type: ignore[arg-type]
    assert post.send().fate is Fate.LATER
    assert post.sandbox.mails == []
    fault.times = 0
    assert post.send().fate is Fate.SENT, "and the next attempt succeeds"


def test_a_slow_server_is_waited_for(post: Bench) -> None:
    post.trouble("slow", seconds=0.1)
    assert post.send().fate is Fate.SENT


def test_a_message_id_is_the_letters_and_the_recipients(post: Bench) -> None:
    ids = [post.send(a_letter(key), to).id for key in ("saypro/a", "saypro/b") for to in (THANDI.email, JOHAN.email)]
    assert len(set(ids)) == 4
    assert post.send(a_letter("saypro/a"), THANDI.email).id == ids[0]
    assert [one.message["Message-ID"] for one in post.sandbox.mails][:4] == ids
    assert post.sandbox.mails[0].content == post.sandbox.mails[4].content, "byte for byte"
    assert post.look() == {}


def test_a_mail_says_that_it_is_automatic_when_it_was_written_and_by_whom(post: Bench) -> None:
    post.send()
    message = post.sandbox.mails[0].message
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert (str(message["From"]), str(message["To"])) == ("alignd <alignd@saypro.example>", THANDI.email)
    assert message["List-Id"] == "<digest.saypro.saypro.example>"
    assert message.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]


def test_charts_stand_in_the_mail_itself(post: Bench) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    post.send(replace(a_letter(), pictures=(Picture("sessions", 'Sessions, "eight" weeks', png, 1),)))
    message = post.sandbox.mails[0].message
    page = message.get_body(("html",))
    assert page is not None
    [picture] = [one for one in message.walk() if one.get_content_type() == "image/png"]
    name = str(picture["Content-ID"]).strip("<> ")
    assert f'src="cid:{name}"' in page.get_content()
    assert "Sessions, &quot;eight&quot; weeks" in page.get_content()
    assert picture.get_content() == png
    assert '[Chart: Sessions, "eight" weeks]' in post.sandbox.mails[0].body()


def test_a_server_with_a_small_limit_gets_the_mail_without_charts(sandbox: Sandbox) -> None:
    sandbox.smtp.switches.size_limit = 20_000
    post = mail(sandbox)
    pictures = (Picture("sessions", "Sessions, eight weeks", bytes(60_000), 1),)
    assert post.send(replace(a_letter(), pictures=pictures)).fate is Fate.SENT
    assert "image" not in {one.get_content_maintype() for one in sandbox.mails[0].message.walk()}
    close(post)


def test_a_mail_that_is_too_large_is_refused_in_words(sandbox: Sandbox) -> None:
    sandbox.smtp.switches.size_limit = 600
    post = mail(sandbox)
    delivery = post.send()
    assert delivery.fate is Fate.REFUSED
    assert "too large" in delivery.advice
    close(post)


def test_dots_and_long_lines_arrive_as_they_left(post: Bench) -> None:
    body = Document((Paragraph((line("."), line(".dot"), line("x" * 3000))), Rows(((".", ".."),))))
    assert post.send(replace(a_letter(), body=body)).fate is Fate.SENT
    said = post.sandbox.mails[0].body().replace("\r\n", "\n").split("\n")
    assert said[:2] == [".", ".dot"]
    assert ".   .." in said
    assert all(len(one) <= 998 for one in post.sandbox.mails[0].content.split(b"\r\n"))


def test_addresses_beyond_ascii_go_where_the_server_takes_them(sandbox: Sandbox) -> None:
    post = mail(sandbox)
    assert post.send(address="jürgen@müller.example").fate is Fate.SENT
    assert sandbox.mails[0].recipients == ("jürgen@xn--mller-kva.example",)
    close(post)
    sandbox.smtp.switches.utf8 = False
    assert post.send(address="info@müller.example").fate is Fate.SENT
    assert post.send(address="jürgen@müller.example").fate is Fate.REFUSED
    close(post)


@pytest.mark.parametrize(
    "address", ["eve@x.example>\r\nRCPT TO:<all@x.example", "a b@x.example", "@x.example", "a@" + "ä" * 99]
)
def test_no_address_can_add_a_command(post: Bench, address: str) -> None:
    assert post.send(address=address).fate is Fate.REFUSED
    assert post.sandbox.mails == []


def test_mail_is_encrypted_where_the_server_can(sandbox: Sandbox) -> None:
    sandbox.smtp.switches.starttls = True
    post = mail(sandbox)
    assert post.send().fate is Fate.SENT
    assert sandbox.mails[0].encrypted
    assert sandbox.mails[0].login == "alignd"
    close(post)


def test_mail_is_encrypted_from_the_start_where_the_file_says_so(sandbox: Sandbox) -> None:
    post = mail(sandbox, smtp=sandbox.smtp.secure_url())
    assert post.send().fate is Fate.SENT
    assert sandbox.mails[0].encrypted
    close(post)
    plain = mail(sandbox, smtp=sandbox.smtp.url.replace("smtp:", "smtps:"))
    delivery = plain.send()
    assert delivery.fate is Fate.REFUSED
    assert "does not speak TLS" in delivery.why


@pytest.mark.parametrize("starttls", [False, True])
def test_beyond_this_machine_no_password_leaves_in_clear_or_to_a_stranger(sandbox: Sandbox, starttls: bool) -> None:
    """127.1 leads to this machine, which only the system's resolver knows."""
    sandbox.smtp.switches.starttls = starttls
    post = mail(sandbox, smtp=sandbox.smtp.url.replace("127.0.0.1", "127.1"))
    delivery = post.send()
    assert delivery.fate is Fate.REFUSED
    assert ("certificate" if starttls else "no encryption") in delivery.why
    assert "AUTH" not in verbs(post)
    assert sandbox.mails == []


def test_without_a_login_none_is_made(sandbox: Sandbox) -> None:
    post = mail(sandbox, user=None, password=None)
    sandbox.smtp.switches.users = {}
    assert post.send().fate is Fate.SENT
    assert "AUTH" not in verbs(post)
    close(post)


@pytest.mark.parametrize("login_by", [("PLAIN",), ("LOGIN",)])
def test_either_way_of_signing_in_works(sandbox: Sandbox, login_by: tuple[str, ...]) -> None:
    sandbox.smtp.switches.login_by = login_by
    post = mail(sandbox)
    assert post.send().fate is Fate.SENT
    close(post)


def test_a_login_that_cannot_be_checked_now_is_later(post: Bench) -> None:
    post.sandbox.faults.add("smtp", "status", method="AUTH", status=454, times=None)
    assert post.send().fate is Fate.LATER


def test_doctor_names_who_has_no_address(post: Bench) -> None:
    findings = post.channel.examine([THANDI, NEO])
    assert [(one.where, one.ok) for one in findings] == [("mail", True), ("mail people.neo", True)]
    assert verbs(post)[-1] != "MAIL"
    post.sandbox.smtp.stop()
    assert not post.channel.examine([THANDI])[0].ok
