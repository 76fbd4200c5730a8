"""Scenarios of the network laboratory, as TOML files: of gossip, or of nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from potluck.simulations.mixing.scenario import InvalidScenario, Settings, par

from .fault_plan import Plan
from .gossip import Gossip

FOLDER = Path(__file__).parents[1] / "scenarios" / "network"

Name = Annotated[str, par("", "name of the scenario")]
Question = Annotated[str, par("", "what it asks")]


class Routers(Settings, frozen=True, tag_field="kind", tag="routers"):
    """Gossip by the router that ships."""

    name: Name
    question: Question
    gossip: Gossip


class Model(Settings, frozen=True, tag_field="kind", tag="model"):
    """Gossip by the fast model."""

    name: Name
    question: Question
    gossip: Gossip


class Nodes(Settings, frozen=True, tag_field="kind", tag="nodes"):
    """Whole nodes under a plan of faults."""

    name: Name
    question: Question
    plan: Plan


Scenario = Routers | Model | Nodes
T = TypeVar("T")


def load(name: str) -> Scenario:
    """The scenario in a file, or one of ours by its name. Raises InvalidScenario."""
    path = FOLDER / f"{name}.toml" if (FOLDER / f"{name}.toml").is_file() else Path(name)
    try:
        scenario: Scenario = msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except OSError:
        ours = ", ".join(sorted(file.stem for file in FOLDER.glob("*.toml")))
        raise InvalidScenario(f"there is no scenario {name}; ours are: {ours}") from None
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise InvalidScenario(f"{path}: {error}") from None
    return scenario
