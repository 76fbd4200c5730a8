"""What a peer may say in a sync session, value by value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from potluck.node import limits
from potluck.node.replication import session
from potluck.node.replication.given import GiveBudget, Given
from potluck.node.replication.sets import Announcements
from potluck.node.transport.channel import Channel, Exhausted
from potluck.node.transport.frames import Stream
from potluck.protocol.errors import RemoteError
from tests.builders import NETWORK
from tests.node.transport.test_frames import Raw


def ids(count: int) -> list[bytes]:
    return [number.to_bytes(32, "big") for number in range(count)]


async def aside(work: Callable[[], Any]) -> Any:
    return work()


def test_a_batch_of_ids_is_taken() -> None:
    batch = ids(limits.FETCH_BATCH)

    assert session._ids(batch) == session._ids(batch, ids(300)) == batch
    assert session._ids([], []) == []


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (ids(limits.FETCH_BATCH + 1), None),
        (ids(2) * 2, None),
        ([bytes(31)], None),
        (["0" * 32], None),
        ({bytes(32): 1}, None),
        (None, None),
        (ids(3), ids(2)),
    ],
)
def test_what_is_no_batch_of_what_was_offered_is_an_offence(
    value: Any, asked: list[bytes] | None
) -> None:
    with pytest.raises(RemoteError):
        session._ids(value, asked)


@pytest.mark.parametrize(
    "value", [[3, [], []], [True, [], []], [1.0, [], []], [0, []], [0, [1], []], [0, [], [b""]], 0]
)
def test_what_gives_nothing_is_an_offence(value: Any) -> None:
    with pytest.raises(RemoteError):
        session.give_frame(value)


@pytest.mark.parametrize(
    "values",
    [
        [1, 1, None],
        [1, 1, None, 2],
        [1, 1, None, True],
        [True, 1, None, 0],
        [1, 1 << 32, None, 0],
        [1, -1, None, 0],
        [1, 1, [1, bytes(31)], 0],
        [1, 1, [1.0, bytes(32)], 0],
    ],
)
def test_a_hello_that_is_none_is_an_offence(values: list[Any]) -> None:
    with pytest.raises(RemoteError):
        session.read_hello(values)


async def test_who_is_far_over_its_rate_is_not_waited_for() -> None:
    class Held(Announcements):
        def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
            return dict.fromkeys(ids, b"one")

    class Spent(GiveBudget):
        def pause(self, peer_id: str, size: int, now: float) -> float:
            return limits.GIVE_PATIENCE + 1

    stream = Stream(Raw(), "peer")
    channel = Channel(stream, NETWORK, bytes)
    held = Held.__new__(Held)
    giving = session.Exchange(channel, held, Given(), Spent(0), session.Tally(), aside)
    with pytest.raises(Exhausted):
        await giving.give(ids(1))
    assert stream.sent == 0
