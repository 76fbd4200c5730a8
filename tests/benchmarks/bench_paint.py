"""
The first hand on a slow phone: when its largest part is painted, how much it shifts, what it
weighs.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.web.conftest import FLAGS, PHONE
from tests.web.site import Site, a_hand, running

ROUNDS = 5
SLOWER = 4  # times: a phone's processor beside this one
SLOW_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 90_000,
}  # milliseconds, bytes a second: Lighthouse's slow 4G
ENTRIES = """kind => new Promise(done => {
  const value = one => kind === "layout-shift" ? one.value : one.startTime;
  new PerformanceObserver(list => done(list.getEntries().map(value))).observe({type: kind, buffered: true});
  setTimeout(done, 500, []);
})"""


def bench_paint(tmp_path: Path) -> None:
    """The browser's own performance entries, with nothing in its cache."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with running(tmp_path / "home", a_hand) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        rounds = [_first_hand(browser, site) for _ in range(ROUNDS)]
        browser.close()
    paint, shift, weight = (median(values) for values in zip(*rounds, strict=True))
    print(
        f"\nlargest paint {paint:.0f} ms on a slow phone and network: {paint / 1000:.2f} of the limit of 1 s"
    )
    print(
        f"layout shift {shift:.3f}; {weight / 1000:.1f} kB in all: {weight / 30_000:.2f} of the limit, 30 kB"
    )


def _first_hand(browser: Browser, site: Site) -> tuple[float, float, float]:
    """Milliseconds to the largest paint, the sum of shifts, bytes over the wire."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site.link())
    client, weights = context.new_cdp_session(page), list[float]()
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    client.send("Network.emulateNetworkConditions", SLOW_NETWORK)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    client.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(site.address, wait_until="networkidle")
    paints: Any = page.evaluate(ENTRIES, "largest-contentful-paint")
    shifts: Any = page.evaluate(ENTRIES, "layout-shift")
    context.close()
    return max(paints), sum(shifts), sum(weights)
