"""A part of a node that fails."""

from __future__ import annotations

import itertools
import logging

import pytest
import trio
from trio.testing import MockClock

from potluck.node.runtime import supervisor
from potluck.node.runtime.supervisor import Supervisor
from potluck.protocol.errors import LocalError


async def test_a_part_that_fails_is_named_and_begun_again_later_and_later(
    autojump_clock: MockClock, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[float] = []

    async def failing() -> None:
        begun.append(trio.current_time())
        async with trio.open_nursery():
            raise ZeroDivisionError

    made = Supervisor()
    with trio.move_on_after(3000):
        await made.run("calendars", failing)
    pauses = [round(after - before) for before, after in itertools.pairwise(begun)]

    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert max(pauses) == supervisor.LONGEST_PAUSE
    assert made.failing == {"calendars": "a defect (ZeroDivisionError)"}
    assert caplog.record_tuples[0][1:] == (
        logging.ERROR,
        "calendars failed and begins again in 1 s: a defect (ZeroDivisionError)",
    )


async def test_what_runs_well_again_is_not_failing(autojump_clock: MockClock) -> None:
    turns = 0

    async def failing_once() -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise LocalError("the disk is full; free some space")
        await trio.sleep_forever()

    made = Supervisor()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.run, "sync", failing_once)
        await trio.sleep(10)
        assert made.failing == {"sync": "the disk is full; free some space"}
        await trio.sleep(supervisor.RAN_WELL)
        assert made.failing == {}
        assert turns == 2
        nursery.cancel_scope.cancel()
