"""Who comes in, and who goes when it is full."""

from __future__ import annotations

import pytest

from potluck.node import limits
from potluck.node.transport.inbound import Handshakes, Inbound


def test_whoever_knocks_is_let_try_at_the_cost_of_its_own_range() -> None:
    handshakes = Handshakes()
    gone = [handshakes.begin(number, "one range") for number in range(120)]
    kept = limits.MAX_HANDSHAKES_PER_RANGE

    assert gone == [None] * kept + list(range(120 - kept))
    assert handshakes.begin("honest", "another range") is None


def test_one_range_knocks_at_a_rate_and_others_are_not_kept_out() -> None:
    handshakes = Handshakes()
    came = [handshakes.may_knock("one range", number / 600) for number in range(6000)]

    assert sum(came) <= limits.KNOCKS_BURST + 10 * limits.KNOCKS_PER_SECOND + 1
    assert came[0]
    assert handshakes.may_knock("another range", 10.0)


def test_many_ranges_that_never_finish_cost_the_fullest_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_HANDSHAKES", 6)
    handshakes = Handshakes()
    for number in range(6):
        handshakes.begin(number, f"range {number // 2}")

    assert handshakes.begin("honest", "another range") == 0
    handshakes.end(1)
    assert handshakes.begin("honest too", "a third range") is None


def test_when_it_is_full_the_youngest_of_the_fullest_range_goes() -> None:
    inbound = Inbound()
    for number in range(limits.MAX_INBOUND):
        crowd = number % 8 == 0
        assert inbound.enter(number, "crowd" if crowd else f"range {number}", never) is None

    assert inbound.enter("newcomer", "a new range", never) == 56
    inbound.leave(56)
    assert inbound.enter("one more", "crowd", never) == "one more"


def test_who_is_wanted_stays() -> None:
    inbound = Inbound()
    for number in range(limits.MAX_INBOUND):
        inbound.enter(number, "crowd", never)

    assert inbound.enter("friend", "crowd", lambda key: key == "friend") == limits.MAX_INBOUND - 1
    assert inbound.enter("stranger", "elsewhere", lambda _key: True) == "stranger"


def test_one_range_has_its_share() -> None:
    inbound = Inbound()
    for number in range(limits.MAX_CONNECTIONS_PER_RANGE):
        assert inbound.has_room("crowd")
        inbound.enter(number, "crowd", never)

    assert not inbound.has_room("crowd")
    assert inbound.has_room("elsewhere")


def never(_key: object) -> bool:
    return False
