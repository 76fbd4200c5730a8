"""Worlds of whole nodes on virtual time: properties, one seed one trace, and what breaks them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from potluck.node import limits
from potluck.node.replication.sync import Sync
from potluck.node.store.memory_database import MemoryDatabase
from potluck.protocol import admission
from potluck.simulations.mixing.scenario import InvalidScenario
from potluck.simulations.network import gossip_model, hunt, scenario
from potluck.simulations.network.fault_plan import (
    Announce,
    Crash,
    Cut,
    Plan,
    Sleep,
    Withdraw,
    made_up,
)
from potluck.simulations.network.gossip import Gossip
from potluck.simulations.network.world import LOOK, live

CODE = """
from potluck.simulations.network.fault_plan import made_up
from potluck.simulations.network.world import live
print(live(made_up(3, nodes=6), 3).trace)
"""
NAMED = 3
KEPT = Path(__file__).parent / "plans"
"""Scenarios that broke something: the hunt writes such files."""


def kept(name: str) -> Plan:
    asked = scenario.load(str(KEPT / f"{name}.toml"))
    assert isinstance(asked, scenario.Nodes)
    return asked.plan


@pytest.mark.parametrize("seed", range(1, 7))
def test_properties_hold_under_plans_that_somebody_might_have_thought_of(seed: int) -> None:
    assert live(made_up(seed), seed).wrong == []


HUNDRED = Plan(
    nodes=100,
    named=NAMED,
    behind=20,
    begin=30,
    length=200,
    ping=120,
    loss=0.01,
    announcements=10,
    attackers={"forger": 1, "censor": 2},
    steps=(
        Announce(at=40, node=5),
        Cut(at=60, seconds=60, nodes=tuple(range(30))),
        Sleep(at=80, seconds=60, node=50),
        Crash(at=90, seconds=20, node=60),
        Withdraw(at=100, node=5),
    ),
)


def test_a_hundred_nodes_hold_the_same_and_keep_no_more_connections_than_they_want() -> None:
    """While its book filled, each kept whom its slots chose on the way: 43 connections."""
    outcome = live(HUNDRED, 1)

    assert outcome.wrong == []
    assert outcome.announcements == 11
    assert outcome.connections <= 2 * (limits.OUTBOUND_SLOTS + NAMED)
    assert outcome.settled == LOOK


def test_the_fast_model_is_the_world_of_nodes() -> None:
    """Of two random graphs of the same degree, so the times are only about the same."""
    plan = Plan(nodes=60, named=NAMED, begin=20, length=100, ping=120, announcements=40)
    nodes = live(plan, 1)
    model = gossip_model.disseminate(
        Gossip(nodes=60, dials=round(nodes.connections / 2), messages=400), 1
    )

    assert nodes.wrong == []
    assert model.copies == pytest.approx(nodes.copies, rel=0.10)
    assert model.mesh == pytest.approx(nodes.mesh, rel=0.10)
    assert model.p50 == pytest.approx(nodes.half, rel=0.15)
    assert model.p99 == pytest.approx(nodes.most, rel=0.15)


@pytest.mark.parametrize("name", sorted(file.stem for file in KEPT.glob("*.toml")))
def test_plans_that_broke_something_hold_now(name: str) -> None:
    assert live(kept(name), 1).wrong == []


def test_a_node_without_peers_dials_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REDIAL_ALONE", limits.REDIAL_LONGEST)

    assert any("node 3 lacks" in wrong for wrong in live(kept("alone"), 1).wrong)


def test_one_seed_is_one_trace_in_every_run_of_python() -> None:
    traces = {
        subprocess.run(
            [sys.executable, "-c", CODE],
            env=os.environ | {"PYTHONHASHSEED": number},
            check=True, capture_output=True, text=True,
        ).stdout.strip()
        for number in ("1", "2")
    }  # fmt: skip

    assert traces == {live(made_up(3, nodes=6), 3).trace}
    assert traces != {live(made_up(3, nodes=6), 4).trace}


def test_verdicts_kept_are_those_of_real_checks() -> None:
    plan = made_up(2, nodes=5)
    real = Plan(**{name: getattr(plan, name) for name in plan.__struct_fields__} | {
        "real_signatures": True
    })  # fmt: skip

    assert live(plan, 2) == live(real, 2)


def test_without_sync_what_was_missed_stays_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sync, "connected", lambda *_: None)

    assert "node 2 lacks a withdrawal" in live(kept("forgotten"), 1).wrong


def test_a_withdrawal_that_is_not_remembered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "supersedes", lambda *_: True)

    found = [wrong for seed in range(4) for wrong in live(kept("returning"), seed).wrong]

    assert any("came back" in wrong for wrong in found)


def test_what_is_acknowledged_before_it_is_durable_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk that forgets the last writes of a process that is killed."""
    forget = MemoryDatabase.forget_waiting

    def lose_all(database: MemoryDatabase) -> None:
        forget(database)
        for table in ("register", "wire"):
            database._writer.execute(f"DELETE FROM {table}")

    monkeypatch.setattr(MemoryDatabase, "forget_waiting", lose_all)
    plan = Plan(
        nodes=2,
        settle=60,
        steps=(
            Cut(at=1, seconds=30, nodes=(1,)),
            Announce(at=20, node=1),
            Crash(at=20.5, seconds=1, node=1),
        ),
    )

    assert any("lacks Event 1 of 1" in wrong for wrong in live(plan, 1).wrong)


def test_a_failure_is_shrunk_to_a_short_plan_that_can_be_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Sync, "connected", lambda *_: None)
    found = next(
        hunt.Find(seed, plan, outcome)
        for seed in range(20)
        for plan in [Plan(nodes=5, settle=30, steps=made_up(seed, nodes=5).steps)]
        for outcome in [live(plan, seed)]
        if outcome.wrong
    )
    short = hunt.shrunk(found, time.monotonic() + 60)
    file = tmp_path / "short.toml"
    file.write_text(short.to_toml(), encoding="utf-8")
    again = scenario.load(str(file))

    assert len(short.plan.steps) < len(found.plan.steps)
    assert isinstance(again, scenario.Nodes)
    assert live(again.plan, short.seed) == short.outcome


def test_our_scenarios_can_be_read() -> None:
    names = [file.stem for file in scenario.FOLDER.glob("*.toml")]

    assert {scenario.load(name).name for name in names} == set(names)


def test_a_scenario_that_cannot_be_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('kind = "nodes"\nname = "x"\nquestion = "?"\n[plan]\nnodes = 1\n', "utf-8")

    with pytest.raises(InvalidScenario, match="nodes"):
        scenario.load(str(file))
    with pytest.raises(InvalidScenario, match="ours are"):
        scenario.load("nowhere")
