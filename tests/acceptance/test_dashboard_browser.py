"""The dashboard in Debian's chromium: nothing from elsewhere, no complaint, live, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

from connectors.sandbox.server import Sandbox
from sync.steps import Problem
from tests.integration.team import Clock, Team
from tests.unit.dashboard_house import EIGHT, TOKEN, House, a_team

PAGES = ("", "kpi/sessions", "report", "decisions", "definitions")


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    clock = Clock(EIGHT)
    with Sandbox(clock) as sandbox:
        yield a_team(tmp_path_factory.mktemp("team"), sandbox, clock)


@pytest.fixture(scope="module")
def house(team: Team) -> Iterator[House]:
    with House([team.config()], every=0.25).open() as opened:
        yield opened


@dataclass
class Heard:
    """What the browser had to say, and what it asked for elsewhere."""

    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@contextmanager
def looking(browser: Browser, house: House, **how: Any) -> Iterator[tuple[Page, Heard]]:
    """A page of a new person. At the end nothing may have been asked for elsewhere, and nothing complained of."""
    context, heard = browser.new_context(**how), Heard()

    def own_only(route: Route) -> None:
        if route.request.url.startswith(house.server.url):
            route.continue_()
        else:
            heard.elsewhere.append(route.request.url)
            route.abort()

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.complaints.append(message.text)

    context.route("**/*", own_only)
    page = context.new_page()
    page.on("console", said)
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.set_default_timeout(10_000)
    try:
        yield page, heard
        assert heard.elsewhere == []
        assert heard.complaints == []
    finally:
        context.close()


def overflows(page: Page) -> bool:
    """One would have to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_asks_for_anything_elsewhere_complains_or_is_too_wide_for_a_phone(
    browser: Browser, house: House, scheme: str
) -> None:
    with looking(browser, house, viewport={"width": 390, "height": 800}, color_scheme=scheme) as (page, _):
        for path in PAGES:
            page.goto(f"{house.server.url}/{path}")
            assert not overflows(page), path
            assert page.evaluate("document.documentElement.querySelectorAll('[style]').length") == 0
            assert contrast(page) >= 4.5, (path, scheme)


def contrast(page: Page) -> float:
    """The least contrast of a text against the colour it stands on (WCAG 2)."""
    return float(
        page.evaluate(
            """() => {
        const parts = (said) => (said.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
        const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((one) => { const c = one / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
        const ground = (one) => { for (let at = one; at; at = at.parentElement) {
            const found = parts(getComputedStyle(at).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found; } return [255, 255, 255]; };
        let least = 21;
        for (const one of document.querySelectorAll("main *, header *, #main *")) {
            const said = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            if (!said || one.closest("svg") || one.closest(".hidden") || !one.getClientRects().length) continue;
            const [a, b] = [light(parts(getComputedStyle(one).color)), light(ground(one))];
            least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
        }
        return least;
    }"""
        )
    )


def test_a_new_look_is_shown_and_said_without_loading_anew(browser: Browser, house: House) -> None:
    with looking(browser, house, viewport={"width": 1280, "height": 700}) as (page, _):
        page.goto(house.server.url)
        page.evaluate("window.stays = 'the same page'")
        page.locator("#cycles summary, #gaps summary").first.click()
        page.locator("#kpis a").first.focus()
        page.evaluate("scrollTo(0, 400)")
        before = page.evaluate("scrollY")
        house.state.change(str(house.configs[0].path), problems=(Problem("asana", "section gone", "make it again"),))
        house.looked(number=house.number + 1)
        page.get_by_text("make it again").wait_for()
        assert page.evaluate("window.stays") == "the same page"
        assert page.evaluate("scrollY") == before
        assert page.evaluate("document.activeElement.closest('#kpis') !== null")
        assert page.locator("details[open]").count() == 1
        assert "Updated" in str(page.locator("#live").text_content())


def test_a_lost_connection_is_said_and_a_hidden_page_asks_for_nothing(browser: Browser, house: House) -> None:
    with looking(browser, house) as (page, heard):
        page.goto(house.server.url)
        page.context.set_offline(True)
        page.locator(".lost #live").wait_for()
        assert "Connection lost" in str(page.locator("#live").text_content())
        page.context.set_offline(False)
        page.locator("html:not(.lost)").wait_for(state="attached")  # not by a function: the policy knows no eval
        heard.complaints.clear()  # the browser's own words about being offline
        asked: list[str] = []
        page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
        page.wait_for_timeout(400)
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(700)
        assert asked == []


def test_the_pages_are_whole_without_a_script_and_when_letters_are_twice_as_large(
    browser: Browser, house: House
) -> None:
    with looking(browser, house, java_script_enabled=False, viewport={"width": 1280, "height": 800}) as (page, _):
        page.goto(house.server.url)
        assert page.get_by_role("heading", level=1).inner_text().startswith("Off target: Website sessions")
        assert page.get_by_role("table").first.locator("tbody tr").count() == 2
        page.get_by_role("link", name="Website sessions", exact=True).first.click()
        assert page.get_by_role("heading", name="Why it is so").is_visible()
    with looking(browser, house, viewport={"width": 640, "height": 400}) as (page, _):  # 1280 at 200 %
        page.goto(house.server.url)
        assert not overflows(page)


def test_everything_can_be_reached_with_the_keyboard_and_the_focus_is_seen(browser: Browser, house: House) -> None:
    with looking(browser, house) as (page, _):
        page.goto(house.server.url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(() => { const one = getComputedStyle(document.activeElement); return [document.activeElement.tagName,"
            " one.outlineStyle, parseFloat(one.outlineWidth)]; })()"
        )
        assert seen[0] == "A"
        assert seen[1] != "none"
        assert seen[2] >= 2
        page.keyboard.press("Enter")
        page.wait_for_url("**/kpi/**")


def test_signing_in_with_the_form_opens_the_page_that_was_asked_for(browser: Browser, team: Team) -> None:
    closed = House([team.config()], public={"saypro": "https://alignd.saypro.example"}, token=TOKEN, every=5)
    with closed.open(), looking(browser, closed) as (page, heard):
        page.goto(f"{closed.server.url}/kpi/sessions")
        page.get_by_label("Token").fill("not-the-token-at-all")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("This is not the token").wait_for()
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Website sessions").wait_for()
        assert TOKEN not in page.url
        assert page.evaluate("document.cookie") == ""
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("Token").wait_for()
        heard.complaints = [one for one in heard.complaints if "401" not in one]  # the browser's word for signing in
