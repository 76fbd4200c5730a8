"""Write trust.json: `python -m tests.vectors.generate_trust`.

Vouches as bytes, and vouched draws card by card. Explained in PROTOCOL.md, "Test vectors".
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from potluck.protocol import receipt_json, seed, stamp
from potluck.protocol.candidate import Candidate
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network
from potluck.protocol.origin import Given
from potluck.protocol.receipt import Receipt, deal_vouched, verify
from potluck.protocol.vouch import MAX_LIFETIME, Vouch, revise, sign_vouch
from potluck.protocol.vouched_receipt import withheld
from potluck.protocol.walk import Vouched, draw_vouched, returned
from tests.vectors import changed_receipts
from tests.vectors.generate_receipt import found_in
from tests.vectors.worlds import WORLDS, digest

FILE = Path(__file__).with_name("trust.json")
SECRET = bytes.fromhex("afd2451f30436d6fe9536bcc50df9bcbd4ffdff14845910ce62aa8d08736c499")
NETWORK = Network("vectors", 12)
ADA, BO = Identity.from_seed(digest("ada")), Identity.from_seed(digest("bo"))
NOW = 1_800_000_000
HOSTS = [digest(f"host-{number}") for number in range(14)]
MET = (1, 2, 3)
# name, day, cards, whether strangers come, whose candidates there are
WALKS: list[tuple[str, str, int, bool, tuple[int, ...]]] = [
    ("five", "2027-03-05", 5, True, tuple(range(14))),
    ("twelve", "2027-03-06", 12, True, tuple(range(14))),
    ("sparse", "2027-03-07", 8, False, (0, 5, 6, 7, 8)),
    ("nobody has any", "2027-03-07", 3, False, ()),
]


def vectors() -> dict[str, Any]:
    """Vouches and walks as JSON values; bytes are in hexadecimal."""
    receipts = _receipts()
    return {
        "network": {"name": NETWORK.name, "stamp_bits": NETWORK.stamp_bits},
        "vouches": _vouches(),
        "walks_explained": "world town of draw.json; one vouches for hosts 1, 2, 3; host i vouches "
        "publicly for j when j is not i and ((i + j) % 3 == 0 or (j - i) % 14 == 5); hand: number, "
        "path (null: a stranger's), host, slot, source",
        "walks": [_walk(*case) for case in WALKS],
        "receipts": [_receipt(*each) for each in receipts.items()],
        "differing": [
            case | {"found": found_in(case, receipt_json.encode(receipts[case["of"]]))}
            for case in map(changed_receipts.written, changed_receipts.DIFFERING_WALKS)
        ],
    }


def _receipts() -> dict[str, Receipt]:
    """A vouched hand of four, whole and as it is for others."""
    people = [Identity.from_seed(digest(name)) for name in ("ada", "bo", "cy", "di")]
    given = [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 0)]
    vouches = [
        sign_vouch(
            Vouch(NETWORK.id, people[by].key, _nonce(people[by]), host, people[host].key,
                  NOW, NOW + MAX_LIFETIME, True),
            people[by],
        )
        for by, host in given
    ]  # fmt: skip
    deck = [
        Candidate(one.key, slot, digest(f"{number}-{slot}"))
        for number, one in enumerate(people)
        for slot in range(3)
    ]
    met = frozenset({people[0].key})
    made = deal_vouched(deck, Given(), digest("walk"), 4, met, vouches, strangers=True)
    assert made.walked is not None
    return {"whole": made, "for others": replace(made, walked=withheld(made.walked))}


def _receipt(name: str, made: Receipt) -> dict[str, str]:
    assert not verify(made)
    text = receipt_json.encode(made)
    return {"name": name, "id": receipt_json.receipt_id(text).hex(), "text": text.decode()}


def _nonce(identity: Identity) -> bytes:
    found = stamp.birth(NETWORK.id, identity.key, NETWORK.stamp_bits).search(0, 1 << 20)
    assert found is not None
    return found


def _vouches() -> list[dict[str, Any]]:
    vouch = Vouch(NETWORK.id, ADA.key, _nonce(ADA), 0, BO.key, NOW, NOW + MAX_LIFETIME, True)
    taken = revise(vouch, given=False, now=NOW + 60, expires_at=NOW + 120)
    last = replace(vouch, index=63, expires_at=NOW + 1)
    return [
        {
            "index": each.index,
            "issued_at": each.issued_at,
            "expires_at": each.expires_at,
            "given": each.given,
            "id": signed.id.hex(),
            "encoded": signed.encoded.hex(),
        }
        for each in (vouch, taken, last)
        for signed in [sign_vouch(each, ADA)]
    ]


def _walk(
    name: str,
    day: str,
    n: int,
    strangers: bool,  # noqa: FBT001
    of: tuple[int, ...],
) -> dict[str, Any]:
    numbers = {host: number for number, host in enumerate(HOSTS)}
    deck = [one for one in WORLDS["town"] if numbers[one.host] in of]
    friends = returned(
        Vouched(HOSTS[i], HOSTS[j])
        for i in range(14)
        for j in range(14)
        if i != j and ((i + j) % 3 == 0 or (j - i) % 14 == 5)
    )
    met = [HOSTS[number] for number in MET]
    value = seed.solo(SECRET, day, 0)
    hand = draw_vouched(deck, value, n, met, friends, strangers=strangers)
    rows = [
        [
            each.number,
            None if each.path is None else [numbers[host] for host in each.path],
            numbers[each.card.candidate.host],
            f"{each.card.candidate.slot:016x}",
            each.card.candidate.source,
        ]
        for each in hand
    ]
    return {
        "name": name,
        "seed": value.hex(),
        "n": n,
        "strangers": strangers,
        "hosts": list(of),
        "hand": rows,
    }


if __name__ == "__main__":
    text = json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"
    FILE.write_text(text, encoding="utf-8")
