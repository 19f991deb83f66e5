"""Takes pictures of the pages of a demo that runs, on a desk and on a telephone: `./hub bench pictures docs/images` (see --help).

The pictures of the README and of docs/ are made so, anew whenever pages change. Each is a WebP file of less than 60 kB.
"""

import argparse
import base64
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

MOST_BYTES = 60_000
SETTLED = 1_500
"""Milliseconds until what moves has come to rest."""
DESK, TELEPHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SIZES = {"desk": DESK, "phone": TELEPHONE}


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to be taken: its name, where it is, who looks, in which language; `first` follows the first link that matches, `at` is what stands
    on top of the picture."""

    name: str
    path: str
    role: str | None = None
    language: str = "en"
    size: str = "desk"
    first: str | None = None
    at: str | None = None


CHOSEN = (
    Picture("home", "/"),
    Picture("home-phone", "/", size="phone", language="fr"),
    Picture("help-phone", "/help", size="phone", language="ar"),
    Picture("ask-phone", "/ask", size="phone", language="uk"),
    Picture("network", "/network?network=eurocities", at=".network-live, [data-network]"),
    Picture("map", "/map", at="[data-map]"),
    Picture("desk", "/desk", "coordinator"),
    Picture("proposals", "/desk?kind=offer_fits", "coordinator", first='main a[href^="/needs/"]', at="#live"),
    Picture("dashboard", "/dashboard", "coordinator", at="figure, .chart"),
    Picture("desk-arabic", "/desk", "coordinator", language="ar"),
)
"""Those that README and docs show."""
ALL: dict[str | None, tuple[str, ...]] = {
    None: (
        "/", "/help", "/offer", "/ask", "/follow", "/needed", "/map", "/network", "/actors", "/archive", "/statistics", "/matching-explained",
        "/accessibility", "/privacy", "/imprint", "/sign-in", "/suggest", "/open-data",
    ),
    "volunteer": ("/requests", "/my/offers", "/my/calendar", "/my/results", "/me", "/preferences", "/notifications"),
    "member": ("/my/team", "/cases", "/imports"),
    "coordinator": ("/desk", "/cases", "/cases/new", "/rounds", "/follow-up", "/moderation", "/asks", "/dashboard", "/dashboard/report"),
    "admin": (
        "/admin", "/admin/settings", "/admin/settings/look", "/admin/categories", "/admin/people", "/admin/clients", "/admin/webhooks",
        "/admin/audit", "/admin/messages", "/admin/letters", "/admin/weights", "/admin/health",
    ),
}  # fmt: skip
"""Every page, for whoever looks them over."""
INSIDE: tuple[tuple[str, str | None, str, str], ...] = (
    ("city", None, "/actors/grenoble-fr", ""),
    ("offer-found", None, "/help", 'main a[href^="/help/"]'),
    ("offer", "volunteer", "/my/offers", 'main a[href^="/offers/"]'),
    ("case", "coordinator", "/cases", 'main a[href^="/cases/"]:not([href$="new"])'),
    ("need", "coordinator", "/desk", 'main a[href^="/needs/"]'),
)
"""Pages of one record, reached by the first link that matches: name, who looks, where the link is, the link."""


def every() -> tuple[Picture, ...]:
    """Each page on a desk and on a telephone in English, and on a telephone in Arabic."""
    pages: list[tuple[str, str, str | None, str | None]] = [
        (f"{role or 'public'}{path.replace('/', '-')}", path, role, None) for role, paths in ALL.items() for path in paths
    ]
    pages += [(f"{role or 'public'}-one-{name}", path, role, link or None) for name, role, path, link in INSIDE]
    looks = (("en", "desk"), ("en", "phone"), ("ar", "phone"))
    return tuple(
        Picture(f"{name}-{language}-{size}", path, role, language, size, first) for name, path, role, first in pages for language, size in looks
    )


class Camera:
    """A browser that is signed in as whoever looks."""

    def __init__(self, browser: Browser, demo: dict[str, Any]) -> None:
        self._browser, self._demo = browser, demo
        self._contexts: dict[tuple[str | None, str], BrowserContext] = {}

    def take(self, picture: Picture, folder: Path) -> int:
        """One picture; its size in bytes."""
        context = self._context(picture.role, picture.size)
        page = context.new_page()
        page.set_viewport_size(SIZES[picture.size])  # type: ignore[arg-type]
        self._speak(page, picture.language)
        page.goto(self._demo["gateway"] + picture.path, wait_until="networkidle" if picture.path.startswith(("/map", "/network")) else "load")
        if picture.first and page.locator(picture.first).count():
            page.locator(picture.first).first.click()
            page.wait_for_load_state()
        if picture.at and page.locator(picture.at).count():
            page.locator(picture.at).first.evaluate("(part) => part.scrollIntoView()")
            page.wait_for_timeout(SETTLED)
        image = _webp(page)
        (folder / f"{picture.name}.webp").write_bytes(image)
        page.close()
        return len(image)

    def _context(self, role: str | None, size: str) -> BrowserContext:
        if (role, size) not in self._contexts:
            context = self._browser.new_context(device_scale_factor=1, locale="en-GB")
            self._contexts[role, size] = context
            if role:
                account = next(one for one in self._demo["accounts"] if one["role"] == role)
                page = context.new_page()
                page.goto(self._demo["gateway"] + "/sign-in")
                page.fill("#email", account["email"])
                page.fill("#password", account["password"])
                page.click("main form button")
                page.wait_for_load_state()
                page.close()
        return self._contexts[role, size]

    def _speak(self, page: Page, language: str) -> None:
        page.goto(self._demo["gateway"] + "/privacy")
        if page.get_attribute("html", "lang") != language:
            page.click(f'button[formaction="/language/{language}"]')


def _webp(page: Page) -> bytes:
    """The screen as WebP, as good as fits."""
    line = page.context.new_cdp_session(page)
    image = b""
    for quality in (82, 70, 55, 40, 25):
        image = base64.b64decode(line.send("Page.captureScreenshot", {"format": "webp", "quality": quality})["data"])
        if len(image) < MOST_BYTES:
            break
    return image


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description="Pictures of the pages of a demo that runs.")
    parser.add_argument("folder", type=Path, help="Where the pictures go.")
    parser.add_argument("--accounts", type=Path, default=Path(".hospitium/demo-accounts.json"), help="The accounts file that the demo named.")
    parser.add_argument(
        "--every", action="store_true", help="Every page, on a desk and on telephones, English and Arabic; else those of README and docs."
    )
    parser.add_argument("--only", default="", help="Only pictures whose name holds this.")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    demo = json.loads(given.accounts.read_text(encoding="utf-8"))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        camera = Camera(browser, demo)
        for picture in every() if given.every else CHOSEN:
            if given.only in picture.name:
                print(f"{picture.name}: {camera.take(picture, given.folder)} bytes", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
