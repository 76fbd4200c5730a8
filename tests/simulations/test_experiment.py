"""Experiments: cells, plans and the files that ask for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from potluck.protocol.errors import LocalError
from potluck.simulations.mixing import POLICIES, Experiment, experiment, scenario_file

from .worlds import tiny

SCENARIOS = Path(experiment.__file__).parents[1] / "scenarios"


def test_a_grid_is_every_combination_under_every_policy() -> None:
    """Two policies, two by three values: twelve cells, the first policy's first."""
    asked = tiny(vary={"events.daily": [4, 8], "deal.hand": [3, 5, 7]})
    cells = asked.cells

    assert len(cells) == 12
    assert [cell.policy for cell in cells] == ["organisers"] * 6 + ["popularity"] * 6
    assert {(cell.scenario.events.daily, cell.scenario.deal.hand) for cell in cells} == {
        (daily, hand) for daily in (4, 8) for hand in (3, 5, 7)
    }


@pytest.mark.parametrize(("method", "count"), [("latin-hypercube", 8), ("sobol", 8 * (2 + 2))])
def test_samples_stay_in_their_ranges_and_are_the_same_every_time(method: str, count: int) -> None:
    """A plan is part of the experiment, so it must not change from call to call."""
    vary = {"events.daily": {"low": 4, "high": 30}, "choice.match": {"low": 0.5, "high": 5.0}}
    asked = tiny(policies=["organisers"], method=method, samples=8, vary=vary)
    design = asked.design

    assert len(design) == count
    assert all(4 <= cell.scenario.events.daily <= 30 for cell in design)
    assert all(0.5 <= cell.scenario.choice.match <= 5 for cell in design)
    assert [cell.id for cell in design] == [cell.id for cell in asked.design]


def test_a_latin_hypercube_has_one_point_in_each_slice() -> None:
    """What distinguishes it from plain random points (McKay, Beckman and Conover 1979)."""
    vary = {"choice.match": {"low": 0.0, "high": 10.0}}
    cells = tiny(policies=["organisers"], method="latin-hypercube", samples=10, vary=vary).cells

    assert sorted(int(cell.scenario.choice.match) for cell in cells) == list(range(10))


def test_points_that_rounding_makes_one_run_once() -> None:
    """A whole parameter sampled more finely than it goes."""
    vary = {"deal.hand": {"low": 3, "high": 5}}
    asked = tiny(policies=["organisers"], method="latin-hypercube", samples=16, vary=vary)

    assert len(asked.design) == 16
    assert len(asked.cells) == 3


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"polices": ["organisers"]},
            "experiment: Object contains unknown field `polices`. Did you mean `policies`?",
        ),
        ({"seeds": [1, 1]}, "seeds: at least one, all different"),
        ({"seeds": [-1]}, "seeds: Expected `int` >= 0"),
        ({"method": "random"}, "experiment.method: Invalid enum value 'random'"),
        (
            {"method": "sobol", "samples": 6, "vary": {"deal.hand": {"low": 1, "high": 9}}},
            "power of two",
        ),
        ({"vary": {"deal.hand": {"low": 1, "high": 9}}}, "needs a list of values"),
        ({"method": "sobol", "vary": {"deal.hand": [1, 2]}}, "needs {low = ..., high = ...}"),
        (
            {"vary": {"deal.hnad": [1, 2]}},
            "unknown field `hnad`. Did you mean `hand`?",
        ),
        ({"vary": {"dael.hand": [1, 2]}}, "unknown field `dael`. Did you mean `deal`?"),
        ({"method": "sobol", "vary": {"deal.hand": {"low": 3, "high": 2}}}, "must be below"),
    ],
)
def test_a_wrong_experiment_is_refused_with_the_key(settings: dict[str, object], said: str) -> None:
    """Before anything runs."""
    with pytest.raises(LocalError) as error:
        len(tiny(**settings).cells)

    assert said in str(error.value)


def test_a_manifest_gives_the_experiment_back() -> None:
    """What `report` and `compare` rely on."""
    vary = {"people.look": {"low": 0.1, "high": 0.9}, "choice.match": {"low": 0.5, "high": 5.0}}
    for asked in (tiny(vary={"deal.hand": [3, 5]}), tiny(method="latin-hypercube", vary=vary)):
        again = scenario_file.build(
            Experiment, json.loads(json.dumps(scenario_file.plain(asked), sort_keys=True))
        )

        assert again == asked
        assert [cell.id for cell in again.cells] == [cell.id for cell in asked.cells]


def test_a_policys_file_is_looked_for_beside_the_scenario(tmp_path: Path) -> None:
    """A folder with a scenario and its policy can be handed on as it is."""
    path = tmp_path / "mine.toml"
    path.write_text('[policy]\nname = "mine"\nfile = "mine.py"\n', encoding="utf-8")
    with pytest.raises(LocalError, match=r"policy.file: cannot read .*mine.py: No such file"):
        experiment.load(path)
    (tmp_path / "mine.py").write_text("# its text", encoding="utf-8")

    assert experiment.load(path).scenario.policy.code == "# its text"


def test_a_list_of_points_is_not_crossed() -> None:
    """As many values for each parameter, or one for all: draws from a fit, for example."""
    asked = tiny(
        policies=["organisers"],
        method="list",
        vary={"deal.hand": [3, 5], "people.look": [0.2, 0.4], "meeting.bias": [0.5]},
    )

    assert [cell.point for cell in asked.cells] == [
        {"deal.hand": 3, "people.look": 0.2, "meeting.bias": 0.5},
        {"deal.hand": 5, "people.look": 0.4, "meeting.bias": 0.5},
    ]
    with pytest.raises(LocalError, match="as many values for every parameter"):
        tiny(method="list", vary={"deal.hand": [3, 5], "people.look": [0.2, 0.3, 0.4]})


def test_a_policy_that_lacks_what_varies_runs_once() -> None:
    """The size of tables means nothing to who draws alone: one cell, compared with each size."""
    tables = {"name": "tables", "parameters": {"size": 40}}
    asked = tiny(policies=["organisers", tables], vary={"policy.parameters.size": [20, 40]})

    assert [(cell.policy, cell.point) for cell in asked.cells] == [
        ("organisers", {}),
        ("tables (size=40)", {"policy.parameters.size": 20}),
        ("tables (size=40)", {"policy.parameters.size": 40}),
    ]
    misspelt = tiny(policies=["organisers", tables], vary={"policy.parameters.sise": [20, 40]})
    with pytest.raises(LocalError, match=r"policy.parameters.sise.*none of the policies"):
        _ = misspelt.cells


def test_the_scenario_of_every_policy_has_every_policy() -> None:
    """So that nobody reads a comparison of all that lacks one."""
    asked = experiment.load(SCENARIOS / "frontier.toml")

    assert {choice.name for choice in asked.policies} == set(POLICIES)


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_that_comes_with_potluck_loads(path: Path) -> None:
    """And asks a question."""
    asked = experiment.load(path)

    assert asked.cells
    assert asked.question
