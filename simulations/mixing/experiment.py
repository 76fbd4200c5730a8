"""An experiment: which scenarios run, with which seeds, and the scenario file that says so.

A cell is one scenario with one policy at one point of the plan; it runs once per seed. All cells share
the seeds, so that policies are compared on the same people and events (common random numbers).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from potluck.protocol.errors import LocalError, NotFound

from . import schema
from .scenario import PolicyChoice, Scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
METHODS = ("grid", "latin-hypercube", "sobol")
Point = dict[str, Any]


@dataclass(frozen=True)
class Range:
    """A continuous axis of a Latin hypercube or a Sobol sequence; rounded where the parameter is whole."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")


@dataclass(frozen=True)
class Plan:
    """Which parameters vary, and how the points are chosen.

    grid: `vary` gives values, and every combination runs. latin-hypercube and sobol: `vary` gives
    ranges, and `samples` points (Sobol: samples x (parameters + 2), Saltelli's design) run.
    """

    method: str = "grid"
    samples: int = 16
    vary: Mapping[str, tuple[Any, ...] | Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method = {self.method!r}: must be one of {', '.join(METHODS)}")
        # in one order wherever the plan comes from: a sample's columns belong to parameters by their place
        object.__setattr__(self, "vary", dict(sorted(self.vary.items())))
        for path, axis in self.vary.items():
            if (self.method == "grid") is isinstance(axis, Range):
                wanted = "a list of values" if self.method == "grid" else "{low = ..., high = ...}"
                raise ValueError(f"vary.{path!r}: the method {self.method} needs {wanted}")
        if self.method == "sobol" and (self.samples < 2 or self.samples & (self.samples - 1)):
            raise ValueError(f"samples = {self.samples}: the method sobol needs a power of two")

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
        if self.method == "grid" or not self.vary:
            axes = [axis for axis in self.vary.values() if not isinstance(axis, Range)]
            return [
                dict(zip(self.vary, values, strict=True)) for values in itertools.product(*axes)
            ]
        rows = _sample(self.method, self.problem, self.samples)
        return [dict(zip(self.vary, map(float, row), strict=True)) for row in rows]


def _sample(method: str, problem: dict[str, Any], samples: int) -> Any:
    from SALib.sample import latin, sobol  # noqa: PLC0415  it takes seconds to import; grids do without

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


@dataclass(frozen=True)
class Experiment:
    """A base scenario, the policies to compare, the seeds of every cell and the plan of what varies.

    The first policy is the one that the others are compared with.
    """

    scenario: Scenario = field(default_factory=Scenario)
    policies: tuple[PolicyChoice, ...] = ()
    seeds: tuple[int, ...] = (1, 2, 3)
    plan: Plan = field(default_factory=Plan)
    question: str = ""

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ValueError("seeds: at least one, all different")
        if any(type(seed) is not int or not 0 <= seed < 2**64 for seed in self.seeds):
            raise ValueError("seeds: whole numbers from 0 to 2^64 - 1")

    def design(self) -> tuple[Cell, ...]:
        """Every policy at every point, in the order of the plan.

        A cell stands twice if rounding makes two points one.
        """
        tables = asdict(self.scenario)
        points = self.plan.points()
        choices = self.policies or (self.scenario.policy,)
        return tuple(_cell(tables, choice, point) for choice in choices for point in points)

    def cells(self) -> tuple[Cell, ...]:
        """The different cells of the design: what has to run."""
        return tuple({cell.id: cell for cell in self.design()}.values())

    def to_json(self) -> dict[str, Any]:
        """The experiment as plain values, the same for equal experiments."""
        plain: dict[str, Any] = json.loads(schema.canonical(self))
        return plain


def from_json(plain: Mapping[str, Any]) -> Experiment:
    """The experiment of a manifest: the inverse of `Experiment.to_json`."""
    plan = plain["plan"]
    settings = {
        "question": plain["question"],
        "seeds": plain["seeds"],
        "policies": plain["policies"],
        **plan,
    }
    return from_tables({**plain["scenario"], "experiment": settings}, plain["scenario"]["name"])


def _cell(base: Mapping[str, Any], choice: PolicyChoice, point: Point) -> Cell:
    tables: dict[str, Any] = json.loads(json.dumps(base)) | {"policy": asdict(choice)}
    for path, value in point.items():
        schema.set_path(tables, path, _whole(base, path, value))
    scenario = schema.build(Scenario, tables)
    return Cell(schema.digest(scenario), label(choice), point, scenario)


def _whole(base: Mapping[str, Any], path: str, value: Any) -> Any:
    """A sampled number rounded if the parameter counts something."""
    group, _, name = path.partition(".")
    table = base.get(group)
    is_count = isinstance(table, Mapping) and type(table.get(name)) is int
    return round(value) if is_count and isinstance(value, float) else value


def label(choice: PolicyChoice) -> str:
    """How a report names a policy: with the parameters that were set."""
    set_ones = ", ".join(f"{key}={value}" for key, value in choice.parameters.items())
    return f"{choice.name} ({set_ones})" if set_ones else choice.name


def find(name: str) -> Path:
    """A scenario file by its path or, for one of Potluck's own, by name; NotFound says which there are."""
    path, ours = Path(name), SCENARIOS / f"{name}.toml"
    if path.exists() or ours.exists():
        return path if path.exists() else ours
    known = ", ".join(sorted(file.stem for file in SCENARIOS.glob("*.toml")))
    raise NotFound(f"there is no scenario file {name}; give a path, or one of: {known}")


def load(path: Path) -> Experiment:
    """The experiment of a scenario file; LocalError says which key is wrong and what is allowed."""
    tables = schema.read_toml(path)
    return from_tables(tables, path.stem, path.parent)


def from_tables(tables: Mapping[str, Any], name: str, folder: Path = Path()) -> Experiment:
    """An experiment from a file's tables: those of the scenario beside one named `experiment`.

    A policy's file is looked for beside the scenario file.
    """
    rest = {"name": name} | dict(tables)
    settings = dict(rest.pop("experiment", {}))
    _check_keys(settings)
    if "policy" in rest:
        rest["policy"] = _beside(dict(rest["policy"]), folder)
    choices = [
        _beside({"name": each} if isinstance(each, str) else dict(each), folder)
        for each in settings.get("policies", ())
    ]
    plan = {key: settings[key] for key in ("method", "samples") if key in settings}
    plan["vary"] = {path: _axis(path, axis) for path, axis in settings.get("vary", {}).items()}
    seeds = settings.get("seeds", 3)
    try:
        return Experiment(
            scenario=schema.build(Scenario, rest),
            policies=tuple(
                schema.build(PolicyChoice, choice, "experiment.policies") for choice in choices
            ),
            seeds=tuple(range(1, seeds + 1)) if isinstance(seeds, int) else tuple(seeds),
            plan=Plan(**plan),
            question=settings.get("question", ""),
        )
    except (ValueError, TypeError) as error:
        raise LocalError(f"in [experiment]: {error}") from None


EXPERIMENT_SCHEMA = """\
[experiment]  # What runs, besides the scenario itself.
question = ""                       # what the experiment asks; stands on top of its report
seeds = 3                           # a number of replicates (seeds 1 to n) or a list of seeds
policies = []                       # names, or tables {name = "...", parameters = {...}, file = "..."}
                                    # to compare; empty: the one of [policy]
method = "grid"                     # grid, latin-hypercube or sobol
samples = 16                        # points of a Latin hypercube; for Sobol a power of two
# [experiment.vary]                 # dotted names of parameters
# "events.daily" = [10, 40, 80]     # grid: values
# "choice.match" = {low = 1.0, high = 5.0}   # latin-hypercube and sobol: a range
"""


def _check_keys(settings: Mapping[str, Any]) -> None:
    allowed = ("question", "seeds", "policies", "method", "samples", "vary")
    for key in settings:
        if key not in allowed:
            raise LocalError(f"unknown key 'experiment.{key}'. Allowed here: {', '.join(allowed)}.")


def _beside(choice: dict[str, Any], folder: Path) -> dict[str, Any]:
    return choice | {"file": str(folder / choice["file"])} if choice.get("file") else choice


def _axis(path: str, axis: Any) -> tuple[Any, ...] | Range:
    _check_path(path)
    if isinstance(axis, Mapping):
        return schema.build(Range, axis, f"experiment.vary.{path}")
    if isinstance(axis, list) and axis:
        return tuple(axis)
    raise LocalError(
        f"experiment.vary.{path!r}: give a list of values, or {{low = ..., high = ...}}"
    )


def _check_path(path: str) -> None:
    """Only parameters that exist may vary; those of a policy are checked when it is bound."""
    group, _, name = path.partition(".")
    groups = {
        item.name: getattr(Scenario(), item.name)
        for item in fields(Scenario)
        if item.name != "name"
    }
    if group not in groups:
        raise LocalError(f"experiment.vary.{path!r}: no such table; there are {', '.join(groups)}.")
    names = [item.name for item in fields(groups[group])]
    if name not in names and not path.startswith("policy.parameters."):
        raise LocalError(f"experiment.vary.{path!r}: [{group}] has {', '.join(names)}.")
