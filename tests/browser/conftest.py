"""Everybody's phone in a browser: hold one by its name, read what it shows, and click what can be clicked."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.running import ARGUMENTS, chromium
from tests.databases import missing, sqlite_url
from tests.line import Line
from workers import clock

PATIENCE_MS = 15_000
TEAM = {"Bo": "coordinator", "Pat": "coordinator", "Cy": "driver", "Gus": "guide", "Oz": "officer"}
LARGE, SMALL = {"width": 1440, "height": 900}, {"width": 320, "height": 640}


class Held:
    """One phone of the page."""

    def __init__(self, page: Page, name: str) -> None:
        self.name = name
        self.element = page.locator(f'.phone[aria-label^="Phone of {name},"]')

    def shows(self, *words: str) -> Held:
        """A text with all these words has come."""
        bubbles = self.element.locator(".bubble.came:not(.coming):not(.lost)")
        for word in words:
            bubbles = bubbles.filter(has_text=re.compile(re.escape(word), re.IGNORECASE))
        expect(bubbles.first).to_be_visible(timeout=PATIENCE_MS)
        return self

    def chooses(self, answer: str) -> Held:
        """Click one of the answers that the last text offers."""
        self.element.locator(".choice", has_text=answer).click(timeout=PATIENCE_MS)
        return self

    def texts(self, words: str) -> Held:
        """Type it, and Enter."""
        field = self.element.get_by_label(f"Text from {self.name}")
        field.fill(words)
        field.press("Enter")
        own = self.element.locator(".bubble.own", has_text=words).last
        expect(own.locator(".ticks")).to_have_attribute("aria-label", "heard by the line", timeout=PATIENCE_MS)
        return self

    def waiting(self, count: int) -> Held:
        """So many texts wait to be read."""
        badge = self.element.locator(".badge")
        if count:
            expect(badge).to_contain_text(str(count), timeout=PATIENCE_MS)
        else:
            expect(badge).to_be_hidden(timeout=PATIENCE_MS)
        return self

    def calls(self, whom: str) -> Held:
        """Dial somebody of the list."""
        self.element.get_by_role("button", name=f"Call from the phone of {self.name}").click()
        self.element.locator(".dial-one", has_text=whom).click()
        return self

    def is_rung(self) -> Held:
        expect(self.element.get_by_role("button", name="Answer")).to_be_visible(timeout=PATIENCE_MS)
        return self

    def clicks(self, name: str) -> Held:
        """A button of the phone, by its name."""
        self.element.get_by_role("button", name=name, exact=True).click(timeout=PATIENCE_MS)
        return self

    def presses(self, keys: str) -> Held:
        for key in keys:
            self.element.get_by_role("group", name="Keypad").get_by_role("button", name=key, exact=True).click(
                timeout=PATIENCE_MS
            )
        return self

    def hears(self, words: str) -> Held:
        """These words are in the transcript of its call."""
        line = self.element.locator(".transcript .line").filter(has_text=re.compile(re.escape(words), re.IGNORECASE))
        expect(line.first).to_be_visible(timeout=PATIENCE_MS)
        return self

    def says(self, words: str) -> Held:
        """Typed for spoken."""
        field = self.element.get_by_label(f"{self.name} says")
        field.fill(words, timeout=PATIENCE_MS)
        field.press("Enter")
        return self

    def is_with(self, name: str) -> Held:
        """The call says who is at the other end."""
        expect(self.element.locator(".took")).to_contain_text(f"with {name}", timeout=PATIENCE_MS)
        return self


class Visitor:
    """Whoever opened the page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"{error}\n{error.stack}"))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self.asked.append(request.url))

    def opens(self) -> Visitor:
        self.page.goto(self.url)
        expect(self.page.locator(".phone").first).to_be_attached(timeout=PATIENCE_MS)
        return self

    def phone(self, name: str) -> Held:
        return Held(self.page, name)

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("complementary", name="What the line is doing")

    @property
    def now(self) -> str:
        return str(self.page.locator(".clock").text_content())

    def clicks(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of this machine."""
    path = chromium()
    if path is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture
def address(tmp_path: Path, browser: Browser) -> Iterator[str]:
    """A whole line with its team, in this process: its clock does all the work, and moves when it is told to."""
    line = Line(sqlite_url(tmp_path))
    for name, role in TEAM.items():
        line.hires(name, role)
    line.opens()
    stop = threading.Event()
    hands = threading.Thread(target=clock.run, args=(line.house, stop))
    hands.start()
    try:
        yield f"{line.simulator.url}/"
    finally:
        stop.set()
        hands.join()
        line.close()
    assert line.mishaps.found == []


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    """Somebody at a laptop. At the end the page stumbled over nothing, and asked nobody but the simulator."""
    context = browser.new_context(viewport=LARGE, reduced_motion="reduce")
    visitor = Visitor(context.new_page(), address).opens()
    yield visitor
    context.close()
    assert visitor.faults == []
    assert [url for url in visitor.asked if not url.startswith((address, "data:"))] == []
