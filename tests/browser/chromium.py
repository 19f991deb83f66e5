"""Debian's chromium as these tests begin it: without the parts of its own window that nobody sees here."""

import os
import shutil

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.reader import PATIENCE

SLOWER = float(os.environ.get("HUB_BROWSER_SLOWER", "1"))
"""The browser is made that many times slower."""
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
UNSEEN = [
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI", "InitialWebUI"),
    "SpareRendererForSitePerProcess",
]
"""For its address bar alone a new window begins two processes, and begins them anew at each page; that took more of the machine's time than the
pages themselves. Names that a browser does not know are nothing to it."""
PLAYWRIGHTS = [
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay"),
    *("MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
]
"""What playwright switches off itself: of two such lists only the last counts."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--disable-features={','.join(PLAYWRIGHTS + UNSEEN)}"]


def begun(play: Playwright) -> Browser:
    """One browser."""
    return play.chromium.launch(executable_path=CHROMIUM, args=FLAGS, slow_mo=20 * (SLOWER - 1), timeout=1000 * PATIENCE)


def new_page(context: BrowserContext) -> Page:
    """One page of a window, as slow as it is asked for."""
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    if SLOWER > 1:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page
