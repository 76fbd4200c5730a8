"""Receipts of vouched draws: what is shown of a walk, what is withheld, and what is found wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from potluck.protocol import receipt_json
from potluck.protocol.candidate import Candidate
from potluck.protocol.errors import Invalid
from potluck.protocol.origin import Witness
from potluck.protocol.receipt import Receipt, unproven, verify
from potluck.protocol.vouched_receipt import Step, Walked, withheld
from tests.vectors.generate_receipt import found_in
from tests.vectors.generate_trust import FILE

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
TEXTS = {case["name"]: case["text"] for case in VECTORS["receipts"]}


def read(name: str) -> Receipt:
    return receipt_json.decode(TEXTS[name].encode())


def walked(made: Receipt) -> Walked:
    assert made.walked is not None
    return made.walked


@pytest.mark.parametrize("name", TEXTS)
def test_it_verifies_and_is_written_as_it_was_read(name: str) -> None:
    made = read(name)
    assert verify(made) == []
    assert receipt_json.encode(made) == TEXTS[name].encode()


@pytest.mark.parametrize("name", TEXTS)
def test_the_order_of_vouches_is_not_part_of_it(name: str) -> None:
    said = json.loads(TEXTS[name])
    turned = json.dumps(said | {"vouches": said["vouches"][::-1]})
    assert receipt_json.encode(receipt_json.decode(turned.encode())) == TEXTS[name].encode()


@pytest.mark.parametrize("case", VECTORS["differing"], ids=lambda case: case["name"])
def test_what_was_changed_is_named(case: dict[str, Any]) -> None:
    assert found_in(case, TEXTS[case["of"]].encode()) == case["found"]


@pytest.mark.parametrize("name", TEXTS)
def test_two_events_for_one_register_are_found_where_nobody_walks(name: str) -> None:
    made = read(name)
    twice = [Candidate(bytes(32), 0, bytes([number]) * 32) for number in range(2)]
    found = verify(replace(made, candidates=(*made.candidates, *twice)))
    assert [words.partition(":")[0] for words in found] == ["deck"]


def test_what_is_withheld_is_whom_one_has_met() -> None:
    whole, shared = read("whole"), read("for others")
    assert walked(shared) == withheld(walked(whole)) == withheld(walked(shared))
    assert walked(shared).met is None
    assert len(unproven(shared)) == len(unproven(whole)) + 1


Change = Callable[[Walked], Walked]


def steps(change: Callable[[Step], Step]) -> Change:
    """The same with the first card's step changed."""
    return lambda said: replace(said, steps=(change(said.steps[0]), *said.steps[1:]))


WRONG: dict[str, Change] = {
    "a vouch is missing": lambda said: replace(said, vouches=said.vouches[:1]),
    "one is there twice": lambda said: replace(said, vouches=said.vouches + said.vouches[:1]),
    "one is not signed": lambda said: replace(
        said, vouches=(replace(said.vouches[0], signature=bytes(64)), *said.vouches[1:])
    ),
    "another number": steps(lambda step: step._replace(number=step.number + 1)),
    "a stranger's": steps(lambda step: step._replace(path=None)),
    "another way": steps(lambda step: step._replace(path=tuple(reversed(step.path or ())))),
    "numbers beyond": lambda said: replace(
        said, steps=(*said.steps[:-1], said.steps[-1]._replace(number=16))
    ),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_walk_that_does_not_follow_is_found(name: str, change: Change) -> None:
    made = read(name)
    assert verify(replace(made, walked=change(walked(made))))


def test_a_met_host_that_was_not_met_is_found() -> None:
    made = read("whole")
    others = frozenset(host.host for host in made.candidates)
    assert verify(replace(made, walked=replace(walked(made), met=others)))


def test_a_vouched_hand_has_no_wild_cards_and_no_witness_and_all_its_walks() -> None:
    made = read("whole")
    for change in (
        {"wild": 1},
        {"origin": Witness("2027-01-01", bytes(32), bytes(32), "word")},
        {"walked": replace(walked(made), steps=())},
    ):
        with pytest.raises(Invalid):
            replace(made, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"vouched": False},
        {"vouched": 1},
        {"strangers": None},
        {"vouches": ["00"]},
        {"vouches": ["zz"]},
        {"met": ["00"]},
    ],
    ids=str,
)
def test_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        receipt_json.decode(json.dumps(json.loads(TEXTS["whole"]) | change).encode())


def test_a_walk_belongs_to_a_vouched_draw_only() -> None:
    value = json.loads(TEXTS["whole"])
    del value["vouched"], value["strangers"], value["vouches"], value["met"]
    with pytest.raises(Invalid, match="a card has the fields"):
        receipt_json.decode(json.dumps(value).encode())


@pytest.mark.parametrize("name", TEXTS)
def test_each_card_says_its_path_and_there_are_no_more_than_were_asked_for(name: str) -> None:
    value = json.loads(TEXTS[name])
    hand = value["hand"]
    assert verify(receipt_json.decode(json.dumps(value | {"n": len(hand) - 1}).encode()))
    del hand[0]["path"]
    with pytest.raises(Invalid, match="path"):
        receipt_json.decode(json.dumps(value).encode())
