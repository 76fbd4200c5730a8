"""Changes to the receipts of receipt.json: name, which receipt, where, and what is put there.

One place beyond the end of a list appends; `OUT` takes out what is there.
"""

from __future__ import annotations

from typing import Any

from potluck.protocol.identity import Identity
from potluck.protocol.vouch import Vouch, sign_vouch

OUT = object()
STRANGER = Identity.from_seed(bytes(32))
Change = tuple[str, str, list[str | int], Any]

MADE_UP = ["22" * 32, "0" * 16, "22" * 32, None, None]
FIRST_CANDIDATE = "3a7f0f442321f292e38d0dd5455397c44b2e15246f253512a7f8b6136ef10bbb"


DIFFERING: list[Change] = [
    ("another seed", "given", ["seed"], "00" * 32),
    ("a candidate less", "solo", ["candidates", 0], OUT),
    ("a candidate made up", "solo", ["candidates", 3, 0], "44" * 32),
    ("another id for a dealt card", "solo", ["hand", 0, "id"], "00" * 32),
    ("a card made up", "solo", ["hand", 1, "host"], "11" * 32),
    ("a card less", "solo", ["hand", 4], OUT),
    ("a larger hand", "solo", ["n"], 6),
    ("a smaller hand", "given", ["n"], 1),
    ("another round", "solo", ["hand", 2, "round"], 2),
    ("another ticket", "solo", ["hand", 2, "ticket"], "00" * 16),
    ("better odds", "solo", ["hand", 3, "odds", "organisers"], 700),
    ("a hidden wild card", "solo with a wild card", ["hand", 4, "wild"], False),
    ("a hidden other", "solo with a wild card", ["others", 0], OUT),
    ("other rolls", "dice", ["origin", "rolls"], [3, 1, 6, 6, 1]),
    ("too few rolls", "dice", ["origin", "rolls"], [3, 1, 6, 6]),
    ("another word", "witness", ["origin", "word"], "hoy"),
    ("a word with a space of no width", "witness", ["origin", "word"], "\ufeffMañana"),
    ("another r", "witness", ["origin", "r"], "00" * 32),
    ("another day", "witness", ["origin", "date"], "2027-03-02"),
    ("another commitment", "witness", ["origin", "commitment"], "00" * 32),
    ("a larger deck than committed", "witness", ["candidates", 16], MADE_UP),
    ("another series after the word", "witness of imported events", ["candidates", 1, 3], "x"),
    ("no series after the word", "witness of imported events", ["candidates", 0, 3], None),
    ("another source after the word", "witness of imported events", ["candidates", 2, 4], "x"),
    ("no source after the word", "witness of imported events", ["candidates", 2, 4], None),
    ("another id after the word", "witness of imported events", ["candidates", 1, 2], "33" * 32),
    ("two events for one register", "given", ["candidates", 16], [FIRST_CANDIDATE, *MADE_UP[1:]]),
    ("one more, after the word", "witness", ["candidates", 16], [FIRST_CANDIDATE, *MADE_UP[1:]]),
]

ELSEWHERE = sign_vouch(
    Vouch(
        bytes(16), STRANGER.key, bytes(8), 0, bytes(32), 1_800_000_000, 1_800_000_001, given=True
    ),
    STRANGER,
).encoded.hex()
DIFFERING_WALKS: list[Change] = [
    ("a card less", "whole", ["hand", 3], OUT),
    ("a smaller hand", "whole", ["n"], 3),
    ("a smaller hand for others", "for others", ["n"], 3),
    ("another host met", "whole", ["met", 0], "11" * 32),
    ("a vouch less", "whole", ["vouches", 0], OUT),
    ("two events for one register", "whole", ["candidates", 0, 1], "0" * 15 + "1"),
    ("a vouch more, of another network", "whole", ["vouches", 7], ELSEWHERE),
]

REFUSED: list[Change] = [
    ("another version", "solo", ["receipt"], 3),
    ("an earlier version", "solo", ["receipt"], 1),
    ("true is no version", "solo", ["receipt"], True),
    ("a field more", "solo", ["score"], 1),
    ("a field less", "solo", ["wild"], OUT),
    ("the mode of an earlier rule", "solo", ["mode"], "hosts"),
    ("a seed in capitals", "solo", ["seed"], "AB" * 32),
    ("a short seed", "solo", ["seed"], "ab"),
    ("a fraction of a card", "solo", ["n"], 2.5),
    ("fewer cards than none", "solo", ["n"], -1),
    ("more cards than 32 bits count", "solo", ["n"], 1 << 32),
    ("a size that is true", "solo", ["n"], True),
    ("51 cards", "solo", ["n"], 51),
    ("a short candidate", "solo", ["candidates", 0], []),
    ("a slot as a number", "solo", ["candidates", 0, 1], 0),
    ("a series that is a number", "solo", ["candidates", 0, 3], 7),
    ("a hand that is no list", "solo", ["hand"], {}),
    ("odds without organisers", "solo", ["hand", 0, "odds", "organisers"], OUT),
    ("a key more in a card", "solo", ["hand", 0, "title"], "x"),
    ("neither wild nor not", "solo", ["hand", 0, "wild"], 1),
    ("no origin", "solo", ["origin"], {"kind": "stars"}),
    ("an origin that is a list", "solo", ["origin"], []),
    ("a kind that is a list", "solo", ["origin", "kind"], []),
    ("an origin with a secret", "solo", ["origin", "secret"], "ab"),
    ("a redraw that is none", "solo", ["origin", "redraw"], -1),
    ("a date that is none", "solo", ["origin", "date"], "yesterday"),
    ("a month that is none", "solo", ["origin", "date"], "2027-13-01"),
    ("a table's name of two lines", "table", ["origin", "name"], "a\nb"),
    ("rolls that no die shows", "dice", ["origin", "rolls"], [7]),
    ("a word that is a number", "witness", ["origin", "word"], 7),
    ("a word of two lines", "witness", ["origin", "word"], "a\nb"),
    ("a word of white space", "witness", ["origin", "word"], " \u3000"),
    ("a word that is too long", "witness", ["origin", "word"], "x" * 201),
    ("a witness and wild cards", "witness", ["wild"], 1),
    ("others without wild cards", "solo", ["others", 0], MADE_UP),
    ("more wild cards than cards", "solo with a wild card", ["wild"], 6),
    ("filters that are a list", "solo with a wild card", ["filters"], []),
    ("filters that are null", "solo with a wild card", ["filters"], None),
    ("filters that are numbers", "solo with a wild card", ["filters"], {"topics": 1}),
]


def written(change: Change) -> dict[str, Any]:
    """The change as a JSON value: without `value`, what is at the path is taken out."""
    name, of, path, value = change
    return {"name": name, "of": of, "at": path} | ({} if value is OUT else {"value": value})


def apply(case: dict[str, Any], receipt: Any) -> Any:
    """The receipt, a JSON value, with the change made in it."""
    *steps, last = case["at"]
    inner = receipt
    for step in steps:
        inner = inner[step]
    if "value" not in case:
        del inner[last]
    elif isinstance(inner, list) and last == len(inner):
        inner.append(case["value"])
    else:
        inner[last] = case["value"]
    return receipt
