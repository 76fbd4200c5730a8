"""Known results, reproduced: each study has a scenario file and gives a page."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from potluck.simulations.mixing import scenario_file

from . import chaney, davis, kernels, schelling, segregation, urn
from .page import Line, Page

Study = tuple[type[Any], Callable[[Any, int], Page]]

STUDIES: dict[str, Study] = {
    "urn": (urn.Urn, urn.run),
    "chaney": (chaney.Chaney, chaney.run),
    "schelling": (schelling.Schelling, schelling.run),
    "davis": (davis.Davis, davis.run),
    "segregation": (segregation.Segregation, segregation.run),
    "kernels": (kernels.Kernels, kernels.run),
}
"""Name of each study: its settings, and what runs it."""


def run(name: str, scenario: Path, seed: int = 1) -> Page:
    """Run a study with the settings of its scenario file; LocalError if a key is wrong."""
    kind, study = STUDIES[name]
    settings = scenario_file.build(kind, scenario_file.read_toml(scenario))
    return replace(study(settings, seed), settings=scenario_file.plain(settings) | {"seed": seed})


__all__ = ["STUDIES", "Line", "Page", "run"]
