"""Results on disk: one Parquet file per run, written whole or not at all, and their union in a
fixed order.

A row is tidy: cell, seed, day, metric, value; day is -1 for a number of the whole run."""

import io
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .experiment import Cell, Experiment
from .model import Result

COLUMNS = {
    "cell": pa.string(), "seed": pa.uint64(), "day": pa.int32(), "metric": pa.string(),
    "value": pa.float64(),
}  # fmt: skip
SCHEMA = pa.schema(COLUMNS)
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Encoded:
    """One run as bytes, so that a worker needs no disk: rows as Parquet, pictures' arrays as
    npz."""

    cell: str
    seed: int
    rows: bytes
    arrays: bytes


def encode(cell: str, result: Result) -> Encoded:
    """The bytes of a run: equal results give equal bytes."""
    rows = [(cell, result.seed, *row) for row in result.rows]
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    table = pa.table(dict(zip(COLUMNS, columns, strict=True)), schema=SCHEMA)
    parquet, arrays = io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet, compression="zstd")
    np.savez_compressed(arrays, **result.arrays)  # type: ignore[arg-type]
    return Encoded(cell, result.seed, parquet.getvalue(), arrays.getvalue())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever kills us."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)


@dataclass(frozen=True)
class Folder:
    """An experiment's folder: cells/, results.parquet and .csv, cells.csv, manifest and report."""

    path: Path

    @property
    def cells(self) -> Path:
        return self.path / "cells"

    def rows_of(self, cell: str, seed: int) -> Path:
        return self.cells / f"{cell}-{seed}.parquet"

    def arrays_of(self, cell: str, seed: int) -> Path:
        return self.cells / f"{cell}-{seed}.npz"

    def is_done(self, cell: str, seed: int) -> bool:
        return self.rows_of(cell, seed).exists()

    def save(self, run: Encoded) -> None:
        """Keep a run; the rows come last, because they mark it as done."""
        write_whole(self.arrays_of(run.cell, run.seed), run.arrays)
        write_whole(self.rows_of(run.cell, run.seed), run.rows)

    def arrays(self, cell: str, seed: int) -> Arrays:
        """A run's arrays for pictures."""
        with np.load(self.arrays_of(cell, seed)) as stored:
            return {name: stored[name] for name in stored.files}

    def merge(self, experiment: Experiment) -> None:
        """Join all runs into results.parquet and .csv, one in memory at a time; list the cells."""
        cells = experiment.cells
        parquet, csv = self.path / ".results.parquet.part", self.path / ".results.csv.part"
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        with (
            pq.ParquetWriter(parquet, SCHEMA, compression="zstd") as columns,
            pyarrow.csv.CSVWriter(csv, SCHEMA, write_options=options) as text,
        ):
            for table in self._tables(cells, experiment.seeds):
                columns.write_table(table)
                text.write_table(table)
        parquet.replace(self.path / "results.parquet")
        csv.replace(self.path / "results.csv")
        self._list_cells(cells)

    def _tables(self, cells: Sequence[Cell], seeds: Sequence[int]) -> Iterator[pa.Table]:
        for cell in cells:
            for seed in seeds:
                yield pq.read_table(self.rows_of(cell.id, seed), schema=SCHEMA)

    def _list_cells(self, cells: Sequence[Cell]) -> None:
        names = sorted({name for cell in cells for name in cell.point})
        columns: dict[str, list[Any]] = {
            "cell": [cell.id for cell in cells],
            "policy": [cell.policy for cell in cells],
        }
        columns |= {name: [str(cell.point.get(name, "")) for cell in cells] for name in names}
        pyarrow.csv.write_csv(pa.table(columns), self.path / "cells.csv")


Runs = dict[tuple[str, str], dict[int, float]]
"""(cell, metric) to the value of each seed."""


def whole_run(folder: Folder) -> Runs:
    """The numbers of whole runs (day -1): of what a cell measured in any run, NaN for those seeds
    for which it is not defined."""
    table = pq.read_table(folder.path / "results.parquet", filters=[("day", "=", -1)])
    runs: Runs = {}
    seeds: dict[str, dict[int, float]] = {}
    for row in table.to_pylist():
        runs.setdefault((row["cell"], row["metric"]), {})[row["seed"]] = row["value"]
        seeds.setdefault(row["cell"], {})[row["seed"]] = math.nan
    return {(cell, metric): seeds[cell] | known for (cell, metric), known in runs.items()}


def daily(folder: Folder, metric: str) -> dict[str, NDArray[np.float64]]:
    """One metric's days: per cell that has any an array (seeds, days), NaN where there is none."""
    filters = [("metric", "=", metric), ("day", ">=", 0)]
    table = pq.read_table(folder.path / "results.parquet", filters=filters)
    days = pc.max(table["day"]).as_py() + 1 if table.num_rows else 0
    series: dict[str, dict[int, NDArray[np.float64]]] = {}
    for row in table.to_pylist():
        seeds = series.setdefault(row["cell"], {})
        seeds.setdefault(row["seed"], np.full(days, np.nan))[row["day"]] = row["value"]
    return {cell: np.array(list(seeds.values())) for cell, seeds in series.items()}
