"""The dashboard over real HTTP on loopback: what its pages say, how often a store is read, whom it lets in."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config import Config
from connectors.sandbox.server import Sandbox
from sync.app import open_app
from sync.service import web as web_pages
from sync.service.dashboard import door as doors
from sync.service.dashboard.export import export
from sync.service.dashboard.gate import COOKIE, Gate, Pass, trouble_of
from sync.service.dashboard.pages import PAGES
from sync.service.dashboard.rendering import web
from sync.service.logs import configure_logs, release_logs
from sync.service.pages import Pages
from sync.service.state import Phase, ServiceState
from sync.steps import Problem
from sync.store import Store
from sync.unified.in_code import coded
from tests.integration.team import Clock
from tests.unit.dashboard_house import EIGHT, HOSTILE, TOKEN, House, a_team
from tests.unit.service_samples import config_of, text

EVERY_PAGE = ("/", "/kpi/sessions", "/kpi/odd", "/report", "/review/2026-11-19", "/decisions", "/definitions")
PUBLIC = "https://alignd.saypro.example"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    clock = Clock(EIGHT)
    with Sandbox(clock) as sandbox:
        team = a_team(tmp_path_factory.mktemp("team"), sandbox, clock)
        [task] = [one for one in team.tasks() if "sessions" in one.name.casefold()]
        team.person().rename(task.gid, f"Sessions {HOSTILE}")
        team.later(hours=1).sync()
        yield team.config()


@pytest.fixture(scope="module")
def open_house(config: Config) -> Iterator[House]:
    """Shared by tests that only look."""
    with House([config]).open() as house:
        yield house


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_page_tells_what_is_off_target_why_and_who_does_what(open_house: House) -> None:
    page = open_house.ask("/").text
    assert "<h1>Off target: Website sessions and " in page
    assert "<strong>8,200</strong>" in page
    assert "agreed 12,000 or more" in page
    assert "below, second week" in page
    card = page[page.index('<section id="off"') : page.index('<section id="ask"')]
    assert "Thandi Mokoena" in card
    assert "due Wed 25 Nov" in card
    assert 'rel="noreferrer noopener external"' in card
    assert "Marketing weekly" in page
    assert "Grow &lt;b&gt;in&lt;/b&gt; Gauteng" in page


def test_a_kpis_page_says_why_in_the_words_of_the_command(open_house: House, config: Config) -> None:
    with open_app(config, at=open_house.now) as app:
        why = app.why("sessions", None)
        numbers = app.history("sessions", None)
    page = unescaped(open_house.ask("/kpi/sessions").text)
    assert why.answer in page
    for line in (one for part in why.sections if part.title != "The last periods" for one in part.lines):
        assert " ".join(line.text.split()) in page
    for row in numbers.rows:
        assert f'scope="row">{row.period.said}</th>' in page
        assert row.number.said in page


def test_a_report_for_a_review_is_about_its_kpis_and_leads_back_to_their_pages(open_house: House) -> None:
    page = open_house.ask("/review/2026-11-19").text
    assert "Marketing weekly" in page
    assert 'href="../kpi/sessions"' in page
    assert "@root@" not in page


def test_words_from_sources_and_people_are_never_markup(open_house: House) -> None:
    for path in EVERY_PAGE:
        page = open_house.ask(path).text
        assert "<img" not in page, path
        assert "alert(1)&gt;" in page or "onerror" not in page, path
        assert "<script>alert" not in page
        assert ">49<" not in page


class Shape(HTMLParser):
    """What of a page the content policy would forbid or a reader could not follow."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.landmarks: set[str] = set()
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self._script = tag == "script"
        self.wrong += [f"{tag} {name}" for name in known if name == "style" or name.startswith("on")]
        self.wrong += ["a style within"] if tag == "style" else []
        self.wrong += ["an image or frame"] if tag in ("img", "iframe", "object", "embed", "base") else []
        for name in ("src", "href", "action", "xlink:href"):
            scheme = urlsplit(known.get(name) or "").scheme
            if scheme and not (tag == "a" and scheme in ("http", "https") and "noreferrer" in (known.get("rel") or "")):
                self.wrong.append(f"{tag} {name} {known[name]}")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if known.get("id"):
            self.ids.append(str(known["id"]))
        self.landmarks.add(tag)

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.wrong.append("a script within")


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_page_needs_no_exception_of_the_content_policy_and_reads_in_order(open_house: House, path: str) -> None:
    answer = open_house.ask(path)
    shape = Shape()
    shape.feed(answer.text)
    assert answer.status == 200
    assert shape.wrong == []
    assert shape.headings[0] == 1
    assert shape.headings.count(1) == 1
    if not path.startswith("/re"):  # a report has its own tests
        assert all(later - before <= 1 for before, later in pairwise(shape.headings))
    assert len(shape.ids) == len(set(shape.ids))
    assert {"header", "nav", "main", "footer"} <= shape.landmarks
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")


def test_what_alignd_needs_somebody_for_is_said_with_its_advice_and_without_a_secret(config: Config) -> None:
    house = House([config], secrets=("canary-5b1e77d0",))
    trouble = Problem("asana", "refused canary-5b1e77d0 \u202eby it", "make a new token")
    house.state.change(str(config.path), problems=(trouble,), clock_trouble="it went back")
    with house.open():
        page = house.ask("/").text
    assert "make a new token" in page
    assert "needs somebody" in page
    assert "canary" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://", "http://a b", "ftp://a", "", None]
)
def test_only_addresses_of_the_web_may_be_followed(url: str | None) -> None:
    assert web(url) == ""
    assert web("https://app.asana.com/0/1") == "https://app.asana.com/0/1"


def test_what_is_written_in_the_file_is_shown_as_code_and_still_escaped() -> None:
    assert coded("Add `a<b` to <c>") == "Add <code>a&lt;b</code> to &lt;c&gt;"


def unescaped(page: str) -> str:
    import html

    return html.unescape(re.sub(r"\s+", " ", page))


# ── a store is read once a look and a page ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every time that a store is opened."""
    opened: list[str] = []
    really = Store.open.__func__  # type: ignore[attr-defined]

    def counted(_: type[Store], /, url: str, **wanted: object) -> Store:
        opened.append(url)
        assert wanted.get("create") is False  # to read
        return really(Store, url, **wanted)  # type: ignore[no-any-return]

    monkeypatch.setattr(Store, "open", classmethod(counted))
    return opened


def test_a_store_is_read_once_a_look_and_a_page_however_many_ask(config: Config, readings: list[str]) -> None:
    with House([config]).open() as house, ThreadPoolExecutor(8) as askers:
        answers = list(askers.map(lambda _: house.ask("/").status, range(12)))
        assert answers == [200] * 12
        assert len(readings) == 1
        house.ask("/decisions")
        assert len(readings) == 2
        house.now += timedelta(hours=1)
        house.ask("/")
        assert len(readings) == 2
        house.looked(number=2)
        house.ask("/")
        house.ask("/")
        assert len(readings) == 3


def test_where_another_service_looks_the_store_is_read_at_most_once_a_minute(
    config: Config, readings: list[str]
) -> None:
    house = House([config])
    house.state.change(str(config.path), phase=Phase.STANDING_BY, holder="another")
    with house.open():
        assert "another service looks after it" in house.ask("/").text
        house.now += timedelta(seconds=20)
        house.ask("/")
        assert len(readings) == 1
        house.now += timedelta(minutes=1)
        house.ask("/")
        assert len(readings) == 2


def test_a_page_that_says_the_same_is_not_sent_again(open_house: House) -> None:
    first = open_house.ask("/")
    version = first.headers["etag"]
    assert f"data-version={version}" in first.text
    for said in (version, f"W/{version}", f'"other", {version}'):
        again = open_house.ask("/", If_None_Match=said)
        assert (again.status, again.text, again.headers["etag"]) == (304, "", version)
    for said in ("*", '"other"', '"' * 3000, "\x80\xff", version * 200):
        assert open_house.ask("/", If_None_Match=said).status == 200
    assert (
        open_house.ask("/static/live.js", If_None_Match=open_house.ask("/static/live.js").headers["etag"]).status == 304
    )
    assert open_house.ask("/", "HEAD").text == ""


def test_a_new_look_gives_another_version(config: Config) -> None:
    with House([config]).open() as house:
        version = house.ask("/").headers["etag"]
        house.now += timedelta(minutes=1)
        house.state.change(str(config.path), problems=(Problem("asana", "section gone", "make it"),))
        fresh = house.ask("/", If_None_Match=version)
    assert fresh.status == 200
    assert "section gone" in fresh.text


# ── what cannot be shown ─────────────────────────────────────────────────────────────────────────────────────────────


def test_before_the_first_look_and_when_the_store_is_gone_the_page_says_so(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    with House([config], has_looked=False).open() as house:
        early = house.ask("/")
        assert early.status == 200
        assert "Nothing has been looked at yet" in early.text
        assert not (tmp_path / "saypro.db").exists()
        house.looked(number=4)
        gone = house.ask("/")
        assert gone.status == 503
        assert "The store is gone" in gone.text


def test_a_damaged_store_is_said_with_what_to_do_and_tried_again_later(tmp_path: Path, readings: list[str]) -> None:
    config = config_of(tmp_path)
    (tmp_path / "saypro.db").write_bytes(b"not a database, and long enough to be looked at" * 100)
    with House([config]).open() as house:
        for _ in range(3):
            answer = house.ask("/")
            assert (answer.status, "name another file under store" in answer.text) == (503, True)
        assert len(readings) == 1
        house.now += timedelta(seconds=11)
        house.ask("/")
        assert len(readings) == 2


def test_an_error_nobody_foresaw_is_a_page_in_words(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("canary")

    monkeypatch.setitem(PAGES, "overview", replace(PAGES["overview"], read=fails))  # type: ignore[arg-type]
    with House([config]).open() as house:
        answer = house.ask("/")
        assert house.ask("/healthz").status == 200
    assert answer.status == 500
    assert "ZeroDivisionError in" in answer.text
    assert "Traceback" not in answer.text
    assert "canary" not in answer.text


def test_a_slow_store_holds_up_its_page_and_nothing_else(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    really = PAGES["overview"]

    def slow(*said: object) -> object:
        goes_on.wait(10)
        return really.read(*said)  # type: ignore[arg-type]

    monkeypatch.setitem(PAGES, "overview", replace(really, read=slow))  # type: ignore[arg-type]
    monkeypatch.setattr(doors, "PATIENCE", 0.2)
    with House([config]).open() as house:
        assert house.ask("/").status == 503
        began = time.monotonic()
        assert house.ask("/healthz").status == 200
        assert house.ask("/static/live.js").status == 200
        assert time.monotonic() - began < 1
        goes_on.set()
        assert wait_until(lambda: house.ask("/").status == 200)


def wait_until(holds: Callable[[], bool], within: float = 10.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_a_connection_on_which_nothing_is_said_makes_room(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_pages, "_HEADERS_WITHIN", 0.2)
    monkeypatch.setattr(web_pages, "_ANSWERED_WITHIN", 0.3)
    with House([config], token=TOKEN).open() as house:
        address = urlsplit(house.server.url)
        for said in (b"", b"GET / HTTP/1.1\r\nHost: 127.0", login_of(address.netloc, b"token=")):
            with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5) as silent:
                silent.sendall(said)
                while silent.recv(10_000):  # it is closed, or this would time out
                    pass


def login_of(host: str, begun: bytes) -> bytes:
    head = f"POST /login HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Length: 100\r\n\r\n"
    return head.encode() + begun


# ── paths ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    [
        "/kpi/../../etc/passwd", "/kpi/..%2f..%2fetc%2fpasswd", "/kpi/%2e%2e/x", "/kpi/sessions%00",
        "/kpi/" + "x" * 5000,
        "/kpi/unknown", "/kpi/", "/kpi", "/kpi/sessions/more", "//kpi/sessions", "/kpi\\sessions", "/static/../site.py",
        "/static/live.py", "/static/..%5cgate.py", "/review/2026-11-18", "/review/9999-99-99", "/review/2126-11-19",
        "/review/%EF%BC%92026-11-19", "/w/other/", "/w/saypro/../other", "/%77/saypro", "/definitions/../x",
        "/Kpi/sessions",
    ],
)  # fmt: skip
def test_paths_that_mean_nothing_are_answered_in_words(open_house: House, path: str) -> None:
    answer = open_house.ask(path)
    assert answer.status == 404
    assert "traceback" not in answer.text.casefold()
    assert "/work" not in answer.text


def test_a_page_may_be_asked_for_with_a_slash_at_its_end_and_its_links_still_lead_home(open_house: House) -> None:
    assert 'href="../../static/dashboard.css"' in open_house.ask("/kpi/sessions/").text
    assert 'href="../static/dashboard.css"' in open_house.ask("/kpi/sessions").text


@pytest.mark.parametrize(("path", "method"), [("/", "POST"), ("/kpi/sessions", "PUT"), ("/login", "DELETE")])
def test_there_is_nothing_to_write(open_house: House, path: str, method: str) -> None:
    assert open_house.ask(path, method).status == 405


# ── several workspaces ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two(tmp_path: Path) -> list[Config]:
    other = text("other").replace("  deals:", "  wins:")
    return [config_of(tmp_path, "a.yaml", text("saypro")), config_of(tmp_path, "b.yaml", other)]


def test_several_workspaces_are_listed_and_each_has_its_own_place(two: list[Config]) -> None:
    with House(two, has_looked=False).open() as house:
        front = house.ask("/")
        assert all(f'href="./w/{one}/"' in front.text for one in ("saypro", "other"))
        assert "saypro" in house.ask("/w/saypro/").text
        assert 'href="./../../"' in house.ask("/w/saypro/").text
        assert house.ask("/w/saypro").headers["location"] == "saypro/"
        assert house.ask("/w/third/").status == 404
        assert house.ask("/w/saypro/kpi/wins").status == 404


def test_a_link_in_a_task_finds_the_workspace_that_has_such_a_kpi_or_asks_which(two: list[Config]) -> None:
    with House(two, has_looked=False).open() as house:
        found = house.ask("/kpi/wins")
        assert (found.status, found.headers["location"]) == (307, "../w/other/kpi/wins")
        asked = house.ask("/decisions")
        assert "Of which team?" in asked.text
        assert 'href="./w/other/decisions"' in asked.text
        assert house.ask("/kpi/nobodys").status == 404


@pytest.mark.parametrize(
    ("public", "host", "path", "root"),
    [
        ("https://kpi.example", "kpi.example", "/kpi/deals", "../"),
        ("https://kpi.example/teams/alignd", "kpi.example", "/teams/alignd/kpi/deals", "../"),
        ("https://kpi.example/teams/alignd/", "kpi.example", "/kpi/deals", "/teams/alignd/"),
        ("https://kpi.example/teams/alignd", "127.0.0.1", "/teams/alignd/kpi/deals", "../"),
        ("https://kpi.example/w/saypro", "kpi.example", "/w/saypro/kpi/deals", "../"),
    ],
)
def test_a_link_in_a_task_works_whether_a_proxy_takes_its_prefix_off_or_not(
    two: list[Config], public: str, host: str, path: str, root: str
) -> None:
    with House(two, public={"saypro": public}, token=TOKEN, has_looked=False).open() as house:
        answer = house.ask(path, Host=host, Authorization=f"Bearer {TOKEN}")
    assert answer.status == 200
    assert f'href="{root}static/dashboard.css"' in answer.text


# ── the way in ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(doors, "SLOWED", 0.0)
    with House([config], public={"saypro": PUBLIC}, token=TOKEN).open() as house:
        yield house


def test_at_this_machine_nothing_is_asked_for(open_house: House) -> None:
    for host in ("localhost:1", "127.0.0.1", "[::1]:8787"):
        assert open_house.ask("/", Host=host).status == 200


@pytest.mark.parametrize("headers", [{"Host": "10.1.2.3:8787"}, {"X_Forwarded_For": "10.1.2.3"}, {"Via": "1.1 x"}])
def test_from_elsewhere_a_page_says_how_to_set_a_token_and_nothing_else(
    open_house: House, headers: dict[str, str]
) -> None:
    answer = open_house.ask("/kpi/sessions", "GET", None, **headers)
    assert answer.status == 403
    assert "ALIGND_DASHBOARD_TOKEN" in answer.text
    assert "sessions" not in answer.text.casefold()
    assert open_house.ask("/healthz", "GET", None, **headers).status == 200


def test_a_public_address_asks_for_the_token_even_of_a_proxy_that_says_it_is_this_machine(guarded: House) -> None:
    for host in ("127.0.0.1", "alignd.saypro.example"):
        answer = guarded.ask("/", Host=host)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "8,200" not in answer.text


def test_a_program_sends_the_token_in_a_header_and_never_in_an_address(guarded: House) -> None:
    assert guarded.ask("/", Authorization=f"Bearer {TOKEN}").status == 200
    assert guarded.ask("/", Authorization=f"bearer  {TOKEN} ").status == 200
    assert guarded.ask(f"/?token={TOKEN}").status == 401
    assert guarded.ask("/", Cookie=f"{COOKIE}={TOKEN}").status == 401
    assert guarded.ask("/", Authorization=f"Basic {TOKEN}").status == 401


def test_signing_in_sets_a_cookie_that_is_not_the_token_and_leads_on(guarded: House) -> None:
    host = "alignd.saypro.example"
    form = guarded.ask("/kpi/sessions", Host=host)
    assert form.headers["referrer-policy"] == "same-origin"
    assert 'name="to" value="kpi/sessions"' in form.text
    answer = guarded.sign_in(TOKEN, to="kpi/sessions", Host=host, Origin=PUBLIC, Sec_Fetch_Site="same-origin")
    assert (answer.status, answer.headers["location"]) == (303, "./kpi/sessions")
    cookie = answer.headers["set-cookie"]
    assert all(one in cookie for one in ("; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/;"))
    assert TOKEN not in cookie
    named = cookie.partition(";")[0]
    page = guarded.ask("/", Host=host, Cookie=f"other=1; {named}")
    assert page.status == 200
    assert "Sign out" in page.text
    out = guarded.sign_in("", "/logout", Host=host, Origin=PUBLIC, Cookie=named)
    assert (out.status, "Max-Age=0" in out.headers["set-cookie"]) == (303, True)


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil", "../../x", "\r\nX: 1", "a?b=c"])
def test_signing_in_never_leads_elsewhere(guarded: House, to: str) -> None:
    assert guarded.sign_in(TOKEN, to=to).headers["location"] == "./"


def test_a_cookie_ends_and_cannot_be_made_without_the_token(guarded: House) -> None:
    value = Gate(TOKEN, beyond=True).session(guarded.now)
    until, _, seal = value.partition(".")
    assert guarded.ask("/", Cookie=f"{COOKIE}={value}").status == 200
    for forged in (
        f"{int(until) + 1}.{seal}",
        f"{until}.",
        f"{until}.{seal[:-1]}x",
        "",
        ".",
        f"{'9' * 5000}.{seal}",
        "é",
    ):
        assert guarded.ask("/", Cookie=f"{COOKIE}={forged}").status == 401
    other = Gate("another-token-of-some-length", beyond=True).session(guarded.now)
    assert guarded.ask("/", Cookie=f"{COOKIE}={other}").status == 401
    guarded.now += timedelta(days=31)
    assert guarded.ask("/", Cookie=f"{COOKIE}={value}").status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://alignd.saypro.example.evil.example"},
    ],
)
def test_a_form_of_another_site_signs_nobody_in(guarded: House, headers: dict[str, str]) -> None:
    answer = guarded.sign_in(TOKEN, **headers)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_a_form_without_its_origin_or_too_long_is_refused(guarded: House) -> None:
    assert guarded.ask("/login", "POST", b"token=x").status == 403
    assert guarded.sign_in("x" * 5000).status == 413
    host = guarded.server.url.removeprefix("http://")
    assert guarded.ask("/login", "POST", b"\xff\xfe&" * 20, Origin=f"http://{host}").status == 413


def test_after_ten_wrong_tokens_in_a_minute_none_is_looked_at(guarded: House) -> None:
    session = Gate(TOKEN, beyond=True).session(guarded.now)
    for _ in range(5):
        assert guarded.sign_in("wrong-wrong-wrong-wrong").status == 401
        assert guarded.ask("/", Authorization="Bearer wrong-wrong").status == 401
    answer = guarded.sign_in(TOKEN)
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61
    assert guarded.ask("/", Cookie=f"{COOKIE}={session}").status == 200  # whoever is in stays in


@pytest.mark.parametrize(
    ("token", "trouble"), [("short", "at least 16"), ("with blanks in it, long", "blanks"), ("ö" * 20, "ASCII")]
)
def test_a_token_that_is_none_opens_nothing_and_says_why(config: Config, token: str, trouble: str) -> None:
    assert trouble in str(trouble_of(token))
    with House([config], public={"saypro": PUBLIC}, token=token).open() as house:
        answer = house.ask("/", Authorization=f"Bearer {token.encode().decode('latin-1')}")
        assert (answer.status, trouble in answer.text) == (403, True)
        assert token not in answer.text.replace("ALIGND_DASHBOARD_TOKEN=", "")


def test_published_pages_are_open_here_until_there_is_a_token_and_never_to_a_proxy(config: Config) -> None:
    with House([config], public={"saypro": PUBLIC}).open() as house:
        assert house.ask("/").status == 200
        assert house.ask("/", Host="alignd.saypro.example").status == 403
        assert house.ask("/", X_Forwarded_For="10.1.2.3").status == 403
    gate = Gate(None, beyond=False)
    near = {"host": "127.0.0.1:8787"}
    assert gate.passes(near, published=True, now=EIGHT) is Pass.OPEN
    assert gate.passes(near, published=True, now=EIGHT, http="1.0") is Pass.CLOSED  # nginx, as it comes


def test_files_and_probes_need_no_token(guarded: House) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/static/dashboard.css", "/static/live.js"):
        assert guarded.ask(path).status == 200


def test_the_log_says_once_that_people_elsewhere_see_nothing(tmp_path: Path) -> None:
    said = StringIO()
    rest = "\ndaemon: {http: '127.0.0.1:0', public_url: 'https://alignd.saypro.example'}\n"
    config = config_of(tmp_path, said=text(rest=rest))
    pages = Pages(ServiceState(EIGHT), configure_logs(said, "json", tuple), tuple, environ={})
    try:
        pages.keep([config])
        pages.keep([config])
    finally:
        pages.close()
        release_logs()
    assert said.getvalue().count("dashboard_closed") == 1


# ── as files ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pages_as_files_lead_to_each_other_and_need_nothing_else(config: Config, tmp_path: Path) -> None:
    with open_app(config, at=EIGHT + timedelta(hours=2)) as app:
        first = export(app, tmp_path / "pages")
    pages = sorted((tmp_path / "pages").rglob("*.html"))
    assert first in pages
    assert len(pages) >= 5
    for page in pages:
        said = page.read_text()
        assert "<script" not in said
        for link in re.findall(r'(?:href|src)="([^"#]+)', said):
            if not urlsplit(link).scheme:
                assert (page.parent / link).is_file(), (page, link)


def test_of_very_many_kpis_those_that_press_have_a_card_and_the_first_rows_a_line(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.service.dashboard.pages.CARDS", 1)
    monkeypatch.setattr("sync.service.dashboard.pages.LINES", 1)
    monkeypatch.setattr("sync.unified.drawn.AT_MOST", 1)
    with House([config]).open() as house:
        page, report = house.ask("/").text, house.ask("/report").text
    assert page.count('<article class="card">') == 1
    assert re.search(r"The 1 that press most, of \d", page)
    rows = page[page.index('<section id="kpis"') : page.index('<section id="work"')]
    assert (rows.count('<tr role="row" class='), rows.count('class="chart"')) == (len(config.kpis), 1)
    assert f"1 of {len(config.kpis)} KPIs are drawn: those off target first" in report
    assert report.count('class="kpi sheet"') == 1
    assert all(f'id="kpi-{kpi}"' in report for kpi in config.kpis)


def test_every_answer_read_at_once_is_the_one_that_why_gives(config: Config) -> None:
    with open_app(config, at=EIGHT + timedelta(hours=2)) as app, app.one_look():
        assert app.answers(list(config.kpis)) == {kpi: app.why(kpi, None).answer for kpi in config.kpis}


def test_what_is_kept_of_pages_has_an_end(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.service.dashboard.site.KEPT", 30_000)
    monkeypatch.setattr("sync.service.dashboard.site.KPIS_KNOWN", len(config.kpis))
    with House([config]).open() as house:
        for path in EVERY_PAGE * 2:
            assert house.ask(path).status == 200
        kept, known = house.site._made.values(), house.site._known
    assert sum(len(one.body) for one in kept) == house.site._size
    assert len(kept) == 1 or house.site._size <= 30_000
    assert len(known) <= 2  # one, and the one that was being read when it came
