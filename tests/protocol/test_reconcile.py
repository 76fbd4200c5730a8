"""Negentropy v1: transcripts of an outside implementation, and what must hold for any two sets."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.items import INFINITY, Items
from potluck.protocol.ranges import END, START, Bound, Kind, Range, Writer, read_ranges
from potluck.protocol.reconcile import MIN_FRAME_LIMIT, Reconciler
from potluck.protocol.varint import Reader, encode_varint
from tests.vectors import generate_negentropy

VECTORS = json.loads(generate_negentropy.FILE.read_text(encoding="utf-8"))


def an_id(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=32).digest()


def sides(case: dict[str, Any]) -> tuple[Items, Items]:
    """The two sets of a case: its common items, then each side's own."""

    def items(name: str, only: int) -> Items:
        ids = [an_id(f"common:{i}") for i in range(case["common"])]
        ids += [an_id(f"{name}:{i}") for i in range(only)]
        return Items((case["first_timestamp"] + i * case["step"], id) for i, id in enumerate(ids))

    return items("a", case["only_a"]), items("b", case["only_b"])


def converse(
    initiator: Reconciler, responder: Reconciler
) -> tuple[list[str], set[bytes], set[bytes]]:
    """The whole conversation as lines of C or S and hex, and what the initiator has learned."""
    lines, have, need = [], set[bytes](), set[bytes]()
    message: bytes | None = initiator.open()
    while message is not None:
        answer = responder.respond(message)
        lines += [f"C{message.hex()}", f"S{answer.hex()}"]
        progress = initiator.reconcile(answer)
        have.update(progress.have)
        need.update(progress.need)
        message = progress.reply
    return lines, have, need


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["name"]))
def test_transcripts_of_the_reference_are_reproduced_byte_for_byte(case: dict[str, Any]) -> None:
    ours, theirs = sides(case)
    limit = case["frame_limit"] or None

    lines, have, need = converse(Reconciler(ours, limit), Reconciler(theirs, limit))

    assert len(lines) == case["messages"]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == case["sha256"]
    assert (len(have), len(need)) == (case["only_a"], case["only_b"])
    if "transcript" in case:
        assert lines == case["transcript"]


def test_the_founders_transcripts_are_reproduced(shared: Path) -> None:
    given = json.loads((shared / "vectors" / "negentropy-v1.json").read_text())["cases"]

    assert [case["sha256"] for case in given] == [
        case["sha256"] for case in VECTORS["cases"][: len(given)]
    ]


numbers = st.sets(st.integers(0, 2_000), max_size=150)


def item(number: int) -> tuple[int, bytes]:
    """An item of its own timestamp, one of few: an id never has two."""
    return (number % 13 or INFINITY - 1, an_id(str(number)))


@pytest.mark.parametrize("limit", [None, MIN_FRAME_LIMIT])
@settings(max_examples=40, deadline=None)
@given(common=numbers, a=numbers, b=numbers)
def test_the_initiator_learns_exactly_the_difference(
    limit: int | None, common: set[int], a: set[int], b: set[int]
) -> None:
    ours, theirs = Items(map(item, common | a)), Items(map(item, common | b))

    lines, have, need = converse(Reconciler(ours, limit), Reconciler(theirs, limit))

    assert have == {item(number)[1] for number in a - common - b}
    assert need == {item(number)[1] for number in b - common - a}
    assert limit is None or max(len(line) // 2 for line in lines) <= limit


def test_a_thousand_scattered_differences_in_small_frames_all_arrive() -> None:
    common = [(i // 7, an_id(f"c{i}")) for i in range(5000)]
    ours = common + [(i * 3, an_id(f"a{i}")) for i in range(200)]
    theirs = common + [(i, an_id(f"b{i}")) for i in range(900)]

    lines, have, need = converse(Reconciler(Items(ours), 4096), Reconciler(Items(theirs), 4096))

    assert have == {id for _, id in ours[5000:]}
    assert need == {id for _, id in theirs[5000:]}
    assert max(len(line) // 2 for line in lines) <= 4096


HELD = Items((i, an_id(str(i))) for i in range(100))


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: str(case["name"]))
def test_a_malformed_message_is_the_peers_fault(case: dict[str, str]) -> None:
    message = bytes.fromhex(case["message"])

    with pytest.raises(RemoteError):
        Reconciler(HELD).respond(message)
    with pytest.raises(RemoteError):
        Reconciler(HELD).reconcile(message)


def the_reaction_to(message: bytes, items: Items = HELD) -> str:
    """How a side takes a message; any error but a RemoteError gets through."""
    try:
        Reconciler(items, MIN_FRAME_LIMIT).reconcile(message)
        Reconciler(items, MIN_FRAME_LIMIT).respond(message)
    except RemoteError as error:
        return error.reason
    return "answered"


@settings(max_examples=400)
@given(st.binary(max_size=200).map(lambda tail: b"\x61" + tail) | st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_remote_error(message: bytes) -> None:
    assert the_reaction_to(message) in ("answered", "reconcile")


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_message_raises_nothing_but_a_remote_error(data: st.DataObject) -> None:
    message = bytearray(Reconciler(HELD).open())
    message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))

    assert the_reaction_to(bytes(message), Items([(5, an_id("x"))])) in ("answered", "reconcile")


MANY = Items((i // 5, an_id(str(i))) for i in range(3_000))
payloads = st.one_of(
    st.just((Kind.SKIP, b"")),
    st.binary(min_size=16, max_size=16).map(lambda fingerprint: (Kind.FINGERPRINT, fingerprint)),
    st.integers(0, 3).map(lambda count: (Kind.ID_LIST, bytes(32 * count))),
)
bounds = st.builds(Bound, st.integers(0, 600), st.binary(max_size=32))


@settings(max_examples=60)
@given(st.lists(bounds, max_size=40), st.lists(payloads, min_size=41, max_size=41))
def test_no_message_makes_an_answer_longer_than_a_frame(
    edges: list[Bound], told: list[tuple[Kind, bytes]]
) -> None:
    out = Writer()
    for bound, (kind, payload) in zip([*sorted(edges), END], told, strict=False):
        out.write(Range(bound, kind, payload))

    reconciler = Reconciler(MANY, MIN_FRAME_LIMIT)

    assert len(reconciler.respond(out.message())) <= MIN_FRAME_LIMIT
    assert len(reconciler.reconcile(out.message()).reply or b"") <= MIN_FRAME_LIMIT


@pytest.mark.parametrize("case", VECTORS["answered"], ids=lambda case: str(case["name"]))
def test_unusual_messages_are_answered(case: dict[str, str]) -> None:
    assert Reconciler(Items([])).respond(bytes.fromhex(case["message"])).hex() == case["answer"]


def test_an_unknown_version_ends_a_reconciliation() -> None:
    with pytest.raises(RemoteError):
        Reconciler(HELD).reconcile(b"\x62\x00\x00\x00")


def test_items_are_a_sorted_set() -> None:
    a, b = an_id("a"), an_id("b")
    items = Items([(2, a), (1, b), (2, a), (1, a)])

    assert [(items.timestamp(i), items.id(i)) for i in range(len(items))] == sorted(
        [(1, a), (1, b), (2, a)]
    )


@pytest.mark.parametrize("item", [(-1, bytes(32)), (INFINITY, bytes(32)), (0, bytes(31))])
def test_items_that_do_not_fit_are_refused(item: tuple[int, bytes]) -> None:
    with pytest.raises(Invalid):
        Items([item])


@given(st.integers(0, 700), st.integers(0, 700))
def test_a_fingerprint_is_the_sum_of_its_ids(one: int, other: int) -> None:
    ids = [an_id(str(i)) for i in range(700)]
    items = Items(enumerate(ids))
    start, stop = sorted((one, other))
    total = sum(int.from_bytes(id, "little") for id in ids[start:stop]) % 2**256

    expected = hashlib.sha256(total.to_bytes(32, "little") + encode_varint(stop - start)).digest()[
        :16
    ]
    assert items.fingerprint(start, stop) == expected


@given(st.integers(0, INFINITY))
def test_varints_come_back(number: int) -> None:
    assert Reader(encode_varint(number)).varint() == number


def test_a_skip_at_the_end_is_never_written() -> None:
    out = Writer()
    out.write(Range(START._replace(timestamp=7), Kind.ID_LIST, an_id("x")))
    out.skip(END)

    assert [part.bound.timestamp for part in read_ranges(out.message())] == [7]
