"""A scenario under many seeds and settings: a row each in a file, where a later start goes on."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from potluck.simulations.mixing import plots
from potluck.simulations.mixing.intervals import Interval, mean_interval

from . import scenario
from .scenario import Scenario


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    scenario: str
    """A hash of the scenario with its settings."""
    settings: dict[str, Any]
    seed: int
    found: dict[str, Any]
    processor: float
    """Seconds."""


def sweep(
    asked: Scenario,
    axes: Mapping[str, Sequence[Any]],
    seeds: Sequence[int],
    file: Path,
    workers: int,
) -> Iterator[Row]:
    """A row of each setting and seed, as they come; those that the file has are not run again."""
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_bytes().splitlines() if file.exists() else []
    kept = (msgspec.json.decode(line, type=Row) for line in before)
    done = {(row.scenario, row.seed): row for row in kept}
    cells = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    missing = []
    for cell, seed in itertools.product(cells, seeds):
        row = done.get((_digest(scenario.varied(asked, cell)), seed))
        if row is None:
            missing.append((asked, cell, seed))
        else:
            yield msgspec.structs.replace(row, settings=cell)
    with file.open("ab") as rows:
        for row in _each(missing, workers):
            rows.write(msgspec.json.encode(row) + b"\n")
            rows.flush()
            yield row


def _each(jobs: Sequence[tuple[Scenario, dict[str, Any], int]], workers: int) -> Iterator[Row]:
    if workers == 1:
        yield from (_row(*job) for job in jobs)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for future in as_completed([pool.submit(_row, *job) for job in jobs]):
            yield future.result()


def _row(asked: Scenario, settings: dict[str, Any], seed: int) -> Row:
    one = scenario.varied(asked, settings)
    began = time.process_time()
    found = msgspec.to_builtins(scenario.run(one, seed))
    spent = time.process_time() - began
    return Row(scenario=_digest(one), settings=settings, seed=seed, found=found, processor=spent)


def _digest(asked: Scenario) -> str:
    return blake2b(msgspec.json.encode(asked, order="sorted"), digest_size=8).hexdigest()


def picture(rows: Sequence[Row], across: str, shown: Sequence[str], title: str) -> str:
    """SVG: what was found against a setting, with 95 % intervals over seeds; a line for each value
    of the other settings."""
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
    value = row.processor if name == "processor" else row.found[name]
    return float("nan") if value is None else float(value)
