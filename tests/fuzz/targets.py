"""
What strangers' bytes reach first, each as a function of bytes that raises only for a defect of
ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

import trio
from libp2p.pubsub.pb import rpc_pb2

from potluck.node import control, limits
from potluck.node.calendars.draft import Draft, Scope
from potluck.node.calendars.read import read
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.dispatch import OPERATIONS
from potluck.node.operations.service import Service, open_store
from potluck.node.replication import session
from potluck.node.replication.intake import Decision, Intake, Origin
from potluck.node.replication.sync import Sync
from potluck.node.transport.channel import Kind, OtherNetwork
from potluck.node.transport.frames import Disconnected, Stream
from potluck.node.transport.guards.rpc import check_envelope, parse_rpc
from potluck.protocol import canonical, wire
from potluck.protocol.admission import Outcome, admit
from potluck.protocol.announcement import Status
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.items import Items
from potluck.protocol.reconcile import MIN_FRAME_LIMIT, Reconciler
from potluck.protocol.vouch import SignedVouch, admit_vouch, decode_vouch
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, host, signed
from tests.node.at_home import FixedClock
from tests.node.attacker import message
from tests.node.calendar_text import vcalendar, vevent
from tests.protocol.memory_ledger import MemoryLedger

HELD = [signed(host(number % 5), number) for number in range(60)]
ITEMS = Items((one.announcement.issued_at, one.id) for one in HELD)
TOPIC = NETWORK.topic


@dataclass(frozen=True)
class Target:
    """A way in: what takes the bytes, and well-formed ones to begin with."""

    feed: Callable[[bytes], object]
    seeds: Sequence[bytes]


# --- announcements, gossip, reconciliation
# ---------------------------------------------------------


def announcements(_folder: Path) -> Target:
    """Encoded announcements, as they come by gossip and by sync."""
    withdrawn = signed(host(1), 7, revision=3, status=Status.WITHDRAWN)
    return Target(_admit, [HELD[0].encoded, HELD[1].encoded, withdrawn.encoded])


def _admit(data: bytes) -> None:
    with suppress(RemoteError):
        one = wire.decode(data)
        assert one.encoded == data, "read as something else than it is"
        admit(one, NETWORK, MemoryLedger(NETWORK), NOW, one.has_valid_signature)


def gossip(_folder: Path) -> Target:
    """RPCs of pubsub, as the guard reads them."""
    ihave = rpc_pb2.ControlIHave(topicID=TOPIC, messageIDs=[b"12345678" * 5] * 3)
    full = rpc_pb2.RPC(publish=[message(HELD[0].encoded, 1, TOPIC)], senderRecord=b"record")
    full.subscriptions.add(subscribe=True, topicid=TOPIC)
    full.control.CopyFrom(
        rpc_pb2.ControlMessage(ihave=[ihave], graft=[rpc_pb2.ControlGraft(topicID=TOPIC)])
    )
    return Target(
        _guard, [full.SerializeToString(), rpc_pb2.RPC(control=full.control).SerializeToString()]
    )


def _guard(data: bytes) -> None:
    with suppress(RemoteError):
        rpc = parse_rpc(data, {TOPIC})
        assert len(rpc.publish) <= limits.MAX_MESSAGES_PER_RPC
        assert all(len(entry.messageIDs) <= limits.MAX_CONTROL_IDS for entry in rpc.control.ihave)
        for each in rpc.publish:
            check_envelope(each)
            assert each.topicIDs[0] == TOPIC


def reconciliation(_folder: Path) -> Target:
    """Messages of negentropy, on both sides."""
    other = Reconciler(
        Items((NOW + number, bytes([number]) * 32) for number in range(90)), MIN_FRAME_LIMIT
    )
    opening = other.open()
    return Target(
        _reconcile, [opening, Reconciler(ITEMS).respond(opening), Reconciler(Items([])).open()]
    )


def _reconcile(data: bytes) -> None:
    for react in (
        Reconciler(ITEMS, MIN_FRAME_LIMIT).respond,
        Reconciler(ITEMS, MIN_FRAME_LIMIT).reconcile,
    ):
        with suppress(RemoteError):
            answer = react(data)
            length = len(answer) if isinstance(answer, bytes) else len(answer.reply or b"")
            assert length <= MIN_FRAME_LIMIT


# --- sessions of sync
# ------------------------------------------------------------------------------


class _Scripted:
    """A stream whose other side says what it was going to say, whatever it hears."""

    def __init__(self, said: bytes) -> None:
        self._said = said
        self.heard = 0

    async def read(self, n: int | None = None) -> bytes:
        part, self._said = self._said[:n], self._said[n:]
        return part

    async def write(self, data: bytes) -> None:
        self.heard += len(data)

    async def close(self) -> None: ...
    async def reset(self) -> None: ...


class _NoVouches:
    """The vouches of a node that has heard none."""

    async def items(self, _cutoff: int) -> Items:
        return Items([])

    def encoded_many(self, _ids: Sequence[bytes]) -> dict[bytes, bytes]:
        return {}

    def needs(self, _id: bytes) -> bool:
        return True

    def decode(self, encoded: bytes) -> SignedVouch:
        return decode_vouch(encoded)

    def take(self, signed: SignedVouch, is_genuine: Callable[[], bool]) -> Outcome:
        return admit_vouch(signed, NETWORK, None, NOW, is_genuine)

    async def aside(self, work: Callable[[], Any]) -> Any:
        return work()


class _Desk:
    """Deck and intake over a few dictionaries."""

    vouches = _NoVouches()

    async def aside(self, work: Callable[[], Any]) -> Any:
        return work()

    def __init__(self) -> None:
        self._ledger = MemoryLedger(NETWORK)
        self._held = {one.id: one.encoded for one in HELD}

    def encoded_many(self, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        return {one: self._held[one] for one in ids if one in self._held}

    async def sync_items(self, _cutoff: int) -> Items:
        return ITEMS

    def decode(self, encoded: bytes) -> SignedAnnouncement:
        return wire.decode(encoded)

    def take(self, signed: SignedAnnouncement, _is_genuine: Any, _origin: Origin) -> Decision:
        return Decision(self._ledger.offer(signed.encoded, NOW), Future(), None)

    def needs(self, one: bytes) -> bool:
        return one not in self._held and one not in self._ledger.ids

    async def settle(self) -> None: ...


class _Transport:
    """Opens the one stream that there is."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.peers = [stream.peer_id]

    def handle(self, _protocol: object, _handler: object) -> None: ...

    def dialled(self, _peer_id: str) -> bool:
        return False

    async def open_stream(self, _peer_id: str, _protocol: object) -> Stream:
        return self._stream


def sessions(_folder: Path) -> Target:
    """All that one side of a session says: the first byte chooses what we are to it."""
    ids = [one.id for one in HELD[:3]]
    asked: list[tuple[int, Any]] = [
        (Kind.RECONCILE, Reconciler(Items([])).open()),
        (Kind.WANT, ids),
        (Kind.HAVE, [bytes(32)]),
    ]
    given: list[tuple[int, Any]] = [
        (Kind.GIVE, [1, [one.encoded for one in HELD[:3]], [bytes(32)]])
    ]
    hello = [1, NOW, NOW, None]
    return Target(
        _converse,
        [
            b"\0" + said(hello, asked),
            b"\0" + said([1, NOW, NOW, [NOW, bytes(32)]], []),
            b"\1" + said([1, NOW], asked[:1] + given),
            b"\2" + said([1, NOW], given),
        ],
    )


def said(hello: list[Any], frames: Sequence[tuple[int, Any]]) -> bytes:
    """A hello and the frames after it, as they come on the stream."""
    parts = [NETWORK.id + canonical.pack(hello)]
    parts += [bytes([kind]) + canonical.pack(value) for kind, value in frames]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _converse(data: bytes) -> None:
    trio.run(_have_session, data[:1], data[1:])


async def _have_session(role: bytes, said: bytes) -> None:
    raw, desk = _Scripted(said), _Desk()
    stream = Stream(raw, "peer")
    sync = Sync(
        cast(Any, _Transport(stream)),
        NETWORK,
        cast(Any, desk),
        cast(Any, desk),
        clock=lambda: NOW,
        rng=Random(1),
        random_bytes=bytes,
    )
    with suppress(RemoteError, Disconnected, OtherNetwork):
        if role == b"\1":
            await sync._session("peer", 0, ITEMS, NOW, None, session.Tally())
        elif role == b"\2":
            await sync._session("peer", 0, Items([]), NOW, session.START, session.Tally())
        else:
            await sync._serve(stream)
    assert raw.heard <= limits.SESSION_BYTES + limits.MAX_FRAME
    assert len(sync._not_held) <= limits.MAX_REFUSED


# --- the person's side
# -----------------------------------------------------------------------------

HARMLESS = (
    "announce edit postpone cancel withdraw list_events draw draw_seed draw_dice rolls_needed "
    "browse "
    "keep skip forget kept bag why save_filters saved_filters block unblock blocks ban unban bans "
    "status"
).split()
"""Operations that write no files and ask nobody on the network."""


def control_lines(folder: Path) -> Target:
    """Lines on the control socket, at a home in this folder."""
    home = Home.create(folder / "home", Config(network_name="test", stamp_bits=0))
    store, clock = open_store(home), FixedClock(NOW)
    service = Service(home, store, Intake(home.network, store, clock.real), clock)

    def feed(line: bytes) -> None:
        op: object = None
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            op = json.loads(line)["op"]
        if op in list(OPERATIONS) and op not in HARMLESS:
            return
        assert trio.run(control._reply, service, line).endswith(b"\n")

    commands: list[dict[str, Any]] = [
        {
            "op": "announce",
            "args": {"title": "Soup", "start": "2026-12-01T19:00", "near": "Berlin"},
        },
        {"op": "draw_seed", "args": {"near": "Berlin", "within": 9.5, "seed": "ab" * 32}},
        {"op": "list_events", "args": {"past": True, "order": "title"}, "now": NOW},
        {"op": "block", "args": {"target": "soup"}},
        {"op": "ban", "args": {"target": "203.0.113.0/24", "why": "rude"}},
        {"op": "why", "args": {"id": "ab" * 8}},
    ]
    return Target(feed, [json.dumps(command).encode() + b"\n" for command in commands])


def calendars(_folder: Path) -> Target:
    """Calendars that somebody else wrote."""
    weekly = vevent(
        "DTSTART;TZID=Europe/Berlin:20261105T190000", "RRULE:FREQ=WEEKLY;COUNT=9;BYDAY=TH"
    )
    plain = vevent(
        "DTSTART:20261105T100000Z",
        "DTEND:20261105T120000Z",
        "GEO:52.5;13.4",
        "LOCATION:Hall",
        uid="2",
    )
    zone = "BEGIN:VTIMEZONE\r\nTZID:Here\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
    zone += "TZOFFSETFROM:+0200\r\n"
    zone += "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    zone += "END:STANDARD\r\nEND:VTIMEZONE"
    moved = vevent("RECURRENCE-ID:20261112T180000Z", "DTSTART;TZID=Here:20261113T190000")
    return Target(
        _import, [vcalendar(plain), vcalendar(weekly, plain), vcalendar(zone, weekly, moved)]
    )


def _import(data: bytes) -> None:
    with suppress(LocalError):
        for item in read(data, Scope(NOW)).items:
            assert not isinstance(item, Draft) or item.body.title


TARGETS: dict[str, Callable[[Path], Target]] = {
    "announcements": announcements,
    "gossip": gossip,
    "reconciliation": reconciliation,
    "sessions": sessions,
    "control_lines": control_lines,
    "calendars": calendars,
}
