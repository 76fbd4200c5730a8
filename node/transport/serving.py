"""A stream protocol served within its budgets, whatever the transport."""

import logging
from collections import Counter
from collections.abc import Callable

import trio

from potluck.node import limits
from potluck.protocol.errors import RemoteError

from .frames import Disconnected, Stream
from .interface import Handler
from .protocols import StreamProtocol
from .token_bucket import Buckets

logger = logging.getLogger(__name__)


class Serving:
    """Serves one protocol: what fails in a handler ends its stream, and a RemoteError more."""

    def __init__(
        self,
        protocol: StreamProtocol,
        handler: Handler,
        report: Callable[[str, RemoteError], None],
    ) -> None:
        self._protocol = protocol
        self._handler = handler
        self._report = report
        self._open: Counter[str] = Counter()
        self._begun: Buckets[str] = Buckets(
            protocol.per_second, protocol.burst, limits.MAX_ASKERS_TRACKED
        )

    async def serve(self, stream: Stream) -> None:
        """Have the handler answer this stream, if the peer is within its budgets."""
        if not self._is_within_budget(stream.peer_id):
            await stream.reset()
            return
        self._open[stream.peer_id] += 1
        try:
            ended_well = await self._answer(stream)
        finally:
            self._leave(stream.peer_id)
        await (_close(stream) if ended_well else stream.reset())

    async def _answer(self, stream: Stream) -> bool:
        try:
            with trio.fail_after(self._protocol.seconds):
                await self._handler(stream)
        except (Disconnected, trio.TooSlowError):
            return False
        except RemoteError as error:
            self._report(stream.peer_id, error)
            return False
        except Exception:
            logger.exception("a stream of %s failed", self._protocol.id)
            return False
        return True

    def _is_within_budget(self, peer_id: str) -> bool:
        if self._open[peer_id] >= self._protocol.at_once:
            return False
        return self._begun.take_if_there(peer_id, trio.current_time())

    def _leave(self, peer_id: str) -> None:
        self._open[peer_id] -= 1
        if not self._open[peer_id]:
            del self._open[peer_id]


async def _close(stream: Stream) -> None:
    try:
        await stream.close()
    except Disconnected:
        await stream.reset()
