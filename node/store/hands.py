"""Draws that happened: hands frozen at the first look, and the shuffle bag that follows."""

import json
from dataclasses import dataclass, field
from typing import Any

import apsw

from . import rows
from .connection import Row, fetch
from .part import Part

BAG_SINCE = "bag_since"


@dataclass(frozen=True, slots=True)
class HandKey:
    """Of which there is one hand: local date (ISO), table ("": none), redraw, filters' digest."""

    day: str
    table: str
    redraw: int
    filters: bytes


@dataclass(frozen=True, slots=True)
class FrozenCard:
    """A card as it was dealt, in the version that stood for it.

    `event` is the item of the event (`Candidate.event`); `facts` is what the draw said of it then
    (JSON), such as odds.
    """

    host: bytes
    slot: int
    id: bytes
    event: bytes
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrozenHand:
    """A hand as it was dealt; `facts` (JSON) is what was said of the whole."""

    key: HandKey
    drawn_at: int
    seed: bytes
    cards: tuple[FrozenCard, ...]
    facts: dict[str, Any] = field(default_factory=dict)


class Hands(Part):
    """Hands and bag of this home."""

    def hand(self, key: HandKey) -> FrozenHand | None:
        row = self._database.row(f"{_HAND} WHERE {_THIS_HAND}", _bindings(key))
        return self._whole(row) if row else None

    def of_day(self, day: str, table: str) -> list[FrozenHand]:
        """All hands of a local date at a table ("" for none), in the order dealt."""
        found = self._database.rows(
            f"{_HAND} WHERE day = ? AND table_name = ? ORDER BY ref", (day, table)
        )
        return [self._whole(row) for row in found]

    def last(self) -> FrozenHand | None:
        """The hand that was dealt last, at a table or not."""
        row = self._database.row(f"{_HAND} ORDER BY ref DESC LIMIT 1")
        return self._whole(row) if row else None

    async def freeze(self, hand: FrozenHand) -> FrozenHand:
        """Keep a hand. If one of this key was dealt meanwhile, that one counts and is returned."""
        await self._database.write(lambda connection: _freeze(connection, hand))
        kept = self.hand(hand.key)
        return kept or hand

    def bag(self, today: str) -> frozenset[bytes]:
        """The events shown on days before `today` (ISO) since the bag was last emptied."""
        return frozenset(event for (event,) in self._database.rows(_BAG, (BAG_SINCE, today)))

    async def empty_bag(self, today: str) -> None:
        """Start the bag again: only what is shown from `today` on comes into it."""
        await self._database.put("note", BAG_SINCE, today)

    async def put_back(self, event: bytes) -> bool:
        """Let a card come back on another day, though it was shown; whether it ever was."""
        return bool(await self._database.change(_PUT_BACK, (event,)))

    async def take_out(self, event: bytes) -> bool:
        return await self._database.remove("returned", event=event)

    def returned(self, day: str) -> list[bytes]:
        """The events that were put back on this day (ISO)."""
        found = self._database.rows("SELECT event FROM returned WHERE day = ?", (day,))
        return [event for (event,) in found]

    def _whole(self, row: Row) -> FrozenHand:
        ref, *key, drawn_at, seed, facts = row
        found = self._database.rows(_CARDS, (ref,))
        cards = tuple(
            FrozenCard(host, rows.slot_of(slot), id, event, json.loads(dealt_facts))
            for host, slot, id, event, dealt_facts in found
        )
        return FrozenHand(HandKey(*key), drawn_at, seed, cards, json.loads(facts))


def _bindings(key: HandKey) -> tuple[Any, ...]:
    return key.day, key.table, key.redraw, key.filters


def _freeze(connection: apsw.Connection, hand: FrozenHand) -> None:
    row = (*_bindings(hand.key), hand.drawn_at, hand.seed, json.dumps(hand.facts))
    for (ref,) in fetch(connection, _ADD_HAND, row):  # none if the key was there
        cards = (
            (
                ref,
                position,
                card.host,
                rows.slot_key(card.slot),
                card.id,
                card.event,
                json.dumps(card.facts),
            )
            for position, card in enumerate(hand.cards)
        )
        connection.executemany("INSERT INTO card VALUES (?, ?, ?, ?, ?, ?, ?)", cards)


_HAND = "SELECT ref, day, table_name, redraw, filters, drawn_at, seed, facts FROM hand"
_THIS_HAND = "day = ? AND table_name = ? AND redraw = ? AND filters = ?"
_CARDS = "SELECT host, slot, id, event, facts FROM card WHERE hand = ? ORDER BY position"
_ADD_HAND = """
    INSERT OR IGNORE INTO hand (day, table_name, redraw, filters, drawn_at, seed, facts)
    VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING ref
"""
_BAG = """
    SELECT DISTINCT event FROM card JOIN hand ON hand.ref = card.hand
    WHERE day >= coalesce((SELECT body FROM note WHERE name = ?), '') AND day < ? AND NOT EXISTS (
        SELECT 1 FROM returned
        WHERE returned.event = card.event AND returned.day >= hand.day
    )
"""
_PUT_BACK = """
    INSERT OR REPLACE INTO returned (event, day)
    SELECT event, max(day) FROM card JOIN hand ON hand.ref = card.hand
    WHERE event = ? AND table_name = '' GROUP BY event RETURNING 1
"""
