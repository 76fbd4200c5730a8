"""
Bundles of announcements carried by hand: what is wrong with one costs neither the node nor its
time.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import trio

from potluck.node.operations.sharing import bundle, exports
from potluck.protocol.errors import LocalError
from tests import builders
from tests.node.at_home import NETWORK, at_home


async def test_a_bundle_that_is_not_there_is_one_plain_error(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(LocalError, match="cannot read"):
            await exports.import_deck(service, str(tmp_path / "away"))


async def test_others_get_their_turn_while_nonsense_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BATCH", 10)
    good = builders.signed(network=NETWORK).encoded
    file = tmp_path / "x.deck"
    file.write_bytes(
        bundle.header(NETWORK)
        + 100 * bundle.pack(NETWORK, b"nonsense")
        + bundle.pack(NETWORK, good)
    )
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    seen: list[int] = []
    async with at_home(tmp_path / "home") as home, trio.open_nursery() as nursery:
        service = replace(home, progress=lambda _done, _total: seen.append(turns))
        nursery.start_soon(take_turns)
        found = await exports.import_deck(service, str(file))
        nursery.cancel_scope.cancel()

    assert (found["fresh"], sum(found["refused"].values())) == (1, 100)
    assert len(seen) == 10
    assert seen[-1] > seen[0]
