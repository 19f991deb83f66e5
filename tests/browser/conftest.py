"""A browser, a running hub, and people who are signed in. Skipped with a notice where Debian's chromium is missing.

`HUB_DEMO_ACCOUNTS` may name the accounts file of a demo that runs already; otherwise the journeys' hub is started.
"""

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@dataclass(frozen=True)
class Hub:
    """Where the hub answers, and who may sign in: role -> (e-mail, password)."""

    base_url: str
    accounts: dict[str, tuple[str, str]]


@dataclass
class Reader:
    """Somebody with a browser window of their own."""

    page: Page
    context: BrowserContext
    hub: Hub

    def go(self, path: str) -> None:
        self.page.goto(self.hub.base_url + path)

    def sign_in(self, role: str) -> None:
        email, password = self.hub.accounts[role]
        self.go("/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.page.click("main form button")
        assert "/sign-in" not in self.page.url, self.page.inner_text("main")

    def speak(self, language: str) -> None:
        """Choose a language with the buttons at the foot of the page."""
        self.page.click(f'button[formaction="/language/{language}"]')
        assert self.page.get_attribute("html", "lang") == language

    @property
    def words(self) -> str:
        return self.page.inner_text("main")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    given = os.environ.get("HUB_DEMO_ACCOUNTS")
    if given:
        found = json.loads(Path(given).read_text(encoding="utf-8"))
        accounts: dict[str, tuple[str, str]] = {}
        for account in found["accounts"]:
            accounts.setdefault(account["role"], (account["email"], account["password"]))
        yield Hub(found["gateway"], accounts)
        return
    from tests.journeys.hub import running_hub

    # A thread of its own: playwright's loop already runs in this one.
    with ThreadPoolExecutor(1) as thread:
        runner = asyncio.Runner()
        context = running_hub(tmp_path_factory.mktemp("hub"), settings={"GATEWAY_DEMO": "true"})
        running = thread.submit(lambda: runner.run(context.__aenter__())).result()
        try:
            yield Hub(running.url, running.accounts)
        finally:
            thread.submit(lambda: runner.run(context.__aexit__(None, None, None))).result()
            thread.submit(runner.close).result()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is missing: the pages are not tried in a browser.")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def reader(browser: Browser, hub: Hub) -> Iterator[Callable[..., Reader]]:
    """Opens a window: `reader("volunteer", language="ar", java_script_enabled=False)`; nobody is signed in without a role."""
    opened: list[BrowserContext] = []

    def open_window(role: str | None = None, language: str = "en", **options: Any) -> Reader:
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        window = Reader(context.new_page(), context, hub)
        if role:
            window.sign_in(role)
        else:
            window.go("/")
        window.speak(language)
        return window

    yield open_window
    for context in opened:
        context.close()
