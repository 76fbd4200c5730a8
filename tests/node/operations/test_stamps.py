"""Stamps of sources: found by worker processes, kept at once, found never twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio

from potluck.node.home.config import Config
from potluck.node.operations.announce import stamps
from potluck.node.operations.announce.stamps import stamp_sources
from potluck.protocol import stamp
from tests.node.at_home import at_home

HARD = Config(network_name="test", stamp_bits=stamp.SOURCE_DISCOUNT + stamps._EASY_BITS + 1)
"""Where a source is dear enough for worker processes."""


@pytest.mark.parametrize("config", [HARD, Config(network_name="test", stamp_bits=4)])
async def test_each_source_is_paid_for_once(tmp_path: Path, config: Config) -> None:
    found: list[tuple[str, bytes]] = []
    steps: list[tuple[int, int | None]] = []

    async def keep(source: str, nonce: bytes) -> None:
        found.append((source, nonce))

    async with at_home(tmp_path, config) as service:
        network, me = service.home.network, service.me
        await stamp_sources(service, ["a", "b", "c", "a"], keep, lambda *step: steps.append(step))
        first, counted = list(found), len(steps)
        await stamp_sources(service, ["c", "b", "a"], keep, lambda *step: steps.append(step))

    for source, nonce in first:
        assert stamp.of_source(network.id, me, source, config.stamp_bits).is_met(nonce)
    assert sorted(source for source, _ in first) == ["a", "b", "c"]
    assert dict(found[3:]) == dict(first)
    assert counted >= 3 or config is not HARD
    assert len(steps) == counted, "what is known costs no tries"
    assert all(tries <= (expected or 0) for tries, expected in steps)


async def test_what_was_found_before_it_was_cut_short_is_kept(tmp_path: Path) -> None:
    found: list[str] = []
    async with at_home(tmp_path, HARD) as service:
        with trio.CancelScope() as scope:

            async def keep(source: str, _: bytes) -> None:
                found.append(source)
                scope.cancel()
                await trio.lowlevel.checkpoint()

            await stamp_sources(service, [f"source {n}" for n in range(40)], keep, _silent)
        cut = list(found)
        known = [name for name in cut if service.store.choices.noted(stamps._note(name))]

    assert scope.cancelled_caught
    assert 1 <= len(cut) < 40
    assert known == cut


async def test_a_stamp_of_another_network_is_found_anew(tmp_path: Path) -> None:
    found: list[bytes] = []

    async def keep(_: str, nonce: bytes) -> None:
        found.append(nonce)

    async with at_home(tmp_path, Config(network_name="test", stamp_bits=14)) as service:
        await service.store.choices.note(stamps._note("a"), bytes(8).hex())
        await stamp_sources(service, ["a"], keep, _silent)
        challenge = stamp.of_source(service.home.network.id, service.me, "a", 14)

    assert [challenge.is_met(nonce) for nonce in found] == [True]


def _silent(_done: int, _total: int | None) -> None:
    pass
