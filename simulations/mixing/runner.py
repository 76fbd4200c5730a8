"""Running an experiment: every (cell, seed) that is not on disk yet, here or on many machines.

A run is a pure function of its scenario and seed, so it does not matter where it runs, in which
order, or how often it was begun: the files are the same."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from potluck.protocol.errors import LocalError

from . import model
from .experiment import Experiment
from .manifest import Manifest
from .policies import load
from .results import Encoded, Folder, encode
from .scenario import InvalidScenario, Scenario


@dataclass(frozen=True)
class Job:
    """One run to do."""

    cell: str
    scenario: Scenario
    seed: int

    def __call__(self) -> Encoded:
        return encode(self.cell, model.run(self.scenario, self.seed))


Progress = Callable[[int, int], None]
"""Called with the number of runs done and the number of all runs."""

T = TypeVar("T")


class Executor(Protocol):
    """Runs jobs and yields what they gave, in any order."""

    def __call__(self, jobs: Sequence[Callable[[], T]], /) -> Iterator[T]: ...


def here(jobs: Sequence[Callable[[], T]]) -> Iterator[T]:
    """One run after the other in this process."""
    for job in jobs:
        yield job()


def execute(
    experiment: Experiment, path: Path, executor: Executor = here,
    progress: Progress = lambda *_: None, workers: str = "1",
) -> Folder:  # fmt: skip
    """Run what is missing of an experiment into a folder, and join the results.

    LocalError when a scenario names what is not there, or the folder holds something else."""
    cells = experiment.cells
    _check([cell.scenario for cell in cells])
    folder = Folder(path)
    folder.cells.mkdir(parents=True, exist_ok=True)
    Manifest(folder).begin(experiment, workers)
    jobs = [Job(cell.id, cell.scenario, seed) for seed in experiment.seeds for cell in cells]
    missing = [job for job in jobs if not folder.is_done(job.cell, job.seed)]
    began, done = time.monotonic(), len(jobs) - len(missing)
    progress(done, len(jobs))
    for count, run in enumerate(executor(missing) if missing else (), start=done + 1):
        folder.save(run)
        progress(count, len(jobs))
    Manifest(folder).add_seconds(time.monotonic() - began)
    folder.merge(experiment)
    return folder


def _check(scenarios: Sequence[Scenario]) -> None:
    """Find a misspelt policy or metric before the first run, not after an hour."""
    for scenario in scenarios:
        try:
            load(scenario.policy)
            model.measured(scenario)
        except InvalidScenario as error:
            raise LocalError(str(error)) from None
