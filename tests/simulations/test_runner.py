"""Running experiments: the same files whoever runs them, however often they were interrupted."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from potluck.protocol.errors import LocalError
from potluck.simulations import mixing
from potluck.simulations.mixing import runner, scenario_file
from potluck.simulations.mixing.results import Folder
from potluck.simulations.mixing.runner import T, execute

from .worlds import tiny


class KilledError(Exception):
    """Stands for whatever ends a session early."""


def dying_after(runs: int) -> runner.Executor:
    """An executor that dies after so many runs."""

    def execute_some(jobs: Sequence[Callable[[], T]]) -> Iterator[T]:
        yield from runner.here(jobs[:runs])
        raise KilledError

    return execute_some


def contents(folder: Folder) -> dict[str, bytes]:
    """Every file of an experiment but the manifest, which has the time and the machine."""
    files = sorted(
        path for path in folder.path.rglob("*") if path.is_file() and path.name != "manifest.json"
    )
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The tiny experiment, run in one go in this process."""
    return execute(tiny(), tmp_path_factory.mktemp("finished"))


def test_rows_are_tidy_and_in_the_order_of_cells_seeds_and_metrics(finished: Folder) -> None:
    """One row per (cell, seed, day, metric), in Parquet and in CSV alike."""
    table = pq.read_table(finished.path / "results.parquet")
    asked = tiny()
    keys = list(
        zip(*(table[name].to_pylist() for name in ("cell", "seed", "day", "metric")), strict=True)
    )

    assert len(set(keys)) == len(keys)
    assert list(dict.fromkeys(key[:2] for key in keys)) == [
        (c.id, s) for c in asked.cells for s in asked.seeds
    ]
    lines = (finished.path / "results.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"cell","seed","day","metric","value"'
    assert len(lines) == len(keys) + 1


def test_a_run_on_disk_is_what_the_model_gives(finished: Folder) -> None:
    """Nothing is lost between the model and the file."""
    cell = tiny().cells[1]
    result = mixing.run(cell.scenario, 2)
    stored = pq.read_table(finished.rows_of(cell.id, 2)).to_pylist()

    assert [(row["day"], row["metric"], row["value"]) for row in stored] == result.rows
    arrays = finished.arrays(cell.id, 2)
    assert all((arrays[name] == values).all() for name, values in result.arrays.items())


@pytest.mark.parametrize("runs", [0, 1, 4])
def test_a_resumed_run_gives_the_same_bytes(finished: Folder, tmp_path: Path, runs: int) -> None:
    """Whatever was done stays, the rest is done, and nobody can tell."""
    with pytest.raises(KilledError):
        execute(tiny(), tmp_path, dying_after(runs))

    seen: list[tuple[int, int]] = []
    folder = execute(tiny(), tmp_path, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(done, 6) for done in range(runs, 7)]
    assert contents(folder) == contents(finished)


def test_a_process_that_is_killed_is_resumed(finished: Folder, tmp_path: Path) -> None:
    """The same with a real process and a real SIGKILL after its second run."""
    script = (
        "import sys, json; from pathlib import Path\n"
        "from potluck.simulations.mixing import experiment, execute, scenario_file\n"
        "asked = scenario_file.build(experiment.Experiment, json.loads(sys.argv[1]))\n"
        "execute(asked, Path(sys.argv[2]), progress=lambda done, total: print(done, flush=True))\n"
    )
    command = [sys.executable, "-c", script, json.dumps(scenario_file.plain(tiny())), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 2:
            pass
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL

    assert contents(execute(tiny(), tmp_path)) == contents(finished)


def test_a_folder_is_not_used_for_two_experiments(finished: Folder) -> None:
    """Runs of different scenarios, or of two versions of the model, never mix."""
    with pytest.raises(LocalError, match="holds another experiment"):
        execute(tiny(seeds=4), finished.path)


def test_runs_of_another_version_of_the_model_are_not_continued(tmp_path: Path) -> None:
    """The manifest has the digest of the model's source."""
    folder = execute(tiny(policies=["organisers"], seeds=1), tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(
        json.dumps(manifest | {"model": "0" * 16}), encoding="utf-8"
    )

    with pytest.raises(LocalError, match="another version of the model"):
        execute(tiny(policies=["organisers"], seeds=1), folder.path)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"policies": ["hosst"]}, "there is no policy 'hosst'"),
        ({"policies": [{"name": "tables", "parameters": {"siez": 5}}]}, "has no parameter 'siez'"),
        ({"vary": {"measure.metrics": [["mach"]]}}, "there is no metric 'mach'"),
    ],
)
def test_a_misspelt_name_is_found_before_the_first_run(
    settings: dict[str, object], said: str, tmp_path: Path
) -> None:
    """And nothing is written."""
    with pytest.raises(LocalError, match=re.escape(said)):
        execute(tiny(**settings), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_the_manifest_says_what_it_takes_to_run_again(finished: Folder) -> None:
    """Code, versions, machine, experiment, time."""
    manifest = mixing.Manifest(finished).read()

    assert manifest["experiment"] == scenario_file.plain(tiny())
    assert manifest["wall_seconds"] > 0
    assert {
        "commit",
        "model",
        "python",
        "packages",
        "system",
        "cpu",
        "cores",
        "workers",
    } <= manifest.keys()


def test_a_folder_without_an_experiment_is_said_so(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(LocalError, match="run one first"):
        mixing.Manifest(Folder(tmp_path)).read()
