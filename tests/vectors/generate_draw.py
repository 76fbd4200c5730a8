"""Write draw.json, receipt.json and link.json: `python -m tests.vectors.generate_draw`.

The cases are explained in PROTOCOL.md, "Test vectors"; the values are facts, so a change of any
of them is a change of the protocol.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from potluck.protocol import link, receipt_json, seed, witness
from potluck.protocol.draw import Candidate, Card, Hand, Mode, draw, draw_wild
from potluck.protocol.network import Network
from potluck.protocol.origin import AtTable, Dice, Fresh, Given, Origin, Solo, Witness
from potluck.protocol.receipt import Receipt, deal, verify
from potluck.protocol.table import Table
from tests.vectors import changed_receipts

FOLDER = Path(__file__).parent
SECRET = bytes.fromhex("22bf35642474d8b77bbdc10d0674d10a6e6138f6c911903da4e588fa58837aa4")
R = bytes([1]) * 32
WORD = " Mañana "
DAY_1, DAY_2 = "2027-03-01", "2027-03-02"


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=32).digest()


def event(host: int, slot: int) -> Candidate:
    """Event `slot` of host `host`: every third one but the first is of the series weekly."""
    series = "weekly" if slot and slot % 3 == 0 else None
    return Candidate(digest(f"host-{host}"), slot, digest(f"id-{host}-{slot}"), series)


def world(hosts: int, events_of: Callable[[int], int]) -> list[Candidate]:
    return [event(host, slot) for host in range(hosts) for slot in range(events_of(host))]


def relayed(host: int, slot: int) -> Candidate:
    """The same event whichever of the hosts 0, 1, 2 relays it; the other hosts have their own."""
    feed = f"feed-{slot % 2}"
    if host > 2:
        return event(host, slot)
    return Candidate(digest(f"host-{host}"), slot, digest(f"id-{feed}-{slot}"), feed, feed)


WORLDS: dict[str, list[Candidate]] = {
    "small": world(7, lambda host: 1 + host % 4),
    "big": world(400, lambda host: 2630 if host == 3 else 1 + host % 9),
    "few": world(2, lambda _: 9),
    "one series": [
        Candidate(digest("host-0"), s, digest(f"id-0-{s}"), "library", "library") for s in range(9)
    ],
    "relayed": [relayed(host, slot) for host in range(5) for slot in range(6)],
    "empty": [],
}
WORLDS_EXPLAINED = {
    "host i": "BLAKE2b-256 of host-i; its slots 0 to per(i) - 1; id = BLAKE2b-256 of id-i-slot;"
    " series weekly for slots 3, 6, 9, ..., else none; no source",
    "small": "7 hosts, per(i) = 1 + i mod 4",
    "big": "400 hosts, per(3) = 2630, else 1 + i mod 9",
    "few": "2 hosts, per = 9",
    "one series": "host 0, per = 9, every source and series library",
    "relayed": "5 hosts, per = 6; hosts 0, 1, 2 relay: source = series = feed-(slot mod 2),"
    " id = BLAKE2b-256 of id-feed-(slot mod 2)-slot",
    "empty": "no candidates",
}
DRAWS: list[tuple[str, str, bytes, int, Mode]] = [
    ("solo", "small", seed.solo(SECRET, DAY_1, 0), 5, "hosts"),
    ("redraw", "small", seed.solo(SECRET, DAY_1, 1), 5, "hosts"),
    ("table", "small", seed.table(SECRET, DAY_1, 0), 5, "hosts"),
    ("dice", "small", seed.dice([3, 1, 6, 6, 2]), 3, "hosts"),
    ("rounds", "few", seed.solo(SECRET, DAY_2, 0), 7, "hosts"),
    ("all of them", "few", seed.solo(SECRET, DAY_2, 0), 20, "hosts"),
    ("one series", "one series", seed.solo(SECRET, DAY_2, 0), 4, "hosts"),
    ("relayed once", "relayed", seed.solo(SECRET, DAY_2, 0), 12, "hosts"),
    ("relayed once, by events", "relayed", seed.solo(SECRET, DAY_2, 0), 12, "events"),
    ("by hosts", "big", seed.solo(SECRET, DAY_2, 0), 10, "hosts"),
    ("by events", "big", seed.solo(SECRET, DAY_2, 0), 10, "events"),
    ("nothing to draw", "empty", bytes(32), 5, "hosts"),
]
TABLE = Table(
    "Café Größenwahn", digest("table"), "Europe/Berlin", 52.52, -13.40512, 2.5, 14, "hosts", 5
)
TABLES = {
    "usual": TABLE,
    "least": Table("t", bytes(32), "UTC", 0, 0, 0.001, 1, "events", 1),
    "most": Table(
        "東" * 64, b"\xff" * 32, "America/Indiana/Indianapolis", -90, 180, 20_040, 366, "hosts", 50
    ),
}
PEERS = tuple(
    f"/ip4/192.0.2.{n}/tcp/4001/p2p/12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X"
    for n in (1, 2)
)
INVITATIONS = {
    "open": link.Invitation(Network("Nachbarschaft Süd", 22)),
    "closed": link.Invitation(Network("school", 16, digest("network")), PEERS, TABLE),
}


def draws() -> dict[str, Any]:
    """The draws, wild draws, seeds and the witness as JSON values; bytes are in hexadecimal."""
    return {
        "worlds": WORLDS_EXPLAINED,
        "secret": SECRET.hex(),
        "seeds": {
            "solo": [
                [DAY_1, 0, seed.solo(SECRET, DAY_1, 0).hex()],
                [DAY_2, 3, seed.solo(SECRET, DAY_2, 3).hex()],
            ],
            "table": [[DAY_1, 0, seed.table(SECRET, DAY_1, 0).hex()]],
            "dice": [[rolls, seed.dice(rolls).hex()] for rolls in ([3, 1, 6, 6, 2], [1], [6] * 30)],
            "rolls_needed": [
                [n, seed.rolls_needed(n)] for n in (0, 1, 2, 10, 11, 60, 61, 1_000, 200_000)
            ],
        },
        "witness": _witness(),
        "draws": [_draw(*case) for case in DRAWS],
        "wild": [
            _wild(name, wild, mode) for name in ("small", "few", "relayed") for wild, mode in _WILD
        ],
    }


_WILD: list[tuple[int, Mode]] = [(0, "hosts"), (2, "hosts"), (5, "hosts"), (2, "events")]


def receipts() -> dict[str, Any]:
    """A receipt of each kind of seed, as the exact text of its file."""
    made = {
        name: receipt_of(origin, value, n, wild)
        for name, (origin, value, n, wild) in ORIGINS.items()
    }
    made["any filters"] = replace(made["given"], filters=ANY_FILTERS)
    texts = {name: receipt_json.encode(receipt) for name, receipt in made.items()}
    differing = [changed_receipts.written(change) for change in changed_receipts.DIFFERING]
    return {
        "secret": SECRET.hex(),
        "receipts": [
            {"name": name, "id": receipt_json.receipt_id(text).hex(), "text": text.decode()}
            for name, text in texts.items()
        ],
        "differing": [case | {"found": found_in(case, texts[case["of"]])} for case in differing],
        "refused": [changed_receipts.written(change) for change in changed_receipts.REFUSED],
    }


def found_in(case: dict[str, Any], text: bytes) -> list[str]:
    """What verifying the changed receipt names: deck, seed, commitment, dice, card 1 and so on."""
    changed = json.dumps(changed_receipts.apply(case, json.loads(text)))
    found = verify(receipt_json.decode(changed.encode()))
    return list(dict.fromkeys(words.partition(":")[0] for words in found))


ANY_FILTERS = {
    "9": "",
    "10": '"\\/\b\t\x01\x7f\u2028',
    "": "é",
    "\U0001f372": "e\u0301",
    "\uffff": " ",
}
_COMMITMENT = witness.commit(WORLDS["small"], 3, "hosts", DAY_1, R)
ORIGINS: dict[str, tuple[Origin, bytes, int, int]] = {
    "solo": (Solo(DAY_1, 0), seed.solo(SECRET, DAY_1, 0), 5, 0),
    "solo with a wild card": (Solo(DAY_1, 1), seed.solo(SECRET, DAY_1, 1), 5, 1),
    "table": (AtTable("Café", DAY_1, 0), seed.table(SECRET, DAY_1, 0), 5, 0),
    "dice": (Dice((3, 1, 6, 6, 2)), seed.dice([3, 1, 6, 6, 2]), 3, 0),
    "witness": (Witness(DAY_1, _COMMITMENT, R, WORD), witness.seed(_COMMITMENT, R, WORD), 3, 0),
    "given": (Given(), digest("given"), 2, 0),
    "fresh": (Fresh(), digest("fresh"), 2, 0),
}


def receipt_of(origin: Origin, value: bytes, n: int, wild: int) -> Receipt:
    """The receipt over the world small; with wild cards, its events of slot 0 pass the filters."""
    deck = WORLDS["small"]
    if not wild:
        return deal(deck, origin, value, n)
    passed = [one for one in deck if one.slot == 0]
    others = [one for one in deck if one.slot != 0]
    return deal(passed, origin, value, n, "hosts", wild, others, {"topics": "music, Jazz"})


def links() -> dict[str, Any]:
    """Links of tables and of networks, and texts that are none."""
    usual = link.format_table(TABLE)
    return {
        "tables": [
            {
                "name": table.name,
                "secret": table.secret.hex(),
                "tz": table.tz,
                "place": [table.lat, table.lon, table.km],
                "days": table.days,
                "by": table.by,
                "hand": table.hand,
                "link": link.format_table(table),
            }
            for table in TABLES.values()
        ],
        "invitations": [
            {
                "name": invitation.network.name,
                "stamp_bits": invitation.network.stamp_bits,
                "secret": invitation.network.secret.hex() if invitation.network.secret else None,
                "peers": list(invitation.peers),
                "table": link.format_table(invitation.table) if invitation.table else None,
                "link": link.format_invitation(invitation),
            }
            for invitation in INVITATIONS.values()
        ],
        "taken": [
            {"text": text, "as": usual}
            for text in (
                usual.replace("&days=14", "").replace("?n=", "?days=14&n="),
                usual.replace(link.base32(TABLE.secret), link.base32(TABLE.secret).lower()),
                usual.replace("%C3%A9%20", "%c3%a9 ").replace("%C3%B6", "ö"),
                usual.replace("Europe/Berlin", "Europe%2FBerl%69n").replace("hand=5", "hand=%35"),
            )
        ],
        "refused": [
            "",
            "potluck:",
            "potluck:table?",
            "https://potluck.example/table?n=x",
            usual + "&hand=5",
            usual + "&colour=red",
            usual.replace("&days=14", ""),
            usual.replace("km=2.5", "km=2.50"),
            usual.replace("km=2.5", "km=2.5e0"),
            usual.replace("km=2.5", "km=nan"),
            usual.replace("lat=52.52", "lat=152.52"),
            usual.replace("lat=52.52", "lat=+52.52"),
            usual.replace("lat=52.52", "lat=52.520001"),
            usual.replace("days=14", "days=014"),
            usual.replace("by=hosts", "by=topics"),
            usual.replace("hand=5", "hand=0"),
            usual.replace("%C3", "%C"),
            usual.replace("%C3%A9", "%E9"),
            usual.replace("&k=", "&k=A"),
            usual.replace("N6Q&", "N6R&"),
            usual.replace("&days=14", "&days"),
            usual.replace("&hand=", "&h%61nd="),
            usual.replace("potluck:", "POTLUCK:"),
            usual.replace("km=2.5", "km=.5"),
            usual.replace("km=2.5", "km=0"),
            usual.replace("lat=52.52", "lat=-0"),
            usual.replace("tz=Europe", "tz=/Europe"),
            usual.replace("n=Caf", "n=%20Caf"),
            "potluck:network?n=x&b=41",
            "potluck:network?n=x&b=22" + "&peer=/ip4/192.0.2.1/tcp/1/p2p/Q" * 9,
            "potluck:network?n=x",
            "potluck:network?n=x&b=22&peer=nowhere",
            "potluck:network?n=x&b=22&table=potluck:network%3Fn%3Dx%26b%3D22",
        ],
    }


def _draw(name: str, world: str, value: bytes, n: int, mode: Mode) -> dict[str, Any]:
    deck = WORLDS[world]
    return {
        "name": name,
        "world": world,
        "candidates": len(deck),
        "deck_root": witness.deck_root(deck).hex(),
        "seed": value.hex(),
        "n": n,
        "mode": mode,
        "hand": _hand(draw(deck, value, n, mode)),
    }


def _wild(world: str, wild: int, mode: Mode) -> dict[str, Any]:
    """The events of even slots pass the filters; the wild cards come from the whole world."""
    deck, value = WORLDS[world], seed.solo(SECRET, DAY_2, 0)
    passed = [one for one in deck if one.slot % 2 == 0]
    hand = draw_wild(passed, deck, value, 5, wild, mode)
    return {
        "world": world,
        "seed": value.hex(),
        "n": 5,
        "wild": wild,
        "mode": mode,
        "hand": _hand(hand),
    }


def _hand(hand: Hand) -> list[list[object]]:
    return [_card(card) for card in hand.cards]


def _card(card: Card) -> list[object]:
    """[host, slot, round, ticket, [hosts, series, events, deck]], and "wild" where it is."""
    odds = [card.odds.hosts, card.odds.series, card.odds.events, card.odds.deck]
    one = card.candidate
    written = [one.host.hex(), f"{one.slot:016x}", card.round, card.ticket.hex(), odds]
    return [*written, "wild"] if card.wild else written


def _witness() -> dict[str, Any]:
    return {
        "world": "small",
        "n": 3,
        "mode": "hosts",
        "date": DAY_1,
        "r": R.hex(),
        "word": WORD,
        "root": witness.deck_root(WORLDS["small"]).hex(),
        "commitment": _COMMITMENT.hex(),
        "q": witness.word_digest(WORD).hex(),
        "seed": witness.seed(_COMMITMENT, R, WORD).hex(),
        "hand": _hand(draw(WORLDS["small"], witness.seed(_COMMITMENT, R, WORD), 3)),
    }


def files() -> dict[str, dict[str, Any]]:
    """The vectors by file name."""
    return {"draw.json": draws(), "receipt.json": receipts(), "link.json": links()}


if __name__ == "__main__":
    for name, vectors in files().items():
        (FOLDER / name).write_text(
            json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
