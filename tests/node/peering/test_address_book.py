"""Whom a node knows, which of them it keeps slots for, and what strangers can make it remember."""

from __future__ import annotations

from random import Random

import pytest

from potluck.node import limits
from potluck.node.peering.address_book import NEVER, AddressBook
from potluck.node.peering.peer_record import PeerRecord
from potluck.node.peering.slots import Slots
from potluck.node.transport import multiaddrs
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.identity import Identity
from tests.builders import NOW


def address_book(seed: int = 1) -> AddressBook:
    random = Random(seed)
    return AddressBook(Slots(limits.OUTBOUND_SLOTS, random.randbytes), random.randbytes)


def record(number: int, host: str, issued_at: int = NOW) -> PeerRecord:
    """Of a peer at an ip or name."""
    identity = Identity.from_seed(number.to_bytes(32, "big"))
    peer_id = peer_id_of(identity.key)
    kind = "ip4" if host[0].isdigit() else "dns4"
    at = multiaddrs.read(f"/{kind}/{host}/tcp/4001/p2p/{peer_id}")
    return PeerRecord(peer_id, (at,), issued_at, b"")


def hear(book: AddressBook, told: PeerRecord, teller: str = "9.9.9.0/24") -> bool:
    return bool(book.hear([(told, told.addresses)], teller, 0)[0])


def ip(number: int) -> str:
    """Of a range of its own."""
    return f"{11 + number // 65536}.{number // 256 % 256}.{number % 256}.1"


def test_slots_keep_the_same_peers_until_renewed() -> None:
    slots = Slots(16, Random(1).randbytes)
    for number in range(500):
        slots.put(f"peer {number}", f"range {number % 50}")
    first = slots.chosen()
    slots.renew(2)
    second = slots.chosen()

    assert 8 <= len(first) <= 16
    assert slots.chosen() == second
    assert len(first - second) <= 2
    assert first != second


def test_many_ids_in_one_range_take_no_more_slots_than_one() -> None:
    honest = {f"honest {number}": f"range {number}" for number in range(40)}
    attackers = {f"attacker {number}": "one range" for number in range(300)}
    taken = [
        len(Slots(16, Random(seed).randbytes).best(honest | attackers) & attackers.keys())
        for seed in range(20)
    ]

    assert sum(taken) / (16 * len(taken)) < 3 / 41


def test_few_peers_are_all_chosen() -> None:
    ranges = dict.fromkeys("abc", "one range")

    assert Slots(16, Random(1).randbytes).best(ranges) == {"a", "b", "c"}


def test_many_names_take_no_more_slots_than_one_range() -> None:
    """Two hundred names of one machine took half of the slots when each was its own range."""
    taken = 0
    for seed in range(10):
        book = address_book(seed)
        for number in range(60):
            assert hear(book, record(number, ip(number)), f"teller {number}")
        for number in range(100, 300):
            hear(book, record(number, f"n{number}.example.org"), f"teller {number}")
        names = {peer for peer, known in book.items() if known.addresses[0].ip is None}
        taken += len(set(book.to_dial(0)[0]) & names)

    assert taken / (16 * 10) < 0.06


def test_one_teller_fills_no_more_than_its_share_of_the_book() -> None:
    book = address_book()
    for number in range(500):
        hear(book, record(number, ip(number)), "its range")
    assert len(book) == limits.MAX_BOOK_PER_TELLER
    newcomer = record(501, ip(501))

    assert hear(book, newcomer, "another range")
    assert newcomer.peer_id in book


def test_nobody_but_the_node_knows_which_of_a_tellers_go() -> None:
    """Else a teller chooses ids that drive others' out."""
    books = [address_book(seed) for seed in (1, 2)]
    for book in books:
        for number in range(300):
            hear(book, record(number, ip(number)), "its range")

    assert set(books[0]) != set(books[1])


def test_one_range_has_no_more_than_its_share_of_the_book() -> None:
    book = address_book()
    for number in range(200):
        hear(book, record(number, f"203.0.113.{number}"), f"teller {number}")

    assert len(book) == limits.MAX_BOOK_PER_RANGE


def test_who_is_named_or_was_met_makes_room_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BOOK", 20)
    book = address_book()
    named = book.name(record(1, ip(1)).addresses[0].text)
    met = record(2, ip(2))
    hear(book, met)
    book.met(met.peer_id, NOW)
    for number in range(3, 200):
        hear(book, record(number, ip(number)), f"teller {number}")

    assert len(book) == 20
    assert named in book.values()
    assert met.peer_id in book


def test_what_goes_from_a_full_book_is_as_good_as_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a flood of late records would push out whoever came before."""
    monkeypatch.setattr(limits, "MAX_BOOK", 50)
    kept = 0
    for seed in range(20):
        book = address_book(seed)
        first = [record(number, ip(number)) for number in range(50)]
        for number, told in enumerate(first):
            hear(book, told, f"teller {number}")
        for number in range(50, 200):
            hear(book, record(number, ip(number)), f"teller {number}")
        kept += sum(told.peer_id in book for told in first)

    assert 0.17 < kept / (20 * 50) < 0.33, "a quarter of all that came"


def test_hearsay_has_one_try_unless_it_may_be_our_own_fault() -> None:
    book, told = address_book(), record(1, ip(1))
    hear(book, told)

    assert not book.failed(told.peer_id, 0, Random(1), alone=True)
    assert book[told.peer_id].failures == 1
    assert book.failed(told.peer_id, 0, Random(1), alone=False)
    assert told.peer_id not in book


def test_who_was_met_is_tried_again_later_and_later() -> None:
    book, told = address_book(), record(1, ip(1))
    hear(book, told)
    book.met(told.peer_id, NOW)
    waits = []
    for _ in range(14):
        assert not book.failed(told.peer_id, 0, Random(1), alone=False)
        waits.append(book[told.peer_id].due)

    assert waits == sorted(waits)
    assert limits.REDIAL_LONGEST / 2 <= waits[-1] <= limits.REDIAL_LONGEST


def test_who_has_no_slot_is_not_waited_for() -> None:
    book = address_book()
    for number in range(40):
        hear(book, record(number, ip(number)), f"teller {number}")
    due, _ = book.to_dial(0)
    for peer in due:
        book.postpone(peer, 60)

    assert 0 < len(due) <= 16
    assert book.to_dial(0) == ([], 60)


def test_what_was_heard_before_is_no_news() -> None:
    book, told = address_book(), record(1, ip(1))

    assert hear(book, told)
    assert not hear(book, told)
    assert not hear(book, record(1, ip(2), NOW - 1))
    assert hear(book, record(1, ip(2), NOW + 1))


def test_where_the_person_says_that_a_peer_is_comes_before_what_it_tells() -> None:
    book, told = address_book(), record(1, ip(1))
    named = f"/ip4/{ip(2)}/tcp/4001/p2p/{told.peer_id}"
    book.name(named)

    assert hear(book, told)
    assert [one.text for one in book[told.peer_id].addresses] == [named, told.addresses[0].text]


def test_who_was_met_and_failed_too_often_has_no_slot() -> None:
    book, random = address_book(), Random(1)
    met = [record(number, ip(number)) for number in range(2)]
    for each in met:
        hear(book, each)
        book.met(each.peer_id, NOW)
    for _ in range(limits.FAILURES_FORGIVEN):
        book.failed(met[0].peer_id, 0, random, alone=False)

    assert set(book.to_dial(limits.REDIAL_LONGEST)[0]) == set()
    book.lost(met[1].peer_id, 0, random)
    assert set(book.to_dial(limits.REDIAL_LONGEST)[0]) == {met[1].peer_id}


def test_slots_choose_the_same_in_whatever_order_peers_came_and_went() -> None:
    slots, random = Slots(16, Random(1).randbytes), Random(2)
    known: dict[str, str] = {}
    for _ in range(600):
        peer = f"peer {random.randrange(60)}"
        if random.random() < 0.4:
            slots.drop(peer)
            known.pop(peer, None)
        else:
            known[peer] = f"range {random.randrange(30)}"
            slots.put(peer, known[peer])
        assert slots.chosen() == Slots(16, Random(1).randbytes).best(known)


def test_who_keeps_no_slot_any_more_is_surplus_unless_named_by_the_person() -> None:
    book = address_book()
    for number in range(40):
        hear(book, record(number, ip(number)), f"teller {number}")
    before = book.surplus(list(book))
    named, slotless = before[0], before[1:]
    book[named].named = True

    assert book.surplus(list(book)) == slotless
    assert len(book) - len(before) <= 16


def test_who_is_not_connected_makes_nobody_surplus() -> None:
    """Else made-up peers that win all slots would have a node part with everybody else."""
    book = address_book()
    for number in range(400):
        hear(book, record(number, ip(number)), f"teller {number}")
    connected = list(book)[:16]

    assert not set(book.to_dial(0)[0]) >= set(connected)
    assert book.surplus(connected) == []


def test_records_of_one_answer_are_taken_up_as_if_one_by_one() -> None:
    told = [record(number, f"203.0.{number % 3}.{number}") for number in range(250)]
    one, other = address_book(), address_book()
    for number in range(0, 250, 25):
        answer = [(each, each.addresses) for each in told[number : number + 25]]
        news, gone = one.hear(answer, f"teller {number % 2}", 0)
        assert set(news) <= set(one)
        assert one.keys().isdisjoint(gone)
        for each in told[number : number + 25]:
            hear(other, each, f"teller {number % 2}")

    assert list(one) == list(other)


def test_who_is_found_nearby_is_known_until_the_node_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = address_book()
    first, second, third = (record(number, ip(number)).peer_id for number in range(3))
    at = [f"/ip4/192.168.1.5/tcp/{port}/p2p/{first}" for port in range(1, 20)]
    book.name(at[0])

    assert [book.find_nearby(address, 0) for address in at] == [False] + [True] * 18
    assert [one.text for one in book[first].addresses] == [*at[:7], at[18]]
    assert book.find_nearby(f"/ip4/192.168.1.6/tcp/1/p2p/{second}", 0)
    assert book.entry(second, NOW) is None
    assert book[second].due < NEVER
    monkeypatch.setattr(limits, "MAX_BOOK", 2)
    assert not book.find_nearby(f"/ip4/192.168.1.7/tcp/1/p2p/{third}", 0)
