"""The parts of a running node: one that fails is named, and begun again later and later.

What ends the node is a rule, not an accident: the transport's end, and whatever keeps it from
starting. A defect in the code that reads calendars does not.
"""

import logging
from collections.abc import Awaitable, Callable

import trio

from potluck.protocol.errors import LocalError

logger = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 600.0
"""Seconds before a part that failed is begun again; doubled each time."""
RAN_WELL = 600.0
"""Seconds after which a part that fails had run well: the pause is the first one again."""


class Supervisor:
    """Runs parts, and knows why the last failures were."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[float, str]] = {}

    @property
    def failing(self) -> dict[str, str]:
        """Why parts failed that have not run well since, by their names."""
        now = trio.current_time()
        return {name: why for name, (at, why) in self._failed.items() if now - at < RAN_WELL}

    async def run(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        """Run a part until it ends by itself or is cancelled, however often it fails."""
        pause = FIRST_PAUSE
        while True:
            began = trio.current_time()
            try:
                await part()
            except Exception as error:  # noqa: BLE001 - whatever it is, only this part suffers
                pause = FIRST_PAUSE if trio.current_time() - began > RAN_WELL else pause
                self._report(name, error, pause)
            else:
                return
            await trio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _report(self, name: str, error: Exception, pause: float) -> None:
        first = first_of(error)
        why = str(first) if isinstance(first, LocalError) else f"a defect ({type(first).__name__})"
        self._failed[name] = trio.current_time() + pause, why
        logger.error("%s failed and begins again in %.0f s: %s", name, pause, why, exc_info=error)


def first_of(error: BaseException) -> BaseException:
    """The first of the errors in a group of groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
