"""The plays of `hotline demo`, watched: to the end, paused, and taken over."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.running import running

NIGHT_MS = 240_000


@pytest.fixture
def address(tmp_path, browser):
    """As a visitor has it: what is played is a process beside the line's own."""
    with running(tmp_path) as url:
        yield url


def test_the_played_night_to_its_end(visitor):
    visitor.clicks("Play a night")
    strip = visitor.page.locator(".strip.playing")
    expect(strip).to_contain_text("Ana asks for help", timeout=60_000)
    visitor.phone("Ana").shows("in danger")
    expect(visitor.page.locator("#notes")).to_contain_text("The night is over", timeout=NIGHT_MS)
    expect(strip).to_be_hidden()


def test_an_emergency_is_paused_and_taken_over(visitor):
    visitor.clicks("Play an emergency")
    eve = visitor.phone("Eve").shows("CALL 911 NOW")
    visitor.clicks("Pause")
    expect(visitor.page.locator(".strip")).to_contain_text("paused", timeout=PATIENCE_MS)
    visitor.clicks("Go on")
    visitor.clicks("Take over")
    expect(visitor.page.locator(".strip")).to_be_hidden(timeout=PATIENCE_MS)
    eve.texts("he is awake now")
