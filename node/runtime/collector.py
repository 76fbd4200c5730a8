"""When Python looks for garbage. A full look goes through all objects at once and lets nobody else
run: 200 ms while 50,000 candidates are in memory, whichever thread made them."""

import gc
import sys

import trio

PAUSE = 300.0
"""Seconds between full looks, which are for connections that ended: a few MB in that time."""
FEW = 40_000
"""Old objects beyond which a long work is under way, and a look waits: about 15 ms of them."""
PATIENCE = 10
"""Times to wait, a second each."""
SWITCH = 0.001
"""Seconds after which a thread that computes lets the loop in; Python's own 0.005 would be taken
anew at every system call and read of a step."""


def settle() -> None:
    """What there is by now stays, and is looked through no more. (That alone costs a tenth of
    admission.) From now on only what is young is looked through by itself."""
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000_000_000)
    sys.setswitchinterval(SWITCH)


async def run() -> None:
    """Look through everything now and then, at best while little is there; until cancelled."""
    while True:
        await trio.sleep(PAUSE)
        for _ in range(PATIENCE):
            if len(gc.get_objects(2)) < FEW:
                break
            await trio.sleep(1)
        gc.collect()
