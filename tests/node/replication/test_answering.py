"""Who is answered, and what is given, when many ask for much."""

from __future__ import annotations

from itertools import starmap

from potluck.node import limits
from potluck.node.replication.answering import Answering
from potluck.node.replication.given import GiveBudget, Given

MOST = limits.MAX_INBOUND_SESSIONS


def test_a_peer_has_one_session() -> None:
    answering = Answering()

    assert answering.may_begin("a", "range") == (True, None)
    assert answering.may_begin("a", "range") == (False, None)
    answering.end("a")
    assert answering.may_begin("a", "range") == (True, None)


def test_ranges_share_what_there_is() -> None:
    answering = Answering()
    crowd = [(f"crowd {number}", "crowd") for number in range(MOST)]

    assert list(starmap(answering.may_begin, crowd)) == [(True, None)] * MOST
    assert answering.may_begin("one more", "crowd") == (False, None)
    others = [answering.may_begin(f"other {number}", "other") for number in range(MOST)]
    ended = [(True, f"crowd {number}") for number in range(MOST // 2)]
    assert others == [*ended, *[(False, None)] * (MOST - MOST // 2)]


def test_who_comes_from_anywhere_waits_for_a_place() -> None:
    answering = Answering()

    assert all(answering.may_begin(str(number), str(number))[0] for number in range(MOST))
    assert answering.may_begin("late", "late") == (False, None)


def test_of_a_bounded_number_of_peers_is_remembered_what_they_were_given() -> None:
    given, ids = Given(), [bytes(32)]
    peers = [str(number) for number in range(limits.MAX_GIVEN_TRACKED + 1)]

    assert all(given.new(peer, ids, 0) for peer in peers)
    assert given.new(peers[-1], ids, 0) == []
    assert given.new(peers[0], ids, 0) == ids


def test_what_one_peer_takes_does_not_cost_others_until_it_is_too_much_in_all() -> None:
    budget = GiveBudget(0)

    assert budget.pause("a", int(limits.GIVE_BURST), 0) == 0
    assert budget.pause("a", int(limits.GIVE_PER_SECOND), 0) == 1
    assert budget.pause("b", int(limits.GIVE_ALL_BURST - limits.GIVE_BURST) // 2, 0) == 0
    pause = budget.pause("c", int(limits.GIVE_BURST), 0)
    assert 0 < pause <= limits.GIVE_BURST / limits.GIVE_ALL_PER_SECOND
