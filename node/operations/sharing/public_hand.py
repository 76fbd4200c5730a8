"""A table's hand for everybody: committed to the day before, dealt at 00:00, opened the day after.

What is committed to is the seed (PROTOCOL.md, "Seeds"). Which day was committed to, and which was
dealt in time, is remembered: a hand of another day is none that a site may show.
"""

import json
from datetime import timedelta
from typing import Any, Final

import trio

from potluck.node import clock
from potluck.node.operations.draw import table_hand
from potluck.node.operations.draw.receipts import receipt_file
from potluck.node.operations.service import Json, Service
from potluck.node.operations.tables.tables import all_joined
from potluck.node.store import FrozenHand
from potluck.protocol import seed
from potluck.protocol.table import Table

NOTE = "publish.commitments"
COMMITTED: Final = "committed"
DEALT: Final = "dealt"

LOOK = 20.0
"""Seconds between two looks at the clock, away from midnight."""
ASLEEP = 60
"""Seconds between two looks after which the node was not up in between."""

UNCOMMITTED: Final = "uncommitted"
LATE: Final = "late"
EMPTY: Final = "empty"


async def public_hand(service: Service, table: Table) -> Json:
    """Today's hand, tomorrow's commitment, and all of yesterday: {table, tomorrow, yesterday,
    receipts}.

    `table`: {date, seal, cards, why}, where `why` says that there are none: UNCOMMITTED the day
    before, LATE (the node was not up at 00:00) or EMPTY. `receipts`: their text by their path.
    This commits to tomorrow's.
    """
    today = clock.local_date(service.clock.now(), table.tz)
    day, next_day, last_day = ((today + timedelta(days=ahead)).isoformat() for ahead in (0, 1, -1))
    async with service.turn:
        states = {last_day: None, day: None} | _states(service, table)
        kept = {date: state for date, state in states.items() if state and date >= last_day}
        await _remember(service, table, {next_day: COMMITTED} | kept)
    cards, why = await _cards(service, table, day, states[day])
    past = _dealt(service, table, last_day) if states[last_day] == DEALT else None
    path = f"receipts/{last_day}.json"
    return {
        "table": {"date": day, "seal": states[day] and _seal(table, day), "cards": cards,
                  "why": why},
        "tomorrow": {"date": next_day, "seal": _seal(table, next_day)},
        "yesterday": past and {"date": last_day, "seal": _seal(table, last_day), "receipt": path},
        "receipts": {path: await _receipt(service, past)} if past else {},
    }  # fmt: skip


async def deal_at_midnight(service: Service) -> None:
    """Deal at 00:00 of a table's day what was committed to, until cancelled."""
    before = service.clock.now()
    while True:
        await trio.sleep(max(0.1, min(LOOK, _next_midnight(service) - service.clock.now())))
        now = service.clock.now()
        await deal_due(service, before, now)
        before = now


async def deal_due(service: Service, before: int, now: int) -> None:
    """Deal for each table whose day began between two looks (UTC seconds), if it was committed to
    and the node was up all that time."""
    for table in all_joined(service):
        day = clock.local_date(now, table.tz)
        began = before < clock.midnight(day, table.tz) <= now
        states = _states(service, table)
        if not began or now - before > ASLEEP or states.get(day.isoformat()) != COMMITTED:
            continue
        await table_hand.draw_table(service, table.name)
        async with service.turn:
            await _remember(service, table, _states(service, table) | {day.isoformat(): DEALT})


def _next_midnight(service: Service) -> int:
    now = service.clock.now()
    return min(
        (
            clock.midnight(clock.local_date(now, table.tz) + timedelta(days=1), table.tz)
            for table in all_joined(service)
        ),
        default=now + int(LOOK),
    )


async def _cards(
    service: Service, table: Table, day: str, state: str | None
) -> tuple[list[Any], str | None]:
    if state is None:
        return [], UNCOMMITTED
    if state != DEALT:
        return [], LATE
    hand = _dealt(service, table, day)
    if hand is None:
        return [], EMPTY
    return json.loads(await _receipt(service, hand))["hand"], None


def _dealt(service: Service, table: Table, day: str) -> FrozenHand | None:
    """The first hand of that day."""
    of_day = service.store.hands.of_day(day, table.name)
    mark = table_hand.digest(table)
    found = (hand for hand in of_day if hand.key.filters == mark and not hand.key.redraw)
    return next(found, None)


async def _receipt(service: Service, hand: FrozenHand) -> str:
    return (await receipt_file(service, hand.facts["receipt"])).decode()


def _seal(table: Table, day: str) -> str:
    return seed.commitment(seed.table(table.secret, day)).hex()


def _states(service: Service, table: Table) -> dict[str, str]:
    found: dict[str, str] = _all_states(service).get(table_hand.digest(table).hex(), {})
    return found


def _all_states(service: Service) -> dict[str, Any]:
    return json.loads(service.store.choices.noted(NOTE) or "{}")  # type: ignore[no-any-return]


async def _remember(service: Service, table: Table, states: dict[str, str]) -> None:
    everything = _all_states(service)
    mark = table_hand.digest(table).hex()
    if everything.get(mark) != states:
        await service.store.choices.note(NOTE, json.dumps(everything | {mark: states}))
