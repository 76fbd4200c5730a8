"""Which offences lead to a ban, and how many are remembered."""

from __future__ import annotations

import pytest

from potluck.node import limits
from potluck.node.peering.bans import BanList


def test_what_was_long_ago_counts_no_more() -> None:
    bans, day = BanList([]), limits.PENALTY_FORGOTTEN

    assert [bans.offended("a", now) for now in (0, 1, day + 2, day + 3, day + 4)] == [
        *(False, False, False, False),
        True,
    ]


def test_ids_made_to_offend_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BOOK", 10)
    bans = BanList([])
    for _ in range(2):
        bans.offended("first", 0)
    for number in range(10):
        bans.offended(str(number), 1)

    assert not bans.offended("first", 2)
