"""The longest hold of the event loop, by operation, page and stream, with 50,000 events held."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import process_time

import httpx
import trio

from potluck.node import control, limits
from potluck.node.home.config import Config
from potluck.node.operations.service import Service
from potluck.node.peering import exchange, peer_record
from potluck.node.peering.peer_record import PeerRecord
from potluck.node.replication.intake import Origin
from potluck.node.runtime import collector
from potluck.node.transport import protocols
from potluck.node.transport.memory_network import MemoryNetwork, MemoryTransport
from potluck.node.transport.peer_id import peer_id_of
from potluck.node.web.pages.view import FILTERS
from potluck.node.web.server import Server
from potluck.protocol.identity import Identity
from potluck.protocol.items import Items
from potluck.protocol.reconcile import Reconciler
from tests.benchmarks.bench_memory import store_of
from tests.benchmarks.invented import announcements
from tests.builders import NETWORK, NOW, nonce
from tests.node.at_home import at_home
from tests.node.virtual import Node, running
from tests.node.web.api_server import Connected

HELD = 50_000
BAR = 20.0
ROUNDS = 2

FORM = {"at": "52.5,13.4", "within": 25}
OPERATIONS: dict[str, dict[str, object]] = {
    "status": {},
    "doctor": {},
    "list_part": {},
    "list_part mine": {"mine": True},
    "browse": FORM,
    "browse everywhere": {"days": 60},
    "beyond": FORM,
    "draw": FORM,
    "draw_seed everywhere": {"days": 60, "seed": "ab" * 32},
    "deck_print": FORM,
    "deck_print everywhere": {"days": 60},
    "rolls_needed": {"days": 60},
    "witness_open": {"days": 60},
    "receipts": {},
    "bag": {},
    "export_json": {"path": "events.json"},
    "export_calendar": {"path": "events.ics"},
    "export_deck": {"path": "events.deck"},
    "backup": {"path": "backup"},
}
PAGES = ("/", "/browse", "/browse?days=60", "/mine", "/plan", "/receipts", "/node", "/dice")


async def held(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds of the processor that pass at most while a task waits that is due: in a step of
    another one, or in a thread that does not let go of the interpreter. The best of some rounds."""
    found = []
    for _ in range(ROUNDS):
        waits: list[float] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait_often, waits)
            await work()
            nursery.cancel_scope.cancel()
        found.append(1000 * max(waits))
    return min(found)


async def wait_often(waits: list[float]) -> None:
    """Note the processor's time of each short sleep, until cancelled."""
    while True:
        began = process_time()
        try:
            await trio.sleep(0.001)
        finally:
            waits.append(process_time() - began)


async def bench_loop(tmp_path: Path) -> None:
    """Each by itself; the bar is for all of them."""
    print(f"\nLongest hold of the loop in ms with {HELD:,} events held (bar {BAR:.0f}):")
    async with a_full_home(tmp_path / "home") as service:
        for name, arguments in OPERATIONS.items():
            report(
                name, await held(partial(ask, service, name.partition(" ")[0], arguments, tmp_path))
            )
        async with trio.open_nursery() as nursery:
            server = Server(service, nursery)
            await server.start("127.0.0.1:0")
            async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
                entrance, _, code = server.link().partition("?code=")
                origin = {"Origin": server.page.rstrip("/")}
                await client.post(entrance, data={"code": code}, headers=origin)
                for page in PAGES:
                    address = server.page.rstrip("/") + page
                    report(f"page {page}", await held(partial(fetch, client, address)))
            nursery.cancel_scope.cancel()
        await streams(service)


def report(what: str, longest: float) -> None:
    """One line."""
    print(f"  {what:28} {longest:7.1f}{'  <-- over' if longest > BAR else ''}")


@asynccontextmanager
async def a_full_home(path: Path) -> AsyncIterator[Service]:
    """A home that holds so much, at the time for which it was invented."""
    config = Config(network_name=NETWORK.name, stamp_bits=4, deck_max_events=2 * HELD)
    async with at_home(path, config) as service:
        service.home.save_stamp(nonce(service.home.identity))
    shutil.copy(store_of(HELD), service.home.store_path)
    async with at_home(path) as service:
        collector.settle()
        await service.store.choices.note("page.welcomed", "yes")
        await service.store.choices.save_filters(FILTERS, json.dumps({"at": "52.5,13.4"}))
        yield replace(service, connections=Connected())


async def ask(service: Service, name: str, arguments: dict[str, object], folder: Path) -> None:
    """As a command does, with the line of its answer."""
    path = arguments.get("path")
    if path is not None:
        (folder / str(path)).unlink(missing_ok=True)
        arguments = arguments | {"path": str(folder / str(path))}
    reply = await control._reply(service, json.dumps({"op": name, "args": arguments}).encode())
    assert reply.startswith(b'{"result": '), reply


async def fetch(client: httpx.AsyncClient, address: str) -> None:
    """A page, whole."""
    answer = await client.get(address, timeout=60)
    assert answer.status_code == 200, (address, answer.status_code)


async def streams(service: Service) -> None:
    """What a peer asks for."""
    items = await service.store.deck.sync_items(NOW)
    report("items for a session", await held(partial(service.store.deck.sync_items, NOW)))
    opening = Reconciler(Items(())).open()
    longest = Reconciler(Items((NOW - n, bytes(28) + n.to_bytes(4, "big")) for n in range(4000)))
    for what, message in (("opening", opening), ("hostile", longest.open())):
        answer = partial(Reconciler(items, 60_000).respond, message)
        report(f"reconcile, {what}", await held(partial(service.store.deck.aside, answer)))
    fresh = iter(list(announcements(2 * 16 * ROUNDS, 50, seed=9)))

    async def take() -> None:
        for _ in range(16):
            service.intake.offer(next(fresh).encoded, Origin.SYNC)
        await service.intake.settle()

    report("16 announcements", await held(take))
    await records()


async def records() -> None:
    """An exchange with a book that is full, of peers with eight addresses each."""
    net = MemoryNetwork()
    node, peer = Node(net, "9.0.0.1"), MemoryTransport(net, bytes(32), "8.0.0.1")
    told = [a_record(number) for number in range(limits.MAX_BOOK)]
    async with running(node), peer.running():
        for number, record in enumerate(told):
            heard = [(record, record.addresses)]
            node.peers._book.hear(heard, f"teller {number}", trio.current_time())
        await peer.dial(node.address)

        async def exchange_records() -> None:
            stream = await peer.open_stream(node.peer_id, protocols.PEERS)
            await exchange.ask(stream, NETWORK, bytes, told[: limits.MAX_RECORDS])

        report("exchange of records", await held(exchange_records))
        now = trio.current_time()

        async def whom_to_dial() -> None:
            node.peers._book.to_dial(now)

        report("whom to dial", await held(whom_to_dial))


def a_record(number: int) -> PeerRecord:
    """Of a peer with eight addresses, in a range of its own."""
    identity = Identity.from_seed(number.to_bytes(32, "big"))
    peer_id = peer_id_of(identity.key)
    ip = f"{11 + number // 65536}.{number // 256 % 256}.{number % 256}.1"
    at = [f"/ip4/{ip}/tcp/{port}/p2p/{peer_id}" for port in range(1, 9)]
    return peer_record.write(identity, NETWORK, at, NOW)
