"""Small settings for tests of the mixing model."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from potluck.simulations.mixing.metrics import METRICS
from potluck.simulations.mixing.record import Record
from potluck.simulations.mixing.scenario import (
    Adversary,
    Choice,
    Deal,
    Events,
    Hosts,
    Meeting,
    Parameter,
    People,
    PolicyChoice,
    Scenario,
    Time,
)

SMALL = Scenario(
    name="small",
    time=Time(days=14, ahead=3),
    people=People(count=600, region=300),
    hosts=Hosts(count=15),
    events=Events(daily=8),
)
"""Two regions of 300 people, a fortnight."""


PILOT = Scenario(
    name="pilot",
    time=Time(ahead=1),
    people=People(evenings=0.0, homophily=0.0),
    hosts=Hosts(skew=0.0, series=1, quality=0.0),
    events=Events(quality=0.0, capacity=0.0),
    choice=Choice(quality=0.0, habit=0.0),
    meeting=Meeting(circle=5),
    deal=Deal(redraws=0, bag=False),
)
"""The first model's features: no budgets, capacity, quality, redraws or bags; all events are
tonight's."""


def by(policy: str, scenario: Scenario = SMALL, **parameters: Parameter) -> Scenario:
    """The scenario under another policy."""
    return replace(scenario, policy=PolicyChoice(policy, parameters))


def against(name: Any, scenario: Scenario = SMALL, **parameters: Any) -> Scenario:
    """The scenario with an adversary."""
    return replace(scenario, adversary=Adversary(name, **parameters))


def without_bag(scenario: Scenario = SMALL) -> Scenario:
    """The scenario without shuffle bag and redraws."""
    return replace(scenario, deal=Deal(bag=False, redraws=0))


def measure(record: Record, name: str) -> float:
    """A metric of the whole run."""
    return dict(METRICS[name].measure(record))[-1]
