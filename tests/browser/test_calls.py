"""Calls held in the browser: keys, ringing phones, two people who talk."""

from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS


def test_a_call_by_keypad(visitor):
    ana, bo = visitor.phone("Ana"), visitor.phone("Bo")
    visitor.clicks("The telephone company")
    visitor.page.get_by_label("Speaking takes time").uncheck()
    visitor.page.get_by_role("button", name="Close").click()
    ana.calls("Milford").hears("danger").presses("2").hears("ringing our team").hears("waiting in line")
    bo.is_rung().clicks("Answer").hears("Press 1").presses("1")
    ana.is_with("Bo")
    bo.is_with("Ana")
    expect(visitor.panel.locator(".on-phone")).to_contain_text("Ana ↔ Bo", timeout=PATIENCE_MS)
    ana.says("I am at the library").hears("I am at the library")
    bo.hears("I am at the library").says("I can be there in ten minutes")
    ana.hears("ten minutes").clicks("Hang up")
    expect(ana.element.locator(".took")).to_contain_text("Call ended", timeout=PATIENCE_MS)
    ana.clicks("Back to texts").element.locator(".call-line").click()
    ana.hears("ten minutes")


def test_a_phone_calls_another_that_declines_rings_and_has_voicemail(visitor):
    cy, gail = visitor.phone("Cy"), visitor.phone("Gus")
    cy.calls("Gus")
    gail.is_rung().clicks("Decline")
    expect(cy.element.locator(".took")).to_contain_text("Busy", timeout=PATIENCE_MS)
    cy.clicks("Back to texts").calls("Gus")
    gail.is_rung().clicks("Let it ring")
    expect(gail.element.locator(".call")).to_be_hidden()
    cy.clicks("Hang up")
    expect(gail.element.locator(".call-line.missed")).to_have_count(2, timeout=PATIENCE_MS)
    cy.clicks("Back to texts").calls("Gus")
    gail.is_rung().clicks("Answer")
    cy.is_with("Gus").says("Can you take the Tuesday ride?")
    gail.hears("Tuesday ride").clicks("Hang up")
    expect(cy.element.locator(".took")).to_contain_text("Call ended", timeout=PATIENCE_MS)
