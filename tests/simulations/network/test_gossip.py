"""Gossip in the laboratory: the router that ships, its model, and what others published."""

from __future__ import annotations

import os
import subprocess
import sys

import libp2p.pubsub.gossipsub
import pytest

from potluck.simulations.network import gossip_model, routers
from potluck.simulations.network.gossip import Dissemination, Gossip

HUNDRED = Gossip(nodes=100, messages=20)
CODE = """
from potluck.simulations.network import routers
from potluck.simulations.network.gossip import Gossip
print(routers.disseminate(Gossip(nodes=30, dials=8, messages=5), 7).trace)
"""


@pytest.fixture(scope="module")
def shipped() -> Dissemination:
    return routers.disseminate(HUNDRED, 1)


@pytest.fixture(scope="module")
def modelled() -> Dissemination:
    return gossip_model.disseminate(HUNDRED, 1)


def test_the_router_that_ships_delivers_everything(shipped: Dissemination) -> None:
    assert shipped.delivered == 1.0
    assert 6.0 < shipped.mesh < 8.0
    assert shipped.copies == pytest.approx(6.29, rel=0.10)  # vyzo's figure


def test_the_model_is_the_router_that_ships(
    shipped: Dissemination, modelled: Dissemination
) -> None:
    assert modelled.delivered == 1.0
    assert modelled.copies == pytest.approx(shipped.copies, rel=0.10)
    assert modelled.mesh == pytest.approx(shipped.mesh, rel=0.10)
    assert modelled.mean == pytest.approx(shipped.mean, rel=0.05)
    assert modelled.p95 == pytest.approx(shipped.p95, rel=0.05)


def test_a_model_of_a_thousand_is_within_a_tenth_of_what_was_published() -> None:
    found = gossip_model.disseminate(Gossip(), 1)

    assert found.copies == pytest.approx(6.29, rel=0.10)
    published = [0.022, 0.347, 0.609, 0.021]
    assert found.classes[:4] == pytest.approx(published, abs=0.04)


def test_one_seed_is_one_trace_in_every_run_of_python() -> None:
    traces = {
        subprocess.run(
            [sys.executable, "-c", CODE],
            env=os.environ | {"PYTHONHASHSEED": number},
            check=True, capture_output=True, text=True,
        ).stdout
        for number in ("1", "2")
    }  # fmt: skip

    assert len(traces) == 1
    assert traces != {f"{routers.disseminate(Gossip(nodes=30, dials=8, messages=5), 8).trace}\n"}


def test_the_library_has_its_time_and_chance_back_afterwards(shipped: Dissemination) -> None:
    module = libp2p.pubsub.gossipsub

    assert vars(module)["time"].__name__ == "time"
    assert vars(module)["random"].__name__ == "random"
    assert vars(module)["trio"].__name__ == "trio"


def test_who_is_connected_too_late_for_the_mesh_is_told_by_ihave() -> None:
    """Meshes of one other: what they do not reach, gossip beside them does."""
    thin = Gossip(nodes=60, messages=5, degree=1, least=1, most=2, dials=10)

    assert routers.disseminate(thin, 1).delivered > 0.99
    assert gossip_model.disseminate(thin, 1).delivered > 0.99
