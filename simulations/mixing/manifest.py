"""What it takes to run the same again: code, versions, machine, experiment, time."""

import hashlib
import json
import os
import platform
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from potluck.protocol.errors import LocalError

from . import scenario_file
from .experiment import Experiment
from .results import Folder, write_whole

PACKAGES = (
    "potluck-network", "numpy", "numba", "scipy", "pyarrow", "implicit", "networkx", "SALib",
    "dask",
)  # fmt: skip
HERE = Path(__file__).parent
HARNESS = (
    "calibration", "cluster", "experiment", "intervals", "manifest", "plots", "report", "results",
    "runner", "scenario_file", "summary",
)  # fmt: skip
"""Modules that no number of a run depends on; everything else counts as the model."""


def model_digest() -> str:
    """16 hex digits of the model's source: runs of two versions never share a folder."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(HERE.rglob("*.py")):
        place = file.relative_to(HERE)
        if place.parts[0] not in ("validation", "calibration") and place.stem not in HARNESS:
            digest.update(place.as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def commit() -> str:
    """The commit of the checkout we run from, with a plus sign if files differ; else unknown."""

    def git(*words: str) -> str:
        command = ["git", *words]
        done = subprocess.run(  # noqa: S603 - our own words
            command, cwd=HERE, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", str(HERE))
        return git("rev-parse", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def code() -> dict[str, Any]:
    """The code that a number came from: commit, digest of the model, Python and packages."""
    return {
        "commit": commit(),
        "model": model_digest(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


@dataclass(frozen=True)
class Manifest:
    """The manifest of an experiment's folder."""

    folder: Folder

    @property
    def path(self) -> Path:
        return self.folder.path / "manifest.json"

    def read(self) -> dict[str, Any]:
        """The manifest's values; LocalError when the folder holds no experiment."""
        try:
            values: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise LocalError(
                f"{self.folder.path} holds no experiment; run one first with `potluck simulate run`"
            ) from None
        return values

    def begin(self, experiment: Experiment, workers: str) -> None:
        """Write a fresh folder's manifest, or check that it holds this very experiment."""
        plain = scenario_file.plain(experiment)
        if self.path.exists():
            before = self.read()
            if before["experiment"] != plain:
                raise self._holds("another experiment")
            if before["model"] != model_digest():
                raise self._holds("runs of another version of the model")
            return
        machine = {"system": platform.platform(), "cpu": _cpu(), "cores": os.cpu_count()}
        session = {"workers": workers, "wall_seconds": 0.0}
        self._write({"experiment": plain, **code(), **machine, **session})

    def _holds(self, what: str) -> LocalError:
        return LocalError(f"{self.folder.path} holds {what}; choose another folder or remove it")

    def add_seconds(self, seconds: float) -> None:
        """Add the wall time of a session (a resumed run has several)."""
        values = self.read()
        self._write(values | {"wall_seconds": round(values["wall_seconds"] + seconds, 1)})

    def _write(self, values: dict[str, Any]) -> None:
        write_whole(self.path, (json.dumps(values, indent=1, sort_keys=True) + "\n").encode())
