"""A night by text, done by clicking; time moved forward; what becomes of phones."""

import re
import time

from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS

FIRST_ANSWER_S = 5.0  # a visitor who clicks the one button and sees nothing goes away


def test_a_night_by_clicking(visitor):
    ana, bo, pat = (visitor.phone(name) for name in ("Ana", "Bo", "Pat"))
    began = time.monotonic()
    visitor.clicks("Text: I want help")
    ana.shows("in danger", "YES or NO")
    took = time.monotonic() - began
    assert took < FIRST_ANSWER_S
    print(f"\nthe first answer appeared after {took:.2f} s")
    ana.chooses("NO").shows("What town")
    bo.shows("someone asks to talk").waiting(1).chooses("2 pass").shows("that is fine").waiting(0)
    pat.shows("someone asks to talk")
    expect(visitor.panel.locator(".rung.passed")).to_contain_text("Bo", timeout=PATIENCE_MS)
    expect(visitor.panel.locator(".rung.asked")).to_contain_text("Pat", timeout=PATIENCE_MS)
    pat.chooses("1 take it").shows("You are on with")
    ana.shows("Pat is here now")
    pat.texts("Hi, it's Pat 😀 see https://example.org/beds").element.get_by_role("link").wait_for()
    ana.shows("see https://example.org/beds").texts("🙏")
    pat.shows("🙏")
    expect(ana.element.locator(".words.big")).to_have_text("🙏")
    expect(visitor.panel.locator(".case-head")).to_contain_text("with Pat", timeout=PATIENCE_MS)


def test_time_goes_to_what_happens_next_and_it_is_named(visitor):
    bo, pat = visitor.phone("Bo"), visitor.phone("Pat")
    visitor.clicks("Text: I want help")
    visitor.phone("Ana").chooses("NO")
    bo.shows("someone asks to talk")
    lit = visitor.panel.locator("svg.way text.lit")
    expect(lit).to_have_text("waits", timeout=PATIENCE_MS)
    ahead = visitor.page.locator(".next")
    expect(ahead).to_contain_text(re.compile(r"In \d:\d\d.*Bo.* phone rings"), timeout=PATIENCE_MS)
    ahead.click()
    bo.is_rung().clicks("Let it ring")
    for _ in range(6):
        if pat.element.locator(".bubble.came").count():
            break
        visitor.clicks("Forward 1 minute")
    pat.shows("someone asks to talk")
    expect(visitor.panel.locator(".rung.silent")).to_contain_text("Bo", timeout=PATIENCE_MS)
    expect(visitor.panel.locator(".history")).to_contain_text(re.compile("answer", re.IGNORECASE))
    assert visitor.now.startswith("12:")  # the line's clock: noon, and some minutes
    visitor.clicks("Forward 1 hour")
    expect(visitor.page.locator(".clock")).to_have_text(re.compile(r"^1:"), timeout=60_000)


def test_a_phone_that_is_off_and_one_that_is_added(visitor):
    bo = visitor.phone("Bo")
    bo.element.get_by_role("button", name="What happens to the phone of Bo").click()
    bo.element.get_by_label("This phone is").select_option(label="switched off")
    expect(bo.element.locator(".trouble")).to_have_text("Switched off", timeout=PATIENCE_MS)
    bo.clicks("Close")
    visitor.clicks("More phones")
    visitor.page.get_by_label("Number", exact=True).fill("309-555-0161")
    visitor.page.get_by_label("Name", exact=True).fill("Ben")
    visitor.clicks("Add")
    ben = visitor.phone("Ben").texts("I want help").shows("in danger").chooses("NO")
    expect(bo.element.locator(".bubble.lost")).to_contain_text("never arrived", timeout=PATIENCE_MS)
    visitor.phone("Pat").shows("someone asks to talk")  # the workers went on
    ben.element.get_by_role("button", name="What happens to the phone of Ben").click()
    ben.clicks("Put this phone away")
    expect(ben.element).to_have_count(0)


def test_a_page_that_comes_back_knows_everything(visitor):
    visitor.clicks("Text: I want help")
    visitor.phone("Ana").shows("in danger")
    visitor.page.reload()
    visitor.phone("Ana").shows("in danger").chooses("NO").shows("What town")
    expect(visitor.page.get_by_text("Text: I want help")).to_have_count(0)
