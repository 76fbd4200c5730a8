"""Which network a peer is of."""

from __future__ import annotations

from potluck.node.peering.other_network import elsewhere, is_known
from potluck.protocol.network import Network

OURS = Network("town", 22)


def test_the_same_name_with_other_stamp_bits_is_named() -> None:
    assert elsewhere({OURS.topic}, OURS) is None
    assert "town, of 16 stamp bits where ours asks for 22" in str(
        elsewhere({Network("town", 16).topic}, OURS)
    )
    assert "another network" in str(elsewhere({Network("village", 22).topic}, OURS))


def test_who_says_nothing_of_a_network_may_be_of_ours() -> None:
    assert elsewhere(set(), OURS) is None
    assert elsewhere({"weather"}, OURS) is None
    assert not is_known({"weather"})
    assert is_known({OURS.topic})
