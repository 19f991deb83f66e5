"""What is looked at on every page in a browser: barriers, room, strictness; each is a list of findings, empty when all is well."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

SCRIPTS = re.compile(r"<script\b[^>]*></script>|</?noscript>", re.IGNORECASE)
AXE = (Path(__file__).parent / "axe" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
"""axe-core 4.14.1 (MPL-2.0), which knows the rules of EN 301 549 and RGAA; the wheel of PyPI holds an older one that does not."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549", "RGAAv4"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours: all that differs where a page is dark."""
RUN = """async (asked) => {
  const found = await axe.run(document, {runOnly: asked, resultTypes: ['violations'], elementRef: false});
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`);
}"""
WATCH = """
window.canary = null; window.refused = [];
document.addEventListener('securitypolicyviolation', (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
"""Put before a page's own scripts: a stranger's script would set `canary`, and the browser tells what the page's policy refused."""


def barriers(page: Page, *, colours: bool = False) -> list[str]:
    """What axe finds against WCAG 2.2 AA, EN 301 549 and RGAA 4; with `colours` only what is seen in colours."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, {"type": "rule", "values": COLOURS} if colours else {"type": "tag", "values": TAGS})
    return [f"{page.url}: {one}" for one in found]


def too_wide(page: Page, width: int, height: int = 740) -> list[str]:
    """Whether the page must be scrolled sideways on a screen of that width."""
    page.set_viewport_size({"width": width, "height": height})
    for _ in range(600):
        inside, wide = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        if inside == width:
            break
        page.wait_for_timeout(50)
    return [f"{page.url}: {wide} wide on a screen of {width}"] if wide > width else []


def strictness(page: Page) -> list[str]:
    """Whether a stranger's script ran, or the page asked for something that its own policy refuses."""
    found: dict[str, Any] = page.evaluate("({canary: window.canary ?? null, refused: window.refused ?? []})")
    return [f"{page.url}: {one}" for one in [*(["a stranger's script was run"] if found["canary"] else []), *found["refused"]]]


def as_without_scripts(context: BrowserContext) -> None:
    """Pages come as to a reader without scripts: none is loaded, and what stands there for such readers is shown. (Where a browser's scripts are
    switched off, its clocks stand still, too, and axe never comes to an end.)"""

    def answer(route: Route) -> None:
        if route.request.resource_type != "document":
            return route.continue_()
        found = route.fetch()
        body = found.text() if "text/html" in found.headers.get("content-type", "") else None
        if body is None:
            return route.fulfill(response=found)
        return route.fulfill(response=found, body=SCRIPTS.sub("", body))

    context.route("**/*", answer)
