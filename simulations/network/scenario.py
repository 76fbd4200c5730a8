"""Scenarios of the network laboratory, as TOML files: of gossip, nodes, slots or decks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from potluck.simulations.mixing.scenario import InvalidScenario, Settings, par
from potluck.simulations.mixing.scenario_file import set_path

from . import decks, gossip_model, routers, surrounding, world
from .decks import Filling, Held
from .fault_plan import Plan
from .gossip import Dissemination, Gossip
from .surrounding import Crowd, Taken
from .world import Outcome

FOLDER = Path(__file__).parents[1] / "scenarios" / "network"

Name = Annotated[str, par("", "name of the scenario")]
Question = Annotated[str, par("", "what it asks")]


class Asked(Settings, frozen=True, tag_field="kind"):
    """What every scenario says."""

    name: Name
    question: Question


class Routers(Asked, frozen=True, tag="routers"):
    """Gossip by the router that ships."""

    gossip: Gossip


class Model(Asked, frozen=True, tag="model"):
    """Gossip by the fast model."""

    gossip: Gossip


class Nodes(Asked, frozen=True, tag="nodes"):
    """Whole nodes under a plan of faults."""

    plan: Plan


class Slots(Asked, frozen=True, tag="slots"):
    """Slots, and who is to fill them."""

    crowd: Crowd


class Deck(Asked, frozen=True, tag="deck"):
    """A deck that sees more than it holds."""

    filling: Filling


Scenario = Routers | Model | Nodes | Slots | Deck
Found = Dissemination | Outcome | Taken | Held


def run(asked: Scenario, seed: int) -> Found:
    """What a scenario shows under a seed."""
    match asked:
        case Routers():
            return routers.disseminate(asked.gossip, seed)
        case Model():
            return gossip_model.disseminate(asked.gossip, seed)
        case Nodes():
            return world.live(asked.plan, seed)
        case Slots():
            return surrounding.surround(asked.crowd, seed)
        case Deck():
            return decks.fill(asked.filling, seed)


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


def varied(asked: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """The same with other settings, by their paths ("plan.nodes"). Raises InvalidScenario."""
    tables = msgspec.to_builtins(asked)
    for path, value in settings.items():
        set_path(tables, path, value)
    try:
        scenario: Scenario = msgspec.convert(tables, type=Scenario)
    except msgspec.ValidationError as error:
        raise InvalidScenario(str(error)) from None
    return scenario
