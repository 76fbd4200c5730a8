"""Whose clock is wrong."""

from __future__ import annotations

import pytest

from potluck.node.replication.clocks import Clocks


def clocks(*said: tuple[float, str]) -> Clocks:
    made = Clocks()
    for number, (ahead, where) in enumerate(said):
        made.learn(f"peer {number}", ahead, where)
    return made


def test_three_ranges_that_agree_say_when_ours_is_wrong() -> None:
    assert clocks((7200, "a"), (7201, "b")).offset is None
    assert clocks((7200, "a"), (7201, "b"), (7202, "c")).offset == 7201


def test_many_peers_of_one_range_are_one() -> None:
    made = clocks((9000, "a"), (9000, "a"), (9000, "a"), (0, "b"), (1, "c"), (2, "d"))

    assert made.offset == pytest.approx(1.5)
    assert clocks(*[(9000, "a")] * 5).offset is None


def test_who_do_not_agree_say_nothing_but_raise_a_doubt() -> None:
    made = clocks((-9000, "a"), (0, "b"), (9000, "c"), (9001, "d"))

    assert made.offset is None
    assert made.doubt == 4500


def test_a_peer_that_is_gone_says_nothing() -> None:
    made = clocks((0, "a"), (0, "b"), (0, "c"))
    made.forget("peer 1")

    assert made.offset is None
