"""A world of nodes on virtual time: a plan carried out, and properties checked.

FoundationDB's and TigerBeetle's way: the code that ships, one thread, one seed, one trace. A
machine that sleeps is cut off, but its own timers go on.
"""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import Any, cast

import msgspec
import numpy as np
import trio
from trio._core import _run as trio_run
from trio.testing import MockClock

from potluck.node import limits
from potluck.node.peering import peer_record
from potluck.node.replication.intake import Arrival
from potluck.node.transport.unconnected_router import simulated
from potluck.protocol import wire
from potluck.protocol.errors import LocalError
from potluck.protocol.wire import SignedAnnouncement

from .attackers import ATTACKERS
from .fault_plan import Announce, Crash, Cut, Plan, Skew, Sleep, Step, Withdraw
from .node import START, Node
from .routed import Wires

LOOK = 10.0
"""Seconds between looks at whether all hold the same."""
MANY = 50
"""Differences that are told of."""
OF_ATTACKERS = 60
"""Events that an attacker announces, at most."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run showed. `wrong` says, in words, which property does not hold; empty: all hold."""

    wrong: list[str]
    settled: float | None
    """Seconds after the last fault until all held the same."""
    announcements: int
    connections: float
    """The mean number of connections of a node, at the end."""
    bytes: float
    """What a node sent, in the mean: without what TCP, noise and yamux add."""
    copies: float
    """Copies that gossip sent, an arrival."""
    mesh: float
    """The mean number of nodes in a mesh, at the end."""
    held: float
    """The share of organisers of whom a node holds something, itself left out."""
    shared: float
    """The same among those of whom some other node holds something."""
    half: float
    most: float
    longest: float
    """Seconds from an announcement to half of all arrivals of all announcements, 99 % and all."""
    trace: str
    """A hash of all that was heard, and of who was connected with whom, with times."""


class World:
    """Nodes, what lies between them, and what was acknowledged."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self._plan = plan
        self._seed = seed
        self._rng = Random(f"world {seed}")
        self._wires = Wires(plan, seed)
        self._acknowledged: dict[tuple[bytes, int], SignedAnnouncement] = {}
        self._announced_at: dict[bytes, float] = {}
        self._delays: list[float] = []
        self._withdrawn: defaultdict[int, set[tuple[bytes, int]]] = defaultdict(set)
        self._taken: defaultdict[int, set[bytes]] = defaultdict(set)
        self._wrong: list[str] = []
        self._trace = blake2b(digest_size=16)
        self.nodes = [Node(self._wires, seed, n, plan.room, self._heard) for n in range(plan.nodes)]
        kinds = [kind for kind, many in sorted(plan.attackers.items()) for _ in range(many)]
        self._attackers = [
            ATTACKERS[kind](self._wires, seed, number, self.nodes)
            for number, kind in enumerate(kinds)
        ]
        self._wires.behind = {node.ip for node in self.nodes[plan.nodes - plan.behind :]}

    async def run(self) -> Outcome:
        """The plan, and what it showed."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._wires.carry)
            for node in self.nodes:
                nursery.start_soon(self._begin, node, self._rng.random() * self._plan.begin)
            for attacker in self._attackers:
                nursery.start_soon(attacker.run)
            for step in self._plan.all_steps(self._rng):
                nursery.start_soon(self._do, step, nursery)
            await trio.sleep(self._plan.faults_end)
            settled = await self._settled()
            for attacker in self._attackers:
                self._wrong += await attacker.wrong()
            self._wrong += await self._overfull()
            held, shared = self._held()
            connections = [len(node.transport.peers) for node in self.nodes]
            meshes = [len(node.transport.router.mesh) for node in self.nodes]
            for node in self.nodes:
                self._trace.update(f"{node.number} {node.transport.peers}".encode())
            nursery.cancel_scope.cancel()
        if settled is None:
            self._wrong += self._differences()[:MANY]
        for node in self.nodes:
            self._wrong += [f"node {node.number} failed: {why}" for why in node.failures]
            self._wrong += [
                f"node {node.number} blamed an honest node: {drop.why}"
                for drop in node.drops
                if drop.peer_id in {other.peer_id for other in self.nodes}
            ]
        half, most, longest = np.quantile(self._delays or [0.0], [0.5, 0.99, 1]).tolist()
        return Outcome(
            wrong=list(dict.fromkeys(self._wrong)),
            settled=settled,
            announcements=len(self._acknowledged),
            connections=sum(connections) / len(connections),
            bytes=sum(self._wires.sent[node.peer_id] for node in self.nodes) / len(self.nodes),
            copies=self._wires.copies / max(len(self._delays), 1),
            mesh=sum(meshes) / len(meshes),
            held=held,
            shared=shared,
            half=half,
            most=most,
            longest=longest,
            trace=self._trace.hexdigest(),
        )

    # --- the plan

    async def _begin(self, node: Node, after: float) -> None:
        reachable = self.nodes[: self._plan.nodes - self._plan.behind]
        others = [other for other in reachable if other is not node]
        named = self._rng.sample(others, min(self._plan.named, len(others)))
        if node.number:  # an earlier one, so that all are connected by somebody's word
            named[0] = self._rng.choice(others[: node.number])
        node.knows_at_first(list(dict.fromkeys(named)))
        await trio.sleep(after)
        await node.run()

    async def _do(self, step: Step, nursery: trio.Nursery) -> None:
        await trio.sleep(step.at)
        match step:
            case Announce(_, number, lasts):
                await self._send(self.nodes[number], lasts)
            case Withdraw(_, number):
                await self._send(self.nodes[number], None)
            case Cut(_, seconds, numbers):
                cut = set(numbers)
                self._wires.cuts.append(cut)
                await trio.sleep(seconds)
                self._wires.cuts.remove(cut)
            case Crash(_, seconds, number):
                self.nodes[number].kill()
                self._remember_anew(self.nodes[number])
                await trio.sleep(seconds)
                if not self.nodes[number].runs:
                    nursery.start_soon(self.nodes[number].run)
            case Sleep(_, seconds, number):
                self._wires.asleep.add(number)
                await trio.sleep(seconds)
                self._wires.asleep.discard(number)
                self.nodes[number].woke()
            case Skew(_, seconds, number, ahead):
                self.nodes[number].skew = ahead
                await trio.sleep(seconds)
                self.nodes[number].skew = 0

    async def _send(self, node: Node, lasts: float | None) -> None:
        """Announce, or withdraw. What people do not do: speak through a machine that is off, or
        asleep, or of which they are told that its clock is wrong."""
        silent = not node.runs or node.number in self._wires.asleep or node.skew
        if silent or (lasts is None and not node.announced):
            return
        try:
            signed = await (node.withdraw() if lasts is None else node.announce(lasts))
        except LocalError as error:
            self._wrong.append(f"node {node.number} cannot announce: {error}")
            return
        self._acknowledged[signed.announcement.register] = signed
        self._announced_at[signed.id] = trio.current_time()
        await node.gossip.publish([signed.encoded])

    # --- the properties

    def _heard(self, node: Node, arrival: Arrival) -> None:
        announcement = arrival.signed.announcement
        self._trace.update(
            f"{trio.current_time():.9f} {node.number} {arrival.signed.id.hex()}\n".encode()
        )
        if announcement.host != node.host:
            begun = self._announced_at.setdefault(arrival.signed.id, trio.current_time())
            self._delays.append(trio.current_time() - begun)
        taken, gone = self._taken[node.number], self._withdrawn[node.number]
        if arrival.signed.id in taken:
            self._wrong.append(f"node {node.number} took in again what it had let go of")
        taken.add(arrival.signed.id)
        if announcement.body is None:
            gone.add(announcement.register)
        elif announcement.register in gone:
            self._wrong.append(f"at node {node.number} a withdrawn event came back")

    def _remember_anew(self, node: Node) -> None:
        """After a crash: of what it was told only what is durable."""
        knows = node.store.ledger.knows
        self._taken[node.number] = {*filter(knows, self._taken[node.number])}
        self._withdrawn[node.number] = {
            register
            for register, signed in self._acknowledged.items()
            if signed.announcement.body is None and knows(signed.id)
        }

    async def _settled(self) -> float | None:
        """Seconds until every node holds all that was acknowledged, and nothing else."""
        began = trio.current_time()
        while trio.current_time() - began <= self._plan.settle:
            await trio.sleep(LOOK)
            if not self._differences():
                return trio.current_time() - began
        return None

    def _differences(self) -> list[str]:
        now = START + trio.current_time()
        all_fit = self._plan.room > len(self._acknowledged) + OF_ATTACKERS * len(self._attackers)
        return [
            f"node {node.number} lacks {_words(signed)}"
            for node in self.nodes
            for register, signed in self._acknowledged.items()
            if signed.announcement.expires_at > now
            and not (node.runs and node.store.ledger.knows(signed.id)
                     and (not all_fit or signed.announcement.body is None
                          or node.holds(*register) == signed.encoded))
        ]  # fmt: skip

    async def _overfull(self) -> list[str]:
        held = [(await node.store.deck.counts()).held for node in self.nodes]
        return [
            f"node {node.number} holds {many} events in the room of {node.room}"
            for node, many in zip(self.nodes, held, strict=True)
            if many > node.room
        ]

    def _held(self) -> tuple[float, float]:
        """The chance that a deck holds something of an organiser; and if another one does."""
        hosts = {signed.announcement.host for signed in self._acknowledged.values()}
        holders = np.array([
            sum(node.host != host and node.holds_of(host) > 0 for node in self.nodes)
            for host in hosts
        ])  # fmt: skip
        others = len(self.nodes) - 1
        once, both = int(holders.sum()), int((holders * (holders - 1)).sum())
        return once / max(1, others * len(hosts)), both / max(1, once * (others - 1))


def _words(signed: SignedAnnouncement) -> str:
    announcement = signed.announcement
    return "a withdrawal" if announcement.body is None else announcement.body.title


def live(plan: Plan, seed: int) -> Outcome:
    """What a plan shows under a seed: the same each time."""

    async def begin() -> Outcome:
        with simulated(lambda: START + trio.current_time(), Random(f"routers {seed}")):
            return await World(plan, seed).run()

    # trio takes the order of tasks from the seed by its own switch for Hypothesis.
    order = Random(f"trio {seed}")
    with (
        _instead(trio_run, _ALLOW_DETERMINISTIC_SCHEDULING=True, _r=order),
        _instead(limits, PING_INTERVAL=plan.ping, PING_DROP=2.5 * plan.ping),
        _seldom_collected(),
        nullcontext() if plan.real_signatures else _verdicts(),
    ):
        return trio.run(begin, clock=MockClock(autojump_threshold=0))


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Have Python look for rubbish less often: among a thousand nodes it takes long."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _instead(module: Any, **values: object) -> Iterator[None]:
    """Have a module's names stand for these."""
    before = {name: getattr(module, name) for name in values}
    vars(module).update(values)
    try:
        yield
    finally:
        vars(module).update(before)


@contextmanager
def _verdicts() -> Iterator[None]:
    """Check each signature, and read each peer record, once, not in each node."""
    verify, read = cast(Any, wire).verify, peer_record.read
    kept = lru_cache(maxsize=100_000)
    with _instead(wire, verify=kept(verify)), _instead(peer_record, read=kept(read)):
        yield
