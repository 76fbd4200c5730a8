from __future__ import annotations

import trio
import trio.testing

from potluck.node import limits
from potluck.node.clock import notice_sleep


async def test_a_wall_clock_that_ran_ahead_means_sleep(
    autojump_clock: trio.testing.MockClock,
) -> None:
    slept, woken = 0.0, []
    started = autojump_clock.current_time()

    def clock() -> float:
        return autojump_clock.current_time() - started + slept

    async with trio.open_nursery() as nursery:
        nursery.start_soon(notice_sleep, clock, lambda: woken.append(clock()))
        await trio.sleep(10 * limits.SLEEP_CHECK)
        assert woken == []
        slept = 8 * 3600.0
        await trio.sleep(10 * limits.SLEEP_CHECK)
        assert len(woken) == 1
        nursery.cancel_scope.cancel()
