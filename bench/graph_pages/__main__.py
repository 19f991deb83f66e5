"""`./hub bench graph_pages [--quick] [--json FILE]`: how long the live network and map take in headless chromium, and how many bytes travel."""

import argparse
import asyncio
import shutil
from math import cos, sin
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bench.graph_pages.served import served
from bench.registry.world import Size
from bench.report import Report, quantile

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SOFTWARE = ("--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader")
"""Everything by software, WebGL too: the worst case."""
SMALL, LARGE = Size(1_000, 1_300), Size(10_000, 13_000)
LIVE = "() => document.querySelector('[data-network]')?.hubNetwork ? performance.getEntriesByName('network:painted')[0]?.startTime ?? 0 : 0"
MAP = "() => document.querySelectorAll('.map-dot').length && document.querySelector('path.map-land') ? performance.now() : 0"
SIZES = """() => [performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')]
  .map((one) => [new URL(one.name).pathname, one.transferSize])"""
WATCH = """() => {
  const times = (window.frameTimes = []);
  let before = 0;
  document.querySelector('[data-network]').hubNetwork.sigma.on('afterRender', () => {
    const now = performance.now();
    if (before) times.push(now - before);
    before = now;
  });
}"""
CHOOSE = """async () => {
  const { sigma, graph, choose } = document.querySelector('[data-network]').hubNetwork;
  const started = performance.now();
  const painted = new Promise((done) => sigma.once('afterRender', () => done(performance.now() - started)));
  choose(graph().nodes().reduce((a, b) => (graph().degree(a) >= graph().degree(b) ? a : b)), false);
  return painted;
}"""


async def _until(page: Page, question: str) -> float:
    """The first answer that is not nothing. (The page's policy allows no text to be run as a script, so it is asked from outside.)"""
    for _ in range(1_500):
        if found := await page.evaluate(question):
            return float(found)
        await asyncio.sleep(0.02)
    raise TimeoutError("the page did not become live")


async def _visits(browser: Browser, address: str, path: str, question: str, times: int) -> tuple[list[float], dict[str, int]]:
    """Milliseconds until the picture was painted, each time with an empty cache; and the bytes of each answer."""
    found: list[float] = []
    sizes: dict[str, int] = {}
    for _ in range(times):
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        await page.goto(address + path)
        found.append(await _until(page, question))
        sizes = dict(await page.evaluate(SIZES))
        await context.close()
    return found, sizes


async def _dragged(page: Page) -> list[float]:
    """Milliseconds between pictures while somebody drags the picture around for two seconds."""
    canvas = page.locator(".network-canvas")
    await canvas.scroll_into_view_if_needed()
    box = await canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.evaluate(WATCH)
    until = monotonic() + 2
    step = 0
    while monotonic() < until:
        step += 1
        await page.mouse.move(x + 120 * sin(step / 9), y + 90 * cos(step / 9))
        await asyncio.sleep(0.008)
    frames: list[float] = await page.evaluate("() => window.frameTimes")
    await page.mouse.up()
    return frames


def _tell_sizes(report: Report, what: str, sizes: dict[str, int]) -> None:
    scripts = sum(size for path, size in sizes.items() if path.startswith("/static/"))
    report.add(f"{what}: transferred in all, nothing in the cache", sum(sizes.values()) / 1000, "kB")
    report.add(f"{what}: of it scripts and looks (kept by the browser)", scripts / 1000, "kB")
    for path, size in sizes.items():
        if path.startswith("/api/") or not path.startswith(("/static/", "/theme")):
            report.add(f"{what}: {path}", size / 1000, "kB")


async def _network(report: Report, browser: Browser, size: Size, times: int) -> None:
    report.section(f"{size.actors:,} actors, {size.memberships:,} memberships")
    async with served(size) as address:
        await _visits(browser, address, "/network", LIVE, 1)
        painted, sizes = await _visits(browser, address, "/network", LIVE, times)
        goal = (" < 1,000 ms", median(painted) < 1000) if size is SMALL else ("", None)
        report.add("/network painted after (median, empty cache)", median(painted), "ms", *goal)
        report.add("/network painted after (slowest)", max(painted), "ms")
        _tell_sizes(report, "/network", sizes)
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        await page.goto(address + "/network")
        await _until(page, LIVE)
        frames = await _dragged(page)
        report.add("a frame while panning (median)", median(frames), "ms", *(("< 100 ms", median(frames) < 100) if size is LARGE else ("", None)))
        report.add("a frame while panning (95 of 100 are quicker)", quantile(frames, 0.95), "ms")
        chosen: Any = await page.evaluate(CHOOSE)
        report.add("the actor with most memberships chosen and painted", chosen, "ms")
        await context.close()
        painted, sizes = await _visits(browser, address, "/map", MAP, times)
        report.add("/map with its land and dots after (median, empty cache)", median(painted), "ms")
        _tell_sizes(report, "/map", sizes)


async def measure(report: Report, quick: bool) -> None:
    """The small network of the promise, and a large one."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SOFTWARE))
        try:
            for size in (SMALL,) if quick else (SMALL, LARGE):
                await _network(report, browser, size, 3 if quick else 5)
        finally:
            await browser.close()


def main() -> None:
    """1,000 and 10,000 actors."""
    parser = argparse.ArgumentParser(prog="hub bench graph_pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 actors only")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    asked = parser.parse_args()
    report = Report("The live network and map, WebGL by software")
    asyncio.run(measure(report, asked.quick))
    missed = report.missed()
    print(f"\n{len(report.figures)} figures, {len(missed)} goals not reached" + "".join(f"\n  {each.name}" for each in missed))
    if asked.json:
        report.write(asked.json)


if __name__ == "__main__":
    main()
