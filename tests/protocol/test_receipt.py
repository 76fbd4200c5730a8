"""Receipts: what follows is found good, whatever was changed is named, what is open is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol import receipt_json
from potluck.protocol.draw import Hand
from potluck.protocol.errors import Invalid
from potluck.protocol.origin import AtTable, Dice, Fresh, Origin, Solo, Witness, kind
from potluck.protocol.receipt import Receipt, deal, unproven, verify
from potluck.protocol.table import MAX_HAND
from tests.vectors import changed_receipts, generate_receipt
from tests.vectors.generate_draw import DAY_1, SECRET
from tests.vectors.generate_receipt import ORIGINS, receipt_of
from tests.vectors.worlds import WORLDS

VECTORS = json.loads(generate_receipt.FILE.read_text(encoding="utf-8"))
TEXTS = {case["name"]: case["text"] for case in VECTORS["receipts"]}
RECEIPTS = {name: receipt_of(*case) for name, case in ORIGINS.items()}
every_receipt = pytest.mark.parametrize("receipt", RECEIPTS.values(), ids=RECEIPTS.keys())


def test_what_we_compute_is_what_the_vectors_hold() -> None:
    assert json.loads(json.dumps(generate_receipt.vectors())) == VECTORS


@pytest.mark.parametrize("case", VECTORS["receipts"], ids=lambda case: case["name"])
def test_the_receipts_of_the_vectors_are_good(case: dict[str, str]) -> None:
    encoded = case["text"].encode()
    receipt = receipt_json.decode(encoded)

    assert verify(receipt) == []
    assert receipt_json.encode(receipt) == encoded
    assert receipt_json.receipt_id(encoded).hex() == case["id"]


@every_receipt
def test_a_receipt_is_the_same_however_its_json_is_written(receipt: Receipt) -> None:
    encoded = receipt_json.encode(receipt)
    pretty = json.dumps(json.loads(encoded), indent=2).encode()
    turned, *others = receipt.candidates[::-1]
    shuffled = replace(receipt, candidates=(turned, *others, turned))

    assert receipt_json.encode(receipt_json.decode(pretty)) == encoded
    assert receipt_json.encode(shuffled) == encoded
    assert verify(shuffled) == []


def test_a_receipt_of_two_events_of_one_register_has_an_id_of_its_own() -> None:
    receipt = receipt_json.decode(TEXTS["given"].encode())
    first = receipt.candidates[0]
    both = (*receipt.candidates, replace(first, series="another"))
    ids = {
        receipt_json.encode(replace(receipt, candidates=order))
        for order in (receipt.candidates, both, both[::-1])
    }
    assert len(ids) == 2


@every_receipt
def test_no_receipt_holds_a_secret(receipt: Receipt) -> None:
    assert SECRET.hex() not in receipt_json.encode(receipt).decode()


def test_who_holds_the_secret_checks_the_seed_as_well() -> None:
    for name in ("solo", "table"):
        assert verify(RECEIPTS[name], SECRET) == []
        assert [words[:5] for words in verify(RECEIPTS[name], bytes(32))] == ["seed:"]


def changed(case: dict[str, Any]) -> Receipt:
    """The receipt of the vectors that a case changes, with its change."""
    text = next(one["text"] for one in VECTORS["receipts"] if one["name"] == case["of"])
    return receipt_json.decode(json.dumps(changed_receipts.apply(case, json.loads(text))).encode())


@pytest.mark.parametrize("case", VECTORS["differing"], ids=lambda case: case["name"])
def test_what_was_changed_is_named(case: dict[str, Any]) -> None:
    found = verify(changed(case))

    assert list(dict.fromkeys(words.partition(":")[0] for words in found)) == case["found"] != []


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("another seed", "card 1: the draw deals"),
        ("a card less", "card 5: the draw deals"),
        ("a smaller hand", "card 2: the draw deals none"),
        ("another round", "card 3: its round is 1, the receipt has 2"),
        ("another ticket", "card 3: its ticket is"),
        ("better odds", "card 4: its odds is"),
        ("a hidden wild card", "card 5: its wild is True"),
        ("other rolls", "seed: its origin gives"),
        ("too few rolls", "dice: 4 rolls are too few"),
        ("two events for one register", "deck: two candidates for one register"),
    ],
)
def test_a_difference_is_told(name: str, difference: str) -> None:
    found = verify(changed(next(case for case in VECTORS["differing"] if case["name"] == name)))

    assert any(words.startswith(difference) for words in found), found


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_a_file_that_is_no_receipt_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        changed(case)


def test_two_events_for_one_register_are_found_where_no_card_is_dealt() -> None:
    receipt = receipt_json.decode(TEXTS["given"].encode())
    twice = (*receipt.candidates, replace(receipt.candidates[0], id=bytes(32)))
    found = verify(replace(receipt, n=0, hand=Hand(()), candidates=twice))
    assert [words.partition(":")[0] for words in found] == ["deck"]


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Invalid):
        changed({"of": "solo", "at": ["candidates", 0, 3], "value": "\ud800"})


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[]", b"null", b"\xff", b'{"a":1,"a":2}', b"[" * 100_000, b"NaN"),
        TEXTS["given"].replace('"wild":0', '"wild":-0').encode(),
    ],
)
def test_bytes_that_are_no_receipt_are_refused(text: bytes) -> None:
    with pytest.raises(Invalid):
        receipt_json.decode(text)


def test_a_file_that_is_far_too_large_is_refused() -> None:
    with pytest.raises(Invalid, match="too large"):
        receipt_json.decode(bytes(receipt_json.MAX_BYTES + 1))


def test_a_witnessed_hand_has_no_wild_cards() -> None:
    origin, value, n, *_ = ORIGINS["witness"]
    with pytest.raises(Invalid):
        deal(WORLDS["small"], origin, value, n, wild=1)


@pytest.mark.parametrize(("value", "n"), [(bytes(31), 5), (bytes(32), MAX_HAND + 1)])
def test_a_receipt_that_cannot_be_is_refused(value: bytes, n: int) -> None:
    with pytest.raises(Invalid):
        Receipt(Fresh(), value, n, (), Hand(()))


def test_no_more_cards_are_dealt_again_than_a_hand_may_have() -> None:
    """A file that claims more could cost days: each card is held against all candidates."""
    receipt = receipt_json.decode(TEXTS["given"].encode())
    with pytest.raises(Invalid, match="0 to 50 cards"):
        replace(receipt, hand=Hand(receipt.hand.cards * MAX_HAND))


def test_what_is_not_proven_is_said() -> None:
    for receipt in RECEIPTS.values():
        assert "deck was complete" in unproven(receipt)[0]
    said = {name: " ".join(unproven(receipt)[1:]) for name, receipt in RECEIPTS.items()}

    assert "the seed was not chosen" in said["solo"]
    assert "secret can check it" in said["table"]
    assert "a die fell" in said["dice"]
    assert "fallen silent" in said["witness"]
    assert "chosen among many" in said["given"]
    assert "chosen among many" in said["fresh"]
    assert unproven(RECEIPTS["solo"], SECRET)[1:] == []
    assert "can check it" not in " ".join(unproven(RECEIPTS["table"], SECRET))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Solo("2027-3-1", 0),
        lambda: AtTable("", DAY_1, 0),
        lambda: Dice(()),
        lambda: Witness(DAY_1, bytes(31), bytes(32), "soup"),
        lambda: Witness(DAY_1, bytes(32), bytes(32), ""),
    ],
)
def test_an_origin_that_cannot_be_is_refused(make: Callable[[], Origin]) -> None:
    with pytest.raises(Invalid):
        make()


def test_every_kind_of_seed_has_a_word() -> None:
    kinds = [kind(origin) for origin, *_ in ORIGINS.values()]

    assert kinds == ["solo", "solo", "table", "dice", "witness", "witness", "given", "fresh"]


@given(st.binary(min_size=32, max_size=32), st.integers(0, 12), st.integers(0, 3))
def test_any_draw_and_its_file_agree(value: bytes, n: int, wild: int) -> None:
    deck = WORLDS["mixed"]
    receipt = deal(deck[::2], Fresh(), value, n, min(n, wild), deck[1::2])

    assert verify(receipt_json.decode(receipt_json.encode(receipt))) == []


def test_a_receipt_of_the_earlier_rule_is_known_as_such() -> None:
    earlier = json.loads(VECTORS["receipts"][0]["text"]) | {"receipt": 1, "mode": "hosts"}

    with pytest.raises(receipt_json.EarlierRule, match="earlier rule"):
        receipt_json.decode(json.dumps(earlier).encode())


texts = st.text(max_size=8)


@given(st.lists(st.tuples(texts, st.none() | texts), max_size=5), st.dictionaries(texts, texts))
def test_any_words_come_back(words: list[tuple[str, str | None]], filters: dict[str, str]) -> None:
    deck = [
        replace(one, series=series, source=source)
        for one, (series, source) in zip(
            sorted(WORLDS["small"], key=lambda one: one.register), words, strict=False
        )
    ]
    receipt = deal(deck, Fresh(), bytes(32), 3, filters=filters)

    assert receipt_json.decode(receipt_json.encode(receipt)) == receipt
