"""A browser, one running hub for all tests, and people whose sessions are there already. Skipped with a notice where chromium is missing.

Nobody signs in twice: each role has one session, put into the window as a cookie. `HUB_DEMO_ACCOUNTS` may name the accounts file of a demo
that runs already; otherwise a small hub is started, and filled when a test first asks for a city with something in it. `HUB_BROWSER_SLOWER=6`
makes the browser that many times slower, as on a cheap phone or a busy machine.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from chassis.language import PSEUDO_VARIABLE
from tests.browser.chromium import CHROMIUM, begun, new_page
from tests.browser.reader import PATIENCE, Reader
from tests.browser.untranslated import PSEUDO

if TYPE_CHECKING:
    from tests.browser.site import Site

SESSION_COOKIE = "hub-session-loopback"
SETTINGS = {
    "GATEWAY_DEMO": "true",
    "GATEWAY_TOKEN_SECONDS": "0",
    "GATEWAY_SUGGESTIONS_PER_DAY": "10000",
    "GATEWAY_PLACES": '[{"name": "Town hall", "lat": 45.19, "lon": 5.72}]',
    "MATCHING_ASK_WITHOUT_NAME": "true",
    "MATCHING_ASK_PLACE": "Reception office, town hall",
}


@dataclass
class Hub:
    """Where the hub answers, and who may sign in: role -> (e-mail, password)."""

    base_url: str
    accounts: dict[str, tuple[str, str]]
    tokens: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    filled: bool = False

    def ask(self, role: str | None, method: str, path: str, body: Any = None, *, well: bool = True) -> Any:
        """One request to the API."""
        headers = {"Authorization": f"Bearer {self.token(role)}"} if role else {}
        answer = httpx2.request(method, self.base_url + path, json=body, headers=headers, timeout=PATIENCE)
        assert not well or answer.status_code in (200, 201, 202, 204), (role, method, path, answer.status_code, answer.text)
        return answer.json() if answer.content and answer.status_code < 300 else None

    def token(self, role: str) -> str:
        """The session of a role, begun at first use."""
        if role not in self.tokens:
            email, password = self.accounts[role]
            self.tokens[role] = str(self.ask(None, "POST", "/api/v1/sessions", {"email": email, "password": password})["access_token"])
        return self.tokens[role]

    def cookies(self, role: str | None, language: str) -> dict[str, str]:
        """What the browser of a role keeps; the role's account speaks that language from now on."""
        if role is None:
            return {"hub-language": language}
        if self.languages.get(role) != language:
            headers = {"Authorization": f"Bearer {self.token(role)}"}
            me = httpx2.get(f"{self.base_url}/api/v1/me", headers=headers, timeout=PATIENCE).json()
            headers["If-Match"] = f'"{me["version"]}"'
            answer = httpx2.patch(f"{self.base_url}/api/v1/me", json={"locale": language}, headers=headers, timeout=PATIENCE)
            assert answer.status_code == 200, answer.text
            self.languages[role] = language
        return {SESSION_COOKIE: self.token(role), "hub-language": language}


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The one hub of all browser tests."""
    given = os.environ.get("HUB_DEMO_ACCOUNTS")
    if given:
        found = json.loads(Path(given).read_text(encoding="utf-8"))
        accounts: dict[str, tuple[str, str]] = {}
        for account in found["accounts"]:
            accounts.setdefault(account["role"], (account["email"], account["password"]))
        yield Hub(found["gateway"], accounts, filled=True)
        return
    from tests.journeys.hub import running_hub

    os.environ[PSEUDO_VARIABLE] = PSEUDO

    # A thread of its own: playwright's loop already runs in this one.
    with ThreadPoolExecutor(1) as thread:
        runner = asyncio.Runner()
        context = running_hub(tmp_path_factory.mktemp("hub"), settings=SETTINGS)
        running = thread.submit(lambda: runner.run(context.__aenter__())).result()
        try:
            yield Hub(running.url, running.accounts)
        finally:
            thread.submit(lambda: runner.run(context.__aexit__(None, None, None))).result()
            thread.submit(runner.close).result()


@pytest.fixture(scope="session")
def city(hub: Hub) -> Hub:
    """The hub with something of everything in it."""
    from tests.browser.city import fill

    if not hub.filled:
        hub.filled = True
        fill(hub)
    return hub


@pytest.fixture(scope="session")
def sites(city: Hub) -> "dict[str | None, Site]":
    """What each role finds by following the links."""
    from tests.browser.site import ROLES, walk

    return {role: walk(city, role) for role in ROLES}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is missing: the pages are not tried in a browser.")
    with sync_playwright() as play:
        started = begun(play)
        yield started
        started.close()


@pytest.fixture
def reader(browser: Browser, hub: Hub) -> Iterator[Callable[..., Reader]]:
    """Opens a window: `reader("volunteer", language="ar", java_script_enabled=False)`; nobody is signed in without a role."""
    opened: list[BrowserContext] = []

    def open_window(role: str | None = None, language: str = "en", **options: Any) -> Reader:
        context = browser.new_context(locale="en-GB", **options)
        opened.append(context)
        context.add_cookies([{"name": name, "value": value, "url": hub.base_url} for name, value in hub.cookies(role, language).items()])
        return Reader(new_page(context), context, hub)

    yield open_window
    for context in opened:
        context.close()
