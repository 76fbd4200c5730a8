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
from tests.node.whole import announcements


async def test_a_bundle_that_is_not_there_is_one_plain_error(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(LocalError, match="cannot read"):
            await exports.import_deck(service, str(tmp_path / "away"))


async def test_others_get_their_turn_while_nonsense_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "YIELD_EVERY", 10)
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


async def test_of_a_bundle_without_end_little_is_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither to be sent at once, nor what is wrong with each, nor on its way to the disk."""
    monkeypatch.setattr(exports, "BULK", 5)
    monkeypatch.setattr(exports, "MOST_REASONS", 3)
    monkeypatch.setattr(exports, "SETTLE_EVERY", 10)
    good = [one.encoded for one in announcements(20, network=NETWORK)]
    bad = [b"\x91" * number for number in range(5_000, 5_020)]
    file = tmp_path / "x.deck"
    with file.open("wb") as bundled:
        bundled.writelines([bundle.header(NETWORK), *(bundle.pack(NETWORK, one) for one in good)])
    node, settled = Spreading(), 0
    async with at_home(tmp_path / "home") as home:
        settle = home.intake.settle

        async def settling() -> None:
            nonlocal settled
            settled += 1
            await settle()

        monkeypatch.setattr(home.intake, "settle", settling)
        monkeypatch.setattr(bundle, "read", lambda _network, _path: iter([*good, *bad]))
        service = replace(home, connections=node)  # type: ignore[arg-type]
        found = await exports.import_deck(service, str(file))

    assert found["fresh"] == len(good)
    assert node.sent == good[:6]
    assert len(found["refused"]) == 4
    assert found["refused"]["for other reasons"] == len(bad) - 3
    assert settled == 5


class Spreading:
    """A running node that is given announcements to send."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def spread(self, announcements: list[bytes]) -> None:
        self.sent += announcements
