"""Small settings for tests of the mixing model."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace

from potluck.simulations.mixing.metrics import METRICS
from potluck.simulations.mixing.policies import load
from potluck.simulations.mixing.policy_view import View
from potluck.simulations.mixing.record import Record
from potluck.simulations.mixing.region import Region
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


def view_of(policy: str, day: int = 0) -> View:
    """What a policy sees in the first region, where everybody has seen the first four cards."""
    scenario = by(policy)
    region = Region(scenario, 1, 0, load(scenario.policy))
    view = region._view(day, region.events.window(day, 3, region.daily))
    view.lookers = np.arange(0, 300, 3, dtype=np.int32)
    region.diary.shown[:, view.column[:4]] = True
    return view


def region(scenario: Scenario = SMALL, seed: int = 1) -> Region:
    """A region after its last day."""
    lived = Region(scenario, seed, 0, load(scenario.policy))
    lived.live()
    return lived
