"""Circuit relay v2, the client's side: to be dialled through a relay, and to dial through one.

https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md. A circuit is a stream with a relay
in the place of a socket: the two ends make the usual handshake on it, so that the relay can neither
read nor answer in somebody's place, only cut it. Potluck nodes do not relay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import trio
from google.protobuf.message import DecodeError, Message
from libp2p.custom_types import TProtocol
from libp2p.exceptions import BaseLibp2pError, ParseError
from libp2p.host.basic_host import BasicHost
from libp2p.io.exceptions import MessageTooLarge
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.network.swarm import Swarm
from libp2p.peer.id import ID
from libp2p.relay.circuit_v2.pb.circuit_pb2 import HopMessage, PeerId, Status, StopMessage
from libp2p.utils.varint import encode_varint_prefixed, read_varint_prefixed_bytes_limited
from multiaddr import Multiaddr

from potluck.node import limits
from potluck.protocol.errors import RemoteError

from .frames import Disconnected
from .guards.pubsub import Report
from .protocols import RELAY_HOP, RELAY_STOP

HOP, STOP = TProtocol(RELAY_HOP), TProtocol(RELAY_STOP)

REFUSALS = {
    Status.RESERVATION_REFUSED: "it keeps no place for this node",
    Status.RESOURCE_LIMIT_EXCEEDED: "it is full",
    Status.PERMISSION_DENIED: "it does not serve this node",
    Status.CONNECTION_FAILED: "it cannot reach that peer",
    Status.NO_RESERVATION: "it keeps no place for that peer",
}

Reply = TypeVar("Reply", HopMessage, StopMessage)


class Circuit(RawConnection):
    """A stream with a relay as a connection with `peer`, who is known from the handshake on; `gone`
    is told when it ends. It has no address: where the relay is says nothing about who is behind
    it."""

    def __init__(
        self, stream: Any, relay: str, gone: Callable[[Circuit], None], *, initiator: bool
    ) -> None:
        super().__init__(stream, initiator)
        self.relay = relay
        self.peer: str | None = None
        self._stream = stream
        self._gone = gone

    def get_remote_address(self) -> None:
        return

    async def close(self) -> None:
        """Give the relay its stream back, whatever is under way."""
        self._gone(self)
        with trio.CancelScope(shield=True):
            await self._stream.reset()


class Circuits:
    """The circuits of one host. `admits` says of a peer id whether to talk with it at all."""

    def __init__(self, host: BasicHost, admits: Callable[[str], bool], report: Report) -> None:
        self._host = host
        self._swarm = cast(Swarm, host.get_network())
        self._admits = admits
        self._report = report
        self._open: set[Circuit] = set()
        self._dials: Counter[str] = Counter()
        self.borrowed: set[str] = set()
        """The relays that were dialled for the sake of a circuit."""
        self.reserved: dict[str, str] = {}
        """The relays that keep a place for this node: their addresses, by peer id."""
        host.set_stream_handler(STOP, self._serve)

    def relay_of(self, peer_id: str) -> str | None:
        """The relay between us and this peer, if it is reached through one."""
        return next((each.relay for each in self._open if each.peer == peer_id), None)

    # --- to be dialled ----------------------------------------------------------------------

    async def reserve(self, relay: str, address: str) -> int:
        """Have a connected relay keep a place for this node; until when, in UTC seconds of its
        clock.

        Raises Disconnected if it does not. What no relay says counts against it.
        """
        stream, answer = await self._ask(relay, HopMessage(type=HopMessage.RESERVE))
        await stream.reset()
        self.reserved[relay] = address
        return int(answer.reservation.expire)

    async def _serve(self, stream: Any) -> None:
        """Take a circuit that a relay brings, and keep its stream until it ends."""
        relay = str(stream.muxed_conn.peer_id)
        circuit = Circuit(stream, relay, self._open.discard, initiator=False)
        try:
            with trio.fail_after(limits.FRAME_DEADLINE):
                status = self._verdict(relay, await _read(stream, StopMessage()))
                if status == Status.OK:
                    self._open.add(circuit)
                await _write(stream, StopMessage(type=StopMessage.STATUS, status=status))
            if status == Status.OK:
                await self._accept(circuit)
            else:
                await stream.close()
        except RemoteError as error:
            self._report(ID.from_string(relay), error)
        finally:
            if circuit in self._open:
                await circuit.close()

    def _verdict(self, relay: str, message: StopMessage) -> Status.ValueType:
        """What to answer a relay that brings a circuit: who is behind it shows later."""
        if message.type != StopMessage.CONNECT or not message.peer.id:
            raise RemoteError("undecodable", "a relay that brings a circuit from nobody")
        if relay not in self.reserved or not self._admits(str(ID(message.peer.id))):
            return Status.PERMISSION_DENIED
        if sum(each.relay == relay for each in self._open) >= limits.MAX_CIRCUITS_PER_RELAY:
            return Status.RESOURCE_LIMIT_EXCEEDED
        return Status.OK

    async def _accept(self, circuit: Circuit) -> None:
        at = Multiaddr(f"/p2p/{circuit.relay}/p2p-circuit")
        connection = await self._swarm.upgrade_inbound_raw_conn(circuit, at)
        circuit.peer = str(connection.peer_id)
        await connection.event_closed.wait()  # type: ignore[attr-defined]

    # --- to dial ----------------------------------------------------------------------------

    @contextmanager
    def borrowing(self, relay: str) -> Iterator[None]:
        """While inside, a relay and a peer through it are dialled; a relay that was not connected
        before is `returned` in the end."""
        if not self._swarm.get_connections(ID.from_string(relay)):
            self.borrowed.add(relay)
        self._dials[relay] += 1
        try:
            yield
        finally:
            self._dials[relay] -= 1

    def returned(self) -> list[str]:
        """The borrowed relays that nothing goes through any more, each told once."""
        used = {each.relay for each in self._open} | set(+self._dials)
        idle = self.borrowed - used
        self.borrowed -= idle
        return sorted(idle)

    async def dial(self, relay: str, peer_id: str) -> None:
        """Connect through a connected relay. Raises as `reserve`, and libp2p's errors."""
        target = ID.from_string(peer_id)
        question = HopMessage(type=HopMessage.CONNECT, peer=PeerId(id=target.to_bytes()))
        stream, _ = await self._ask(relay, question)
        circuit = Circuit(stream, relay, self._open.discard, initiator=True)
        circuit.peer = peer_id
        self._open.add(circuit)
        try:
            await self._swarm.upgrade_outbound_raw_conn(circuit, target)
        except BaseException:
            await circuit.close()
            raise

    async def _ask(self, relay: str, question: HopMessage) -> tuple[Any, HopMessage]:
        """The stream with a relay that said yes, and its answer."""
        try:
            with trio.fail_after(limits.FRAME_DEADLINE):
                stream = await self._host.new_stream(ID.from_string(relay), [HOP])
                try:
                    await _write(stream, question)
                    answer = await _read(stream, HopMessage())
                    _check(question, answer)
                except BaseException:
                    with trio.CancelScope(shield=True):
                        await stream.reset()
                    raise
        except trio.TooSlowError:
            raise Disconnected("the relay fell silent") from None
        except RemoteError as error:
            self._report(ID.from_string(relay), error)
            raise Disconnected(str(error)) from error
        except BaseLibp2pError as error:
            raise Disconnected("the relay does not serve circuits, or is gone") from error
        return stream, answer


def _check(question: HopMessage, answer: HopMessage) -> None:
    """Raise Disconnected for a no, RemoteError for what answers nothing that was asked."""
    if answer.type != HopMessage.STATUS:
        raise RemoteError("undecodable", "a relay that answers a question with another")
    if answer.status != Status.OK:
        why = REFUSALS.get(answer.status, f"status {answer.status}")
        raise Disconnected(f"the relay says no: {why}")
    if question.type == HopMessage.RESERVE and not answer.HasField("reservation"):
        raise RemoteError("undecodable", "a relay that keeps a place without saying how long")


async def _write(stream: Any, message: Message) -> None:
    await stream.write(encode_varint_prefixed(message.SerializeToString()))


async def _read(stream: Any, message: Reply) -> Reply:
    """The message, filled. Takes no byte more than its own: what follows is the circuit's."""
    try:
        message.ParseFromString(
            await read_varint_prefixed_bytes_limited(stream, limits.MAX_RELAY_MESSAGE)
        )
    except MessageTooLarge:
        raise RemoteError("oversize", "a relay's message longer than allowed") from None
    except (ParseError, DecodeError):
        raise RemoteError("undecodable", "a relay's message that is not protobuf") from None
    return message
