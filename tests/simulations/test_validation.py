"""Known results, reproduced."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from potluck.protocol.errors import LocalError
from potluck.simulations.mixing import scenario_file, validation
from potluck.simulations.mixing.validation import Page, chaney, davis, schelling, urn

SCENARIOS = Path(validation.__file__).parents[2] / "scenarios" / "validation"


def failures(page: Page) -> list[str]:
    """The lines that do not hold, in words."""
    return [
        f"{line.quantity}: expected {line.expected}, got {line.got}"
        for line in page.lines
        if not line.holds
    ]


@pytest.mark.parametrize("study", ["urn", "schelling", "davis", "segregation", "kernels"])
def test_a_study_holds(study: str) -> None:
    """With the settings of its scenario file."""
    assert failures(validation.run(study, SCENARIOS / f"{study}.toml")) == []


def test_homogenisation_is_reproduced() -> None:
    """Chaney, Stewart and Engelhardt 2018, a few replicates; all recommenders."""
    settings = scenario_file.build(
        chaney.Chaney, scenario_file.read_toml(SCENARIOS / "chaney.toml")
    )

    assert failures(chaney.run(replace(settings, replicates=3), 1)) == []


@pytest.mark.soak
def test_homogenisation_is_reproduced_fifty_times() -> None:
    """As many replicates as the authors of T-RECS find enough, under both ways of training."""
    assert failures(chaney.run(chaney.Chaney(replicates=50), 2)) == []


def test_every_study_has_a_scenario_that_loads() -> None:
    """And a wrong key in one is named."""
    assert {path.stem for path in SCENARIOS.glob("*.toml")} == set(validation.STUDIES)
    for name, (settings, _) in validation.STUDIES.items():
        scenario_file.build(settings, scenario_file.read_toml(SCENARIOS / f"{name}.toml"))
    with pytest.raises(LocalError, match="Did you mean `markets`"):
        scenario_file.build(urn.Urn, {"market": 5})


@pytest.mark.parametrize(("p", "r"), [(0.7, 0.5), (0.55, 0.75), (0.3, 0.6)])
def test_the_closed_form_of_the_urn_is_the_walks_own(p: float, r: float) -> None:
    """
    The probability that w is ahead after 1,500 steps, by dynamic programming without any
    simulation.
    """
    low, high = urn.limits(p, r)
    steps = 1_500
    lead = np.arange(-steps, steps + 1)
    up = np.where(lead > 0, high, np.where(lead < 0, low, low + r / 2))
    chance = (lead == 0).astype(float)
    for _ in range(steps):
        chance = np.roll(chance * up, 1) + np.roll(chance * (1 - up), -1)

    assert chance[lead > 0].sum() + chance[lead == 0].sum() / 2 == pytest.approx(
        urn.probability_high(p, r), abs=2e-3
    )


def test_a_walk_that_never_settles_has_no_closed_form() -> None:
    """No recommender and a fair taste."""
    with pytest.raises(ValueError, match="never settles"):
        urn.probability_high(0.5, 0.0)


def test_like_neighbours_are_counted_on_a_torus() -> None:
    """By hand on a 3 x 3 board: everybody neighbours everybody else."""
    grid = np.array([[1, 1, 0], [2, 1, 2], [0, 0, 2]], dtype=np.int8)
    share = schelling.similar_share(grid)

    assert share[0, 0] == pytest.approx(2 / 5)
    assert np.isnan(share[0, 2])


def test_a_random_season_keeps_its_margins() -> None:
    """Curveball trades move guests between women, and nothing else."""
    rng = np.random.default_rng(1)
    went = (rng.random((18, 14)) < 0.4).astype(float)
    season = davis.shuffled(went, rng)

    assert (season != went).any()
    assert (season.sum(axis=0) == went.sum(axis=0)).all()
    assert (season.sum(axis=1) == went.sum(axis=1)).all()


def test_attention_falls_with_the_rank_in_the_list() -> None:
    """Scored and fresh items share one list; what was seen is not in it."""
    scores = np.array([[0.1, 0.9, 0.5]])
    seen = np.array([[False, True, False, False, False]])
    attention = chaney._attention(scores, seen, 2, np.random.default_rng(1))[0]

    assert attention[1] == 0
    assert attention[2] > attention[0]
    assert sorted(attention)[1:] == pytest.approx(sorted(rank**-0.8 for rank in (1, 2, 3, 4)))
