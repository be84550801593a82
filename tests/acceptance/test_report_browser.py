"""The report's file in Debian's chromium: its policy lets its style through, nothing scrolls sideways, it prints."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

from sync.unified import report_page
from tests.unit.report_samples import NOVEMBER, hostile


def _opened(page: Page, file: Path) -> tuple[list[str], list[str]]:
    """What the browser complained of, and what it asked for."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("request", lambda one: asked.append(one.url))
    page.goto(file.as_uri())
    return said, asked


def test_the_file_shows_itself_on_a_desk_a_phone_and_paper(browser: Browser, tmp_path: Path) -> None:
    long = "W" * 300 + "<script>document.title='gone'</script>"
    for name, text in (("plain", report_page(NOVEMBER)), ("hostile", report_page(hostile(long)))):
        file = tmp_path / f"{name}.html"
        file.write_text(text, encoding="utf-8")
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark")
            said, asked = _opened(page, file)
            assert said == []  # a refused style, script or picture would be told here
            assert asked == [file.as_uri()]
            assert page.title() != "gone"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 19, 25)"
            if width == 1280:
                assert page.pdf(format="A4").startswith(b"%PDF")
            page.close()
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((tmp_path / "plain.html").as_uri())
    for words in ("Website sessions were 8,200", "Thandi decides what to do by Wed 25 Nov"):
        box = page.get_by_text(words, exact=False).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800  # on the first screen
    page.close()
