"""Write negentropy.json: `python -m tests.vectors.generate_negentropy`.

Whole conversations over sets that anybody can build. They equal, byte for byte, those of the
reference implementation (hoytech/negentropy).
"""

from __future__ import annotations

import json
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from potluck.protocol.items import Items
from potluck.protocol.reconcile import Reconciler

FILE = Path(__file__).with_name("negentropy.json")
LONGEST_WRITTEN_OUT = 5_000

# name, common ids, ids only A has, ids only B has, first timestamp, step, frame limit (0: none)
CASES = [
    ("nothing on both sides", 0, 0, 0, 0, 0, 0),
    ("an empty joiner", 0, 0, 3, 0, 0, 0),
    ("below one list", 20, 1, 1, 0, 0, 0),
    ("one timestamp", 100, 2, 3, 0, 0, 0),
    ("the ten newest", 1_000, 10, 0, 1_700_000_000, 1, 0),
    ("a hundred scattered", 5_000, 25, 75, 0, 0, 0),
    ("small frames", 20_000, 1_000, 1_000, 0, 0, 4_096),
    ("scattered in time", 3_000, 4, 4, 1_800_000_000, 60, 8_192),
]


ANSWERED = {
    "another version": "62",
    "nothing said": "61",
    "bounds of different lengths that are equal": "61 02 02 ab00 00 01 01 ab 00",
}
REFUSED = {
    "no byte": "",
    "it breaks off in a bound": "61 01",
    "it breaks off in a fingerprint": f"61 00 00 01 {bytes(15).hex()}",
    "fewer ids than it says": f"61 00 00 02 02 {bytes(32).hex()}",
    "more ids than any message": "61 00 00 02 81808080808080808000",
    "an unknown kind": "61 00 00 03",
    "bounds that descend": "61 02 01 ab 00 01 01 aa 00",
    "a range beyond infinity": "61 00 00 00 00 00 00",
    "infinity as a number": "61 02 00 00 81ffffffffffffffff7f 00 00",
    "a number in longer form": "61 8002 00 00",
    "a number beyond 64 bits": "61 82808080808080808000 00 00",
    "33 bytes of an id": f"61 02 21 {bytes(33).hex()} 00",
}


def an_id(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=32).digest()


def side(name: str, common: int, only: int, first: int, step: int) -> Items:
    """The set of one side: item i has the timestamp first + i * step; common items come first."""
    ids = [an_id(f"common:{i}") for i in range(common)] + [
        an_id(f"{name}:{i}") for i in range(only)
    ]
    return Items((first + i * step, id) for i, id in enumerate(ids))


def conversation(initiator: Reconciler, responder: Reconciler) -> list[str]:
    """Each message as C (the initiator's) or S and hexadecimal."""
    lines, message = [], initiator.open()
    while True:
        answer = responder.respond(message)
        lines += [f"C{message.hex()}", f"S{answer.hex()}"]
        reply = initiator.reconcile(answer).reply
        if reply is None:
            return lines
        message = reply


def case(
    name: str, common: int, a: int, b: int, first: int, step: int, limit: int
) -> dict[str, Any]:
    ours, theirs = side("a", common, a, first, step), side("b", common, b, first, step)
    lines = conversation(Reconciler(ours, limit or None), Reconciler(theirs, limit or None))
    text = "\n".join(lines)
    made: dict[str, Any] = {
        "name": name,
        "common": common,
        "only_a": a,
        "only_b": b,
        "first_timestamp": first,
        "step": step,
        "frame_limit": limit,
        "messages": len(lines),
        "bytes": sum(len(line) // 2 for line in lines),
        "sha256": sha256(text.encode()).hexdigest(),
    }
    return made | ({"transcript": lines} if len(text) <= LONGEST_WRITTEN_OUT else {})


def plain(text: str) -> str:
    return text.replace(" ", "")


def vectors() -> dict[str, Any]:
    """All cases."""
    return {
        "ids": "BLAKE2b-256 of the ASCII text common:i, a:i or b:i",
        "timestamps": (
            "first_timestamp + index * step, the index over the common ids, then a's or b's"
        ),
        "sha256": (
            "of the transcript's lines joined by line feeds; C: initiator (a), S: responder (b)"
        ),
        "cases": [case(*numbers) for numbers in CASES],
        "answered": [
            {
                "name": name,
                "message": plain(text),
                "answer": Reconciler(Items([])).respond(bytes.fromhex(text)).hex(),
            }
            for name, text in ANSWERED.items()
        ],
        "refused": [{"name": name, "message": plain(text)} for name, text in REFUSED.items()],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=1) + "\n")
