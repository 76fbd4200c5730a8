"""A scenario under many seeds and settings: a row each in a file, where a later start goes on."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from potluck.simulations.mixing import plots
from potluck.simulations.mixing.intervals import Interval, mean_interval
from potluck.simulations.mixing.runner import Executor, Progress, here
from potluck.simulations.mixing.scenario import InvalidScenario

from . import scenario
from .scenario import Scenario

PACKAGE = Path(__file__).parents[2]
ROOMS = ("protocol", "node", "simulations/network")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    scenario: str
    """A hash of the scenario with its settings, and of the code that ran it."""
    settings: dict[str, Any]
    seed: int
    found: dict[str, Any]
    processor: float
    """Seconds."""


@dataclass(frozen=True)
class Job:
    """One run to do."""

    asked: Scenario
    settings: dict[str, Any]
    seed: int

    def __call__(self) -> Row:
        began = time.process_time()
        found = msgspec.to_builtins(scenario.run(self.asked, self.seed))
        spent = time.process_time() - began
        return Row(
            scenario=digest(self.asked), settings=self.settings, seed=self.seed,
            found=found, processor=spent,
        )  # fmt: skip


def sweep(
    asked: Scenario, axes: Mapping[str, Sequence[Any]], seeds: Sequence[int], file: Path,
    executor: Executor = here, progress: Progress = lambda *_: None,
) -> Iterator[Row]:  # fmt: skip
    """A row of each setting and seed, as they come; those that the file has are not run again."""
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_bytes().splitlines() if file.exists() else []
    kept = (msgspec.json.decode(line, type=Row) for line in before)
    done = {(row.scenario, row.seed): row for row in kept}
    cells = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    jobs = [Job(scenario.varied(asked, cell), cell, seed) for cell in cells for seed in seeds]
    missing = []
    for job in jobs:
        row = done.get((digest(job.asked), job.seed))
        if row is None:
            missing.append(job)
        else:
            yield msgspec.structs.replace(row, settings=job.settings)
    kept_rows = len(jobs) - len(missing)
    progress(kept_rows, len(jobs))
    with file.open("ab") as rows:
        for count, row in enumerate(executor(missing) if missing else (), start=kept_rows + 1):
            rows.write(msgspec.json.encode(row) + b"\n")
            rows.flush()
            progress(count, len(jobs))
            yield row


def digest(asked: Scenario) -> str:
    """16 hex digits of a scenario, and of the code: runs of two versions never share a row."""
    said = msgspec.json.encode(asked, order="sorted")
    return blake2b(said + code(), digest_size=8).hexdigest()


@cache
def code() -> bytes:
    """A digest of what a number of a run depends on."""
    found = blake2b()
    for file in sorted(file for room in ROOMS for file in (PACKAGE / room).rglob("*.py")):
        found.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return found.digest()


def picture(rows: Sequence[Row], across: str, shown: Sequence[str], title: str) -> str:
    """SVG: what was found against a setting, with 95 % intervals over seeds; a line for each value
    of the other settings. Raises InvalidScenario where such a name is no number."""
    lines: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.settings[across]):
        lines.setdefault(_others(row, across), []).append(row)
    panels = {
        name: {other: _means(own, across, name) for other, own in lines.items()} for name in shown
    }
    figure = plots.response(panels, across.rpartition(".")[2], {}, [])
    for axes in figure.axes:
        axes.set_ylim(bottom=0)
    figure.suptitle(title, fontsize=9)
    return plots.svg(figure)


def _means(rows: Sequence[Row], across: str, name: str) -> list[tuple[float, Interval]]:
    values = itertools.groupby(rows, lambda row: row.settings[across])
    return [(x, mean_interval(np.array([_value(row, name) for row in own]))) for x, own in values]


def _others(row: Row, across: str) -> str:
    others = (
        f"{path.rpartition('.')[2]} {x}" for path, x in row.settings.items() if path != across
    )
    return ", ".join(others)


def _value(row: Row, name: str) -> float:
    found = row.found | {"processor": row.processor}
    numbers = {key: value for key, value in found.items() if not isinstance(value, list | str)}
    if name not in numbers:
        raise InvalidScenario(f"{name} is no number that is found; these are: {', '.join(numbers)}")
    return float("nan") if numbers[name] is None else float(numbers[name])
