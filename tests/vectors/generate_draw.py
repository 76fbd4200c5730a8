"""Write draw.json: `python -m tests.vectors.generate_draw`.

The cases are explained in PROTOCOL.md, "Test vectors"; the values are facts, so a change of any
of them is a change of the protocol.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from potluck.protocol import seed, stamp, witness
from potluck.protocol.draw import Card, Hand, draw, draw_wild
from tests.vectors.worlds import WORLDS, WORLDS_EXPLAINED, digest

FILE = Path(__file__).with_name("draw.json")
SECRET = bytes.fromhex("afd2451f30436d6fe9536bcc50df9bcbd4ffdff14845910ce62aa8d08736c499")
R = bytes([1]) * 32
WORD = " Mañana "
DAYS = [f"2027-03-0{day}" for day in range(1, 5)]
DAY_1, DAY_2, DAY_3, DAY_4 = DAYS
COMMITMENT = witness.commit(WORLDS["small"], 3, DAY_1, R)
# name, world, seed, cards, wild cards
CASES: list[tuple[str, str, bytes, int, int]] = [
    ("small-solo", "small", seed.solo(SECRET, DAY_1, 0), 5, 0),
    ("small-redraw", "small", seed.solo(SECRET, DAY_1, 1), 5, 0),
    ("small-table", "small", seed.table(SECRET, DAY_1, 0), 5, 0),
    ("small-dice", "small", seed.dice([3, 1, 6, 6, 2]), 3, 0),
    ("small-witness", "small", witness.seed(COMMITMENT, R, WORD), 3, 0),
    *(
        (world, world, seed.solo(SECRET, DAY_2, 0), 12, 0)
        for world in ("few", "town", "same", "shifted", "diluted", "renamed", "mixed", "big")
    ),
    ("all of them", "few", seed.solo(SECRET, DAY_2, 0), 20, 0),
    ("names", "names", seed.solo(SECRET, DAY_2, 0), 9, 0),
    ("nothing to draw", "empty", bytes(32), 5, 0),
    *(
        (f"{world}-wild", world, seed.solo(SECRET, DAY_3, 0), 9, 3)
        for world in ("town", "shifted", "mixed")
    ),
    *(
        (f"{world}-long-wild", world, seed.solo(SECRET, DAY_4, 0), 60, 20)
        for world in ("diluted", "renamed")
    ),
    ("all-wild", "mixed", seed.solo(SECRET, DAY_3, 0), 9, 9),
]
NETWORK = blake2b(b"network", digest_size=16).digest()
STAMPS = [("Bücherei Süd", 12), ("library", 16), ("library", 4), ("library", 22)]


def vectors() -> dict[str, Any]:
    """Draws, seeds, the witness and source stamps as JSON values; bytes are in hexadecimal."""
    return {
        "worlds": WORLDS_EXPLAINED,
        "secret": SECRET.hex(),
        "seeds": _seeds(),
        "witness": _witness(),
        "draws": [_draw(*case) for case in CASES],
        "source_stamps": [_stamp(*case) for case in STAMPS],
    }


def _seeds() -> dict[str, Any]:
    revealed = seed.table(SECRET, DAY_1, 0)
    return {
        "solo": [
            [day, redraw, seed.solo(SECRET, day, redraw).hex()]
            for day, redraw in ((DAY_1, 0), (DAY_2, 3))
        ],
        "table": [[DAY_1, 0, revealed.hex()]],
        "dice": [[rolls, seed.dice(rolls).hex()] for rolls in ([3, 1, 6, 6, 2], [1], [6] * 30)],
        "rolls_needed": [
            [events, seed.rolls_needed(events)]
            for events in (0, 1, 2, 10, 11, 60, 61, 1_000, 472_392, 472_393)
        ],
        "commitments": [[revealed.hex(), seed.commitment(revealed).hex()]],
    }


def _witness() -> dict[str, Any]:
    small, names = WORLDS["small"], WORLDS["names"]
    return {
        "world": "small",
        "n": 3,
        "date": DAY_1,
        "r": R.hex(),
        "word": WORD,
        "root": witness.deck_root(small).hex(),
        "commitment": COMMITMENT.hex(),
        "q": witness.word_digest(WORD).hex(),
        "seed": witness.seed(COMMITMENT, R, WORD).hex(),
        "told": [[one.series, one.source, witness.told(one).hex()] for one in names],
    }


def _draw(name: str, world: str, value: bytes, n: int, wild: int) -> dict[str, Any]:
    """With wild cards, the candidates are those of even slots, the open ones all."""
    deck = WORLDS[world]
    passed = [one for one in deck if one.slot % 2 == 0]
    hand = draw_wild(passed, deck, value, n, wild) if wild else draw(deck, value, n)
    return {
        "name": name,
        "world": world,
        "candidates": len(deck),
        "deck_root": witness.deck_root(deck).hex(),
        "seed": value.hex(),
        "n": n,
        "wild": wild,
        "hand": rows(hand),
    }


def rows(hand: Hand) -> list[list[object]]:
    """Each card as [host, slot, source, round, ticket, odds]."""
    return [_row(card) for card in hand.cards]


def _row(card: Card) -> list[object]:
    one, odds = card.candidate, card.odds
    register = [one.host.hex(), f"{one.slot:016x}", one.source]
    counts = [odds.organisers, odds.series, odds.events, odds.deck]
    return [*register, card.round, card.ticket.hex(), counts]


def _stamp(source: str, stamp_bits: int) -> dict[str, Any]:
    host = digest("host-0")
    challenge = stamp.of_source(NETWORK, host, source, stamp_bits)
    nonce = challenge.search(0, 1 << 24)
    assert nonce is not None
    return {
        "network": NETWORK.hex(),
        "host": host.hex(),
        "source": source,
        "stamp_bits": stamp_bits,
        "first_stamp": nonce.hex(),
        "zero_bits": challenge.zero_bits(nonce),
    }


if __name__ == "__main__":
    text = json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"
    FILE.write_text(text, encoding="utf-8")
