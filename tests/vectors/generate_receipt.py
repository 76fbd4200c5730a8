"""Write receipt.json: `python -m tests.vectors.generate_receipt`.

Receipts and changes to them. Explained in PROTOCOL.md, "Test vectors".
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from potluck.protocol import receipt_json, seed, witness
from potluck.protocol.origin import AtTable, Dice, Fresh, Given, Origin, Solo, Witness
from potluck.protocol.receipt import Receipt, deal, verify
from tests.vectors import changed_receipts
from tests.vectors.generate_draw import COMMITMENT, DAY_1, SECRET, WORD, R
from tests.vectors.worlds import WORLDS, digest

FILE = Path(__file__).with_name("receipt.json")


def vectors() -> dict[str, Any]:
    """A receipt of each kind of seed, as the exact text of its file."""
    made = {name: receipt_of(*case) for name, case in ORIGINS.items()}
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
_OVER_NAMES = witness.commit(WORLDS["names"], 3, DAY_1, R)
ORIGINS: dict[str, tuple[Origin, bytes, int, int, str]] = {
    "solo": (Solo(DAY_1, 0), seed.solo(SECRET, DAY_1, 0), 5, 0, "small"),
    "solo with a wild card": (Solo(DAY_1, 1), seed.solo(SECRET, DAY_1, 1), 5, 1, "small"),
    "table": (AtTable("Café", DAY_1, 0), seed.table(SECRET, DAY_1, 0), 5, 0, "small"),
    "dice": (Dice((3, 1, 6, 6, 2)), seed.dice([3, 1, 6, 6, 2]), 3, 0, "small"),
    "witness": (
        Witness(DAY_1, COMMITMENT, R, WORD),
        witness.seed(COMMITMENT, R, WORD),
        3,
        0,
        "small",
    ),
    "witness of imported events": (
        Witness(DAY_1, _OVER_NAMES, R, WORD),
        witness.seed(_OVER_NAMES, R, WORD),
        3,
        0,
        "names",
    ),
    "given": (Given(), digest("given"), 2, 0, "small"),
    "fresh": (Fresh(), digest("fresh"), 2, 0, "small"),
}


def receipt_of(origin: Origin, value: bytes, n: int, wild: int, world: str) -> Receipt:
    """The receipt over that world; with wild cards, its events of slot 0 pass the filters."""
    deck = WORLDS[world]
    if not wild:
        return deal(deck, origin, value, n)
    passed = [one for one in deck if one.slot == 0]
    others = [one for one in deck if one.slot != 0]
    return deal(passed, origin, value, n, wild, others, {"topics": "music, Jazz"})


if __name__ == "__main__":
    text = json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"
    FILE.write_text(text, encoding="utf-8")
