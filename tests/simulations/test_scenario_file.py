"""Scenario files: what may stand in them, and what is said of what may not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol.errors import LocalError, NotFound
from potluck.simulations.mixing import Scenario, scenario_file


def test_the_printed_schema_is_the_default_scenario() -> None:
    """What `schema` prints can be saved and loaded, and changes nothing."""
    assert scenario_file.build(Scenario, tomllib.loads(scenario_file.describe())) == Scenario()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            {"people": {"cuont": 10}},
            "people: Object contains unknown field `cuont`. Did you mean `count`?",
        ),
        (
            {"poeple": {}},
            "scenario: Object contains unknown field `poeple`. Did you mean `people`?",
        ),
        ({"people": {"count": 3}}, "people.count: Expected `int` >= 10"),
        ({"people": {"look": 1.5}}, "people.look: Expected `float` <= 1"),
        ({"people": {"count": "many"}}, "people.count: Expected `int`, got `str`"),
        ({"people": 5}, "people: Expected `object`, got `int`"),
        ({"people": {"dimensions": 4}}, "people.dimensions: must be at least"),
    ],
)
def test_a_wrong_key_is_named_with_what_is_allowed(table: dict[str, object], said: str) -> None:
    """Nobody should have to guess which key was wrong."""
    with pytest.raises(LocalError) as error:
        scenario_file.build(Scenario, table)

    assert said in str(error.value)


def test_a_file_that_is_missing_or_no_toml_is_said_so(tmp_path: Path) -> None:
    """The two mistakes before the first key."""
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ", encoding="utf-8")

    with pytest.raises(NotFound):
        scenario_file.read_toml(tmp_path / "none.toml")
    with pytest.raises(LocalError, match="is not TOML"):
        scenario_file.read_toml(broken)


@given(look=st.floats(0, 1), daily=st.integers(1, 100))
def test_equal_scenarios_have_one_digest_and_others_another(look: float, daily: int) -> None:
    """The digest names everything that a run depends on, and nothing else."""
    tables = {"people": {"look": look}, "events": {"daily": daily}}
    scenario = scenario_file.build(Scenario, tables)

    assert scenario_file.digest(scenario) == scenario_file.digest(
        scenario_file.build(Scenario, {**tables, "name": "another name"})
    )
    assert (scenario_file.digest(scenario) == scenario_file.digest(Scenario())) == (
        scenario == Scenario()
    )


def test_the_digest_covers_the_text_of_a_policy_file() -> None:
    """A policy that was edited is another policy, whatever its file is called."""
    policies = [("a.py", "# one"), ("b.py", "# one"), ("a.py", "# two")]
    digests = [
        scenario_file.digest(
            scenario_file.build(Scenario, {"policy": {"file": file, "code": code}})
        )
        for file, code in policies
    ]

    assert digests[0] == digests[1] != digests[2]
