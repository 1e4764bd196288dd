"""`make screenshots`: the two pictures of the README, taken in Chromium of a line that was just started.

Large and light: a request for help, passed by one and asked of the next. Small and dark: the same, on a real phone.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import hotline.simulator
from tests.browser.conftest import PATIENCE_MS, Visitor
from tests.browser.running import ARGUMENTS, chromium, running

FOLDER = Path(hotline.simulator.__file__).parent / "page" / "screenshots"
LARGE, SMALL = {"width": 1280, "height": 800}, {"width": 360, "height": 720}
MOST_BYTES = 120_000


def main() -> int:
    path = chromium()
    if path is None:
        print("Chromium is needed: apt-get install chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        large = browser.new_context(viewport=LARGE, color_scheme="light", reduced_motion="reduce").new_page()
        a_night(Visitor(large, url).opens())
        take(large, "phones.jpg")
        small = browser.new_context(viewport=SMALL, color_scheme="dark", reduced_motion="reduce").new_page()
        Visitor(small, url).opens()
        take(small, "one-phone.jpg")
        browser.close()
    return 0


def a_night(visitor: Visitor) -> None:
    """Ana asks, Bo passes, and Carmen, who says nothing, is rung."""
    visitor.clicks("Text: I want help")
    ana = visitor.phone("Ana").chooses("NO").shows("What town")
    visitor.phone("Bo Larsen").chooses("2 pass").shows("that is fine")
    visitor.phone("Carmen Ruiz").shows("someone asks to talk")
    ana.texts("Milford").shows("What should we call you")
    visitor.page.locator(".next", has_text="phone rings").click(timeout=PATIENCE_MS)
    visitor.phone("Carmen Ruiz").is_rung()
    visitor.page.mouse.move(0, 0)
    visitor.page.wait_for_timeout(2500)


def take(page: Page, name: str) -> None:
    page.wait_for_timeout(500)
    file = FOLDER / name
    page.screenshot(path=file, type="jpeg", quality=68)
    size = file.stat().st_size
    assert size < MOST_BYTES, f"{file}: {size} bytes"
    print(f"{file}: {size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
