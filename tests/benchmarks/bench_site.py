"""The site: what a first visit weighs and takes on a slow phone; 50 guests at a node at once."""

from __future__ import annotations

import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import trio
from hypercorn.config import Config
from playwright.sync_api import Browser, CDPSession, sync_playwright

from potluck.node.web.http.listening import serve
from potluck.node.web.site.guests import Guests, Limits, made_of
from tests.benchmarks.bench_memory import memory_of
from tests.benchmarks.bench_paint import SLOW_NETWORK, SLOWER
from tests.benchmarks.invented import announcements
from tests.browser import found_chromium
from tests.builders import NOW
from tests.processes import Process, processes, until
from tests.web.conftest import FLAGS, PHONE
from tests.web.guests.test_hands import with_a_tables_hand
from tests.web.guests.town import said

CANDIDATES = 1_500
ORGANISERS = 115
ROUNDS = 5
GUESTS = 50
DELAYS = 8
DEALT = """() => new Promise((done) => {
  new MutationObserver((_, watching) => {
    if (!document.querySelector(".hand li")) return;
    watching.disconnect();
    done();
  }).observe(document.getElementById("main"), { childList: true, subtree: true });
  document.querySelector(".do").click();
})"""


def bench_site() -> None:
    """A guest who comes by a QR, with nothing in the browser's cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=FLAGS.split())
        with serving(with_a_tables_hand()) as address:
            for locale in ("en-GB", "de-DE"):
                view, *_ = _visit(browser, address, locale)
                print(f"\nwith a table's hand, {locale}: first view {_of_the_limit(view)}")
        with serving(invented()) as address:
            report(browser, address, CANDIDATES)


def invented() -> dict[str, Any]:
    """A site of so many events of so many organisers."""
    held = list(announcements(CANDIDATES, ORGANISERS))
    return said(held, days=90) | {
        "announcements": [b64encode(each.encoded).decode() for each in held]
    }


def report(browser: Browser, address: str, candidates: int) -> None:
    """Weights in kB; from the QR to the hand, and dealing alone, on a phone slowed SLOWER times.

    Dealing is the processor's time of the page, so that a machine at work does not matter.
    """
    rounds = [_visit(browser, address) for _ in range(ROUNDS)]
    view, heads, deck, hand = (median(values) for values in zip(*rounds, strict=True))
    deal = SLOWER * median(_deal(browser, address) for _ in range(ROUNDS))
    print(
        f"\nfirst view {_of_the_limit(view)} (and "
        f"{heads / 1000:.1f} kB of HTTP's headers); deck of {candidates:,} {deck / 1000:.0f} kB: "
        f"{deck / 400_000:.2f} of the limit, 400 kB\n"
        f"a phone {SLOWER} times slower on slow 4G: from the QR to the hand {hand:.1f} s, "
        f"{hand / 10:.2f} of the limit, 10 s; dealing {deal:.0f} ms, {deal / 300:.2f} of the "
        "limit, 300 ms"
    )


def _of_the_limit(view: float) -> str:
    return f"{view / 1000:.1f} kB: {view / 40_000:.2f} of the limit, 40 kB"


def _visit(
    browser: Browser, address: str, locale: str = "en-GB"
) -> tuple[float, float, float, float]:
    """Bytes of the view, of its headers and of the deck; seconds to a hand of one's own."""
    how: dict[str, Any] = {"viewport": PHONE, "locale": locale, "service_workers": "block"}
    context = browser.new_context(**how)
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    bodies, heads = dict[str, float](), dict[str, float]()
    decks, later = set[str](), set[str]()

    def asked(event: Any) -> None:
        """What deals is asked for once the view is shown, as `shown` of app/mine.js says."""
        if later or "/dealt.js" in event["request"]["url"]:
            later.add(event["requestId"])

    def answered(event: Any) -> None:
        heads[event["requestId"]] = event["response"]["encodedDataLength"]
        if "/deck/" in event["response"]["url"]:
            decks.add(event["requestId"])

    def finished(event: Any) -> None:
        bodies[event["requestId"]] = event["encodedDataLength"] - heads[event["requestId"]]

    client = context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW_NETWORK)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    client.on("Network.requestWillBeSent", asked)
    client.on("Network.responseReceived", answered)
    client.on("Network.loadingFinished", finished)
    began = time.perf_counter()
    page.goto(address)
    page.locator(".ways").wait_for()
    deck = sum(bodies[one] for one in decks)
    view = sum(size for one, size in bodies.items() if one not in later) - deck
    overhead = sum(heads[one] for one in bodies)
    page.goto(address + "/#mine")
    page.locator(".do").click()
    page.locator(".hand li").first.wait_for()
    seconds = time.perf_counter() - began
    context.close()
    return view, overhead, deck, seconds


def _deal(browser: Browser, address: str) -> float:
    """Milliseconds of the processor, from the press of the button to the hand; all that deals is
    fetched already.
    """
    context = browser.new_context(viewport=PHONE, service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    client = context.new_cdp_session(page)
    client.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address + "/#mine", wait_until="networkidle")
    page.locator(".do").wait_for()
    before = _busy(client)
    page.evaluate(DEALT)
    after = _busy(client)
    context.close()
    return 1000 * (after - before)


def _busy(client: CDPSession) -> float:
    metrics = client.send("Performance.getMetrics")["metrics"]
    seconds: float = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
    return seconds


@contextmanager
def serving(what: dict[str, Any]) -> Iterator[str]:
    """A site that says this, as a node serves it; its address. It tells no time: that of the
    guests is NOW.
    """
    Config.include_date_header = False
    app, started = Guests(Limits(time.monotonic)), threading.Event()
    app.show(*made_of(what))
    found: list[Any] = []

    async def run() -> None:
        async with trio.open_nursery() as nursery:
            address = await nursery.start(serve, app, "127.0.0.1:0", "", set(), lambda: None, 0.0)
            found[:] = address, nursery.cancel_scope, trio.lowlevel.current_trio_token()
            started.set()

    thread = threading.Thread(target=trio.run, args=(run,), daemon=True)
    thread.start()
    started.wait()
    address, scope, token = found
    try:
        yield address
    finally:
        trio.from_thread.run_sync(scope.cancel, trio_token=token)
        thread.join()


def bench_guests(tmp_path: Path) -> None:
    """All come at once, and once more and more, while what a peer announces comes in by gossip."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    calendar = tmp_path / "town.ics"
    calendar.write_text(_calendar(), encoding="utf-8")
    with processes(tmp_path, "ab") as (house, peer):
        house.call("import_calendar", source=str(calendar), form={"at": "52.5,13.4"})
        house.start("--no-web", "--guests", bind)
        peer.start("--no-web", "--connect", house.address)
        until(lambda: len(peer.call("list_events")) == CANDIDATES)
        _visited(f"http://{bind}")
        before = memory_of(house.pid)
        alone = _delays(house, peer)
        with ThreadPoolExecutor(GUESTS) as guests:
            coming = [guests.submit(_come_again, f"http://{bind}") for _ in range(GUESTS)]
            beside = _delays(house, peer)
            STOP.set()
            taken = [seconds for visits in coming for seconds in visits.result()]
        more = memory_of(house.pid, "VmHWM") - before
    print(
        f"\n{GUESTS} guests at once: {more:.1f} MB more, {more / 30:.2f} of the limit, 30 MB; a "
        f"visit of {len(taken)} takes {median(taken):.2f} s (all of the site's files)\n"
        f"by gossip an event comes in within {1000 * median(alone):.0f} ms alone, "
        f"{1000 * median(beside):.0f} ms beside them: {median(beside) / median(alone):.1f} times"
    )


def _calendar() -> str:
    """A town's events of the next days, by its organisers."""
    soon = datetime.now(UTC) + timedelta(hours=1)
    events = (
        f"BEGIN:VEVENT\r\nUID:{number}@town.example\r\nSUMMARY:Event {number}\r\n"
        f"ORGANIZER;CN=House {number % ORGANISERS}:mailto:x@town.example\r\n"
        f"DTSTART:{soon + timedelta(minutes=10 * number):%Y%m%dT%H%M00Z}\r\n"
        f"DESCRIPTION:{'as it comes, ' * 20}{number}\r\nEND:VEVENT\r\n"
        for number in range(CANDIDATES)
    )
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n"


STOP = threading.Event()


def _visited(address: str) -> float:
    """Fetch all that a browser fetches; how many seconds it took."""
    began = time.perf_counter()
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        site, app = (client.get(f"/{name}.json").json() for name in ("site", "offline"))
        for name in ("", *app, *(part["file"] for part in site["deck"])):
            assert client.get(f"/{name}").status_code == 200
    return time.perf_counter() - began


def _come_again(address: str) -> list[float]:
    visits = [_visited(address)]
    while not STOP.is_set():
        visits.append(_visited(address))
    return visits


def _delays(house: Process, peer: Process) -> list[float]:
    """Seconds until what the peer announces is held by the house, one after the other."""
    return [_delay(house, peer) for _ in range(DELAYS)]


def _delay(house: Process, peer: Process) -> float:
    held = house.call("status")["announcements"]
    form = {"title": "A late soup", "start": "2099-01-01 19:00", "tz": "Europe/Berlin"}
    peer.call("announce", form=form)
    began = time.perf_counter()
    while house.call("status")["announcements"] == held:
        time.sleep(0.005)
    return time.perf_counter() - began
