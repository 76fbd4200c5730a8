"""An experiment: which scenarios run, with which seeds, and the scenario file that says so.

A cell is one scenario with one policy at one point of the plan; it runs once per seed. All cells
share the seeds, so that policies meet the same people and events (common random numbers).
"""

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from potluck.protocol.errors import LocalError, NotFound

from . import scenario_file
from .policies import parameters_of
from .scenario import InvalidScenario, PolicyChoice, Scenario, Settings, par

SCENARIOS = Path(__file__).parents[1] / "scenarios"
Method = Literal["grid", "list", "latin-hypercube", "sobol"]
Point = dict[str, Any]


class Range(Settings, frozen=True):
    """An axis of a Latin hypercube or a Sobol sequence; rounded where the parameter is whole."""

    low: float
    high: float

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low < self.high:
            raise InvalidScenario(f"low = {self.low} must be below high = {self.high}")


Axes = dict[str, tuple[Any, ...] | Range]
"""Of each parameter that varies, by dotted name, its values or its range."""


VARY_DOC = "dotted names of parameters: lists of values, or {low = ..., high = ...}"


class Plan(Settings, frozen=True):
    """Which parameters vary, and how the points are chosen.

    grid: every combination of the values in `vary`. list: the first values of all make the first
    point, and so on; a single value is that of all points. latin-hypercube and sobol: `samples`
    points of the ranges in `vary` (Sobol: samples x (parameters + 2), Saltelli's design)."""

    method: Annotated[Method, par("", "grid, list, latin-hypercube or sobol")] = "grid"
    samples: Annotated[int, par("points", "of a Latin hypercube; for Sobol a power of two")] = 16
    vary: Annotated[Axes, par("", VARY_DOC)] = {}  # noqa: RUF012  msgspec copies it

    def __post_init__(self) -> None:
        super().__post_init__()
        # in one order: a sample's columns belong to parameters by their place
        msgspec.structs.force_setattr(self, "vary", dict(sorted(self.vary.items())))
        valued = self.method in ("grid", "list")
        for path, axis in self.vary.items():
            if valued is isinstance(axis, Range) or axis == ():
                wanted = "a list of values" if valued else "{low = ..., high = ...}"
                raise InvalidScenario(f"vary.{path!r}: the method {self.method} needs {wanted}")
        if self.method == "list" and len({len(axis) for axis in self._values()} - {1}) > 1:
            raise InvalidScenario("vary: the method list needs as many values for every parameter")
        if self.method == "sobol" and (self.samples < 2 or self.samples & (self.samples - 1)):
            raise InvalidScenario(f"samples = {self.samples}: sobol needs a power of two")

    def _values(self) -> list[tuple[Any, ...]]:
        return [axis for axis in self.vary.values() if not isinstance(axis, Range)]

    @property
    def problem(self) -> dict[str, Any]:
        """The plan's ranges as SALib describes a problem."""
        ranges = [axis for axis in self.vary.values() if isinstance(axis, Range)]
        return {
            "num_vars": len(self.vary),
            "names": list(self.vary),
            "bounds": [[axis.low, axis.high] for axis in ranges],
        }

    def points(self) -> list[Point]:
        """The points of the plan, in a fixed order; one empty point when nothing varies."""
        rows: Iterable[Iterable[Any]]
        if self.method == "grid" or not self.vary:
            rows = itertools.product(*self._values())
        elif self.method == "list":
            most = max(map(len, self._values()))
            all_ = (axis if len(axis) == most else axis * most for axis in self._values())
            rows = zip(*all_, strict=True)
        else:
            rows = _sample(self.method, self.problem, self.samples).tolist()
        return [dict(zip(self.vary, row, strict=True)) for row in rows]


def _sample(method: str, problem: dict[str, Any], samples: int) -> Any:
    from SALib.sample import latin, sobol  # noqa: PLC0415  it takes seconds to import

    if method == "sobol":
        return sobol.sample(problem, samples, calc_second_order=False, seed=1)
    return latin.sample(problem, samples, seed=1)


@dataclass(frozen=True)
class Cell:
    """One scenario of an experiment. `id` is the scenario's digest: it names the cell's files."""

    id: str
    policy: str
    point: Point
    scenario: Scenario


class Experiment(Settings, frozen=True, dict=True):
    """A base scenario, the policies to compare, the seeds of every cell and the plan of what
    varies.

    The first policy is the one that the others are compared with."""

    scenario: Scenario = Scenario()
    policies: tuple[PolicyChoice, ...] = ()
    seeds: tuple[Annotated[int, msgspec.Meta(ge=0)], ...] = (1, 2, 3)
    plan: Plan = Plan()
    question: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise InvalidScenario("seeds: at least one, all different")
        if max(self.seeds) >= 2**64:
            raise InvalidScenario("seeds: whole numbers from 0 to 2^64 - 1")

    @cached_property
    def design(self) -> tuple[Cell, ...]:
        """Every policy at every point, in the order of the plan.

        A cell stands twice if rounding makes two points one, or if what varies is another
        policy's."""
        base = scenario_file.plain(self.scenario)
        points = self.plan.points()
        choices = self.policies or (self.scenario.policy,)
        for path in self.plan.vary:
            if not any(_has(choice, path) for choice in choices):
                raise LocalError(f"vary.{path!r}: none of the policies has this parameter")
        return tuple(_cell(base, choice, point) for choice in choices for point in points)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The different cells of the design: what has to run."""
        return tuple({cell.id: cell for cell in self.design}.values())


def _cell(base: Mapping[str, Any], choice: PolicyChoice, point: Point) -> Cell:
    tables: dict[str, Any] = json.loads(json.dumps(base)) | {"policy": scenario_file.plain(choice)}
    mine = {path: value for path, value in point.items() if _has(choice, path)}
    for path, value in mine.items():
        scenario_file.set_path(tables, path, _whole(base, path, value))
    scenario = scenario_file.build(Scenario, tables)
    return Cell(scenario_file.digest(scenario), label(choice), mine, scenario)


def _has(choice: PolicyChoice, path: str) -> bool:
    """Whether a parameter means anything to a policy: those of other policies leave it as it is."""
    name = path.removeprefix("policy.parameters.")
    return name == path or name in parameters_of(choice)


def _whole(base: Mapping[str, Any], path: str, value: Any) -> Any:
    """A sampled number rounded if the parameter counts something."""
    group, _, name = path.partition(".")
    table = base.get(group)
    is_count = isinstance(table, Mapping) and type(table.get(name)) is int
    return round(value) if is_count and isinstance(value, float) else value


def label(choice: PolicyChoice) -> str:
    """How a report names a policy: with the parameters that were set."""
    set_ones = ", ".join(f"{key}={value}" for key, value in sorted(choice.parameters.items()))
    return f"{choice.name} ({set_ones})" if set_ones else choice.name


def find(name: str) -> Path:
    """A scenario file by its path or, of Potluck's own, by name; NotFound says which there are."""
    path, ours = Path(name), SCENARIOS / f"{name}.toml"
    if path.exists() or ours.exists():
        return path if path.exists() else ours
    known = ", ".join(sorted(file.stem for file in SCENARIOS.glob("*.toml")))
    raise NotFound(f"there is no scenario file {name}; give a path, or one of: {known}")


POLICIES_DOC = 'names, or tables {name = "...", parameters = {...}, file = "..."}, to compare'


class Asked(Plan, frozen=True):
    """What runs, besides the scenario itself: the table [experiment] of a scenario file."""

    question: Annotated[str, par("", "what is asked; stands on top of the report")] = ""
    seeds: Annotated[int | tuple[int, ...], par("", "how many (1 to n), or a list of seeds")] = 3
    policies: Annotated[tuple[str | PolicyChoice, ...], par("", POLICIES_DOC)] = ()


def load(path: Path) -> Experiment:
    """The experiment of a scenario file; LocalError says which key is wrong and what is allowed."""
    return from_tables(scenario_file.read_toml(path), path.stem, path.parent)


def from_tables(tables: Mapping[str, Any], name: str, folder: Path = Path()) -> Experiment:
    """An experiment from a file's tables: those of the scenario beside one named `experiment`.

    The text of a policy's file, beside the scenario file, becomes part of the experiment."""
    rest = {"name": name} | dict(tables)
    asked = scenario_file.build(Asked, rest.pop("experiment", {}), "experiment")
    scenario = scenario_file.build(Scenario, rest)
    seeds = asked.seeds
    try:
        return Experiment(
            scenario=msgspec.structs.replace(scenario, policy=_with_code(scenario.policy, folder)),
            policies=tuple(_with_code(choice, folder) for choice in asked.policies),
            seeds=tuple(range(1, seeds + 1)) if isinstance(seeds, int) else seeds,
            plan=Plan(asked.method, asked.samples, asked.vary),
            question=asked.question,
        )
    except InvalidScenario as error:
        raise LocalError(f"in [experiment]: {error}") from None


def _with_code(choice: str | PolicyChoice, folder: Path) -> PolicyChoice:
    if isinstance(choice, str):
        return PolicyChoice(name=choice)
    if not choice.file:
        return choice
    path = folder / choice.file
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LocalError(f"policy.file: cannot read {path}: {error.strerror}") from None
    return msgspec.structs.replace(choice, code=text)
