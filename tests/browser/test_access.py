"""For everybody: axe finds nothing serious, on large and small screens, light and dark; keys alone are enough."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import hotline.simulator
from tests.browser.conftest import LARGE, PATIENCE_MS, SMALL, Visitor

PAGE = Path(hotline.simulator.__file__).parent / "page"


def wrong(visitor):
    found = Axe().run(visitor.page).response["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_axe_finds_nothing_serious(browser, address):
    """One line, and a night under way on it: four screens look at the same."""
    for scheme in ("light", "dark"):
        for size in (LARGE, SMALL):
            context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
            visitor = Visitor(context.new_page(), address).opens()
            assert wrong(visitor) == [], (scheme, size, "as it opens")
            if visitor.page.locator(".begin").count():
                visitor.clicks("Text: I want help")
                visitor.phone("Ana").chooses("NO")
            expect(visitor.panel if size is LARGE else visitor.page.locator("#tabs")).to_be_visible()
            visitor.page.wait_for_timeout(1500)
            assert wrong(visitor) == [], (scheme, size, "a night")
            ana = visitor.phone("Ana")
            ana.element.get_by_role("button", name="What happens to the phone of Ana").click()
            assert wrong(visitor) == [], (scheme, size, "a phone's fate")
            ana.clicks("Close")
            ana.calls("Cy")
            expect(ana.element.get_by_role("button", name="Hang up")).to_be_visible(timeout=PATIENCE_MS)
            assert wrong(visitor) == [], (scheme, size, "a call")
            ana.clicks("Hang up")
            visitor.clicks("More phones")
            assert wrong(visitor) == [], (scheme, size, "more phones")
            visitor.page.keyboard.press("Escape")
            visitor.clicks("The telephone company")
            assert wrong(visitor) == [], (scheme, size, "the telephone company")
            visitor.page.keyboard.press("Escape")
            if size is SMALL:
                visitor.clicks("The line")
                expect(visitor.panel).to_be_visible()
            visitor.panel.get_by_role("button", name="The whole flow").click()
            assert wrong(visitor) == [], (scheme, size, "the whole flow")
            context.close()
            assert visitor.faults == []


def test_a_real_phone_shows_one_phone_at_a_time_and_nothing_sticks_out(browser, address):
    context = browser.new_context(viewport=SMALL, has_touch=True, reduced_motion="reduce")
    visitor = Visitor(context.new_page(), address).opens()
    visitor.clicks("Text: I want help")
    visitor.phone("Ana").shows("in danger").chooses("NO")
    expect(visitor.page.locator(".phone:visible")).to_have_count(1)
    tab = visitor.page.locator("#tabs button", has_text="Bo")
    expect(tab.locator(".badge")).to_contain_text("1", timeout=PATIENCE_MS)
    tab.click()
    visitor.phone("Bo").shows("someone asks to talk").chooses("1 take it")
    for width in (320, 375, 768, 1024, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 640})
        visitor.page.wait_for_timeout(100)
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    context.close()
    assert visitor.faults == []


def test_keys_alone_are_enough(visitor):
    page = visitor.page
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the phones")).to_be_focused()
    page.get_by_role("button", name="Text: I want help").focus()
    page.keyboard.press("Enter")
    ana = visitor.phone("Ana").shows("in danger")
    ana.element.get_by_role("button", name="NO").focus()
    page.keyboard.press("Enter")
    expect(ana.element.get_by_label("Text from Ana")).to_be_focused(timeout=PATIENCE_MS)
    page.keyboard.type("Milford")
    page.keyboard.press("Enter")
    ana.shows("What should we call you")


@pytest.mark.parametrize("limit", [150_000])
def test_the_page_is_small_and_asks_nobody(limit):
    files = [file for file in PAGE.iterdir() if file.is_file()]
    assert sum(file.stat().st_size for file in files) < limit
    for file in files:
        words = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in words.replace("(https?:", ""), file.name
        assert "https://" not in words, file.name
