"""Receipts that are kept: compressed, bounded, found by the beginning of their id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from potluck.node.store import (
    Bounds,
    FrozenCard,
    FrozenHand,
    HandKey,
    ReceiptHead,
    Store,
    StoredReceipt,
    receipts,
)
from potluck.protocol.errors import NotFound, Refused
from tests.builders import NOW, host


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.sqlite", Bounds(50_000, bytes(32), host().key)) as one:
        yield one


def receipt(number: int, body: bytes = b"{}") -> StoredReceipt:
    return StoredReceipt(ReceiptHead(bytes([number]) * 16, NOW + number, 2, "solo"), body)


async def test_receipts_are_listed_newest_first_and_found_by_their_beginning(store: Store) -> None:
    old, new = receipt(1), receipt(2)
    for one in (old, new, old):
        await store.receipts.keep(one)

    assert store.receipts.latest() == [new.head, old.head]
    assert await store.receipts.read("0202") == new
    assert await store.receipts.read(old.head.id.hex().upper()) == old
    for nonsense in ("0303", "no id", "%", "ab" * 17):
        with pytest.raises(NotFound, match="potluck receipts"):
            await store.receipts.read(nonsense)
    with pytest.raises(Refused, match="give more"):
        await store.receipts.read("0")


async def test_a_receipt_takes_less_room_than_its_file(store: Store) -> None:
    """One of 50,000 candidates has 8 MB."""
    ids = Random(1).randbytes(32 * 2_000).hex()
    large = receipt(1, b'{"candidates": "' + ids.encode() + b'"}')
    await store.receipts.keep(large)
    ((size,),) = store.database.rows("SELECT length(body) FROM receipt")

    assert size < 0.6 * len(large.body)
    assert await store.receipts.read("01") == large


async def test_one_of_an_earlier_version_is_read_as_it_is(store: Store) -> None:
    row = (bytes(16), NOW, 2, "solo", b'{"as": "it is"}')
    await store.database.change("INSERT INTO receipt VALUES (?, ?, ?, ?, ?)", row)

    assert (await store.receipts.read("00")).body == b'{"as": "it is"}'


@pytest.mark.parametrize(("number", "size"), [(3, 1 << 30), (1000, 160)])
async def test_the_oldest_go_but_not_those_of_cards_kept(
    store: Store, number: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MAX_RECEIPTS", number)
    monkeypatch.setattr(receipts, "MAX_RECEIPT_BYTES", size)
    random = Random(1)
    for each in range(1, 9):
        body = random.randbytes(40)
        facts = {"receipt": (bytes([each]) * 16).hex()}
        key = HandKey(f"day {each}", "", 0, b"")
        card = FrozenCard(host(each).key, 1, bytes(32), bytes([each]))
        await store.hands.freeze(FrozenHand(key, NOW, bytes(32), (card,), facts))
        if each in (2, 3):
            await store.choices.choose(card.host, 1, kept=each == 2, now=NOW)
        await store.receipts.keep(receipt(each, body))

    assert [head.id[0] for head in store.receipts.latest()] == [8, 7, 6, 2]
