"""Somebody with a browser window: goes, presses, reads; each of these waits until the page that it leads to is there, however busy the machine is.

A click returns before the page that it leads to has come, and `page.content()` or `count()` read whatever is there at that moment. So tests press
what leads to a page with `press` and `follow`, and look at what scripts change with playwright's `expect`, which looks again until it holds.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Hub

PATIENCE = 60.0
"""So many seconds a page may take before it counts as never come: a busy machine is many times slower than a quiet one."""
NEWS = 150.0
"""So many seconds news may take from one service to another's page: work waits for work there."""
GONE = ("Execution context was destroyed", "interrupted by another navigation", "Frame was detached")
"""What playwright says where a page went on to another by itself while it was read."""
SUBMIT = "main form[method=post] button:not([name]):not([type=button])"

expect.set_options(timeout=1000 * PATIENCE)


@dataclass
class Reader:
    """Somebody with a browser window of their own."""

    page: Page
    context: BrowserContext
    hub: "Hub"

    def go(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(self.hub.base_url + path, wait_until="domcontentloaded")

    def again(self) -> None:
        """Load the page anew."""
        self.page.reload(wait_until="domcontentloaded")

    def press(self, what: str | Locator) -> None:
        """Press a button or a link that leads to a page, and wait until that page is there as a whole."""
        found = self.page.locator(what) if isinstance(what, str) else what
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            found.click()

    def follow(self, link: str) -> None:
        """Press the first such link."""
        self.press(self.page.locator(link).first)

    def send(self, buttons: str = SUBMIT) -> None:
        """Press the last such button: of the page's form, where nothing else is said."""
        self.press(self.page.locator(buttons).last)

    def act(self, action: str) -> None:
        """Press the button of the form that leads to an address with this end."""
        self.press(self.page.locator(f'form[action$="{action}"] button').first)

    def see(self, text: str) -> None:
        """Wait until the page says this."""
        expect(self.page.locator("main")).to_contain_text(text)

    def until(self, selector: str, what: str) -> Locator:
        """Look again, as a reader without scripts would, until news has travelled."""
        deadline = time.monotonic() + NEWS
        while not self.page.locator(selector).count():
            assert time.monotonic() < deadline, f"{what} did not come about: {self.words[:800]}"
            time.sleep(0.3)
            self.again()
        return self.page.locator(selector)

    def sign_in(self, role: str) -> None:
        """By hand, as people do; tests of other things take the session that is there (`reader(role)`)."""
        email, password = self.hub.accounts[role]
        self.go("/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.press("main form button")
        assert "/sign-in" not in self.page.url, self.words

    def unfold(self) -> None:
        """Open every choice that is folded, one after the other."""
        for _ in range(40):
            folded = self.page.locator("main details:not([open]) > summary:visible")
            if not folded.count():
                return
            folded.first.click()

    @property
    def path(self) -> str:
        """The page's address without the hub's, and without what is asked of it."""
        return self.page.url.removeprefix(self.hub.base_url).split("?")[0]

    @property
    def key(self) -> str:
        """The last step of the address: the key of the thing that the page is about."""
        return self.path.rsplit("/", 1)[1]

    @property
    def words(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")

    @property
    def content(self) -> str:
        """All of the page, once it is there as a whole."""
        self.page.wait_for_load_state("domcontentloaded")
        return self.page.content()

    def count(self, selector: str) -> int:
        """How many of these the page has."""
        return self.page.locator(selector).count()

    def said(self, name: str) -> str | None:
        """An attribute of the whole page: `lang`, `dir`."""
        return self.page.get_attribute("html", name)


def went_on(error: Error) -> bool:
    """Whether a page could not be read because it went on to another by itself: one looks at that one then."""
    return any(words in error.message for words in GONE)
