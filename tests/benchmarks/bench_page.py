"""
Today's hand over HTTP from a running node that holds 100,000 events: the API's, and the page's.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.service import open_store
from potluck.node.web.pages.view import FILTERS
from tests.benchmarks.bench_memory import HELD, command, store_of
from tests.builders import NETWORK, NOW, nonce

ROUNDS = 200
NEAR = "at=52.5,13.4"
JSON = {"Content-Type": "application/json"}


async def bench_page(tmp_path: Path) -> None:
    """Round trips on one connection, and the processor's time that the server takes for each."""
    home = Home.create(
        tmp_path / "home", Config(network_name=NETWORK.name, stamp_bits=4, deck_max_events=2 * HELD)
    )
    home.save_stamp(nonce(home.identity))
    shutil.copy(store_of(HELD), home.store_path)
    await settle_in(home)
    with running(home) as client:
        first, _, _ = client.timed("GET", f"/api/v1/hand?{NEAR}")
        _, hand, _ = client.timed("GET", f"/api/v1/hand?{NEAR}")
        eligible = json.loads(hand)["eligible"]
        print(f"\nA hand of 5 of {HELD:,} events held, median ms of {ROUNDS} requests (bar: 10)")
        print(f"  the first look deals it among {eligible:,}, and takes {1000 * first:.0f} ms")
        client.report("API, today's hand", "GET", f"/api/v1/hand?{NEAR}")
        client.report("page, today's hand", "GET", "/")
        client.report("page, the list near (bar: 30)", "GET", "/browse")
        client.report("page, the whole list", "GET", "/browse?everywhere=yes")
        client.report("page, a word in it", "GET", "/browse?everywhere=yes&q=soup")


async def settle_in(home: Home) -> None:
    """Say on the page where one is, as the first run asks."""
    with open_store(home) as store:
        await store.choices.note("page.welcomed", "yes")
        await store.choices.save_filters(FILTERS, json.dumps({"at": "52.5,13.4"}))


class Client:
    """One connection to a node's server, with the token."""

    def __init__(self, home: Home, address: str, pid: int) -> None:
        self._connection = http.client.HTTPConnection(address)
        self._headers = {
            "Authorization": f"Bearer {home.api_token.hex()}",
            "Accept-Encoding": "gzip",
        }
        self._pid = pid

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def timed(self, method: str, path: str, body: Any = None) -> tuple[float, bytes, int]:
        """Seconds until the whole answer is here, its content, and how many bytes it came in."""
        text = None if body is None else json.dumps(body)
        started = perf_counter()
        self._connection.request(method, path, text, self._headers | (JSON if text else {}))
        answer = self._connection.getresponse()
        sent = answer.read()
        seconds = perf_counter() - started
        assert answer.status == 200, sent
        packed = answer.headers["Content-Encoding"] == "gzip"
        return seconds, gzip.decompress(sent) if packed else sent, len(sent)

    def report(self, what: str, method: str, path: str) -> None:
        self.timed(method, path)
        before = processor_seconds(self._pid)
        taken, _, sizes = zip(*(self.timed(method, path) for _ in range(ROUNDS)), strict=True)
        used = (processor_seconds(self._pid) - before) / ROUNDS
        print(
            f"  {what}: {1000 * median(taken):.2f}, {1000 * used:.2f} of the processor, {sizes[0]:,} bytes"
        )


@contextmanager
def running(home: Home) -> Iterator[Client]:
    """A node of this home, at the time for which its events were invented."""
    up = [*command(home), "up", "--listen", "/ip4/127.0.0.1/tcp/0", "--web", "127.0.0.1:0"]
    environment = os.environ | {
        "POTLUCK_NOW": datetime.fromtimestamp(NOW, UTC).isoformat(),
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(up, stdout=subprocess.PIPE, text=True, env=environment) as node:
        assert node.stdout is not None
        try:
            found = next(
                filter(None, (re.search(r"http://([^/\s]+)", line) for line in node.stdout))
            )
            with closing(Client(home, found[1], node.pid)) as client:
                yield client
        finally:
            node.terminate()
            node.communicate()


def processor_seconds(pid: int) -> float:
    """The processor's time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
