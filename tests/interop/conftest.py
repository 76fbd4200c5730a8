"""The JavaScript programs of this folder, with their packages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
APP = HERE.parents[1] / "node" / "web" / "site" / "app"


def install(folder: Path) -> None:
    """Fetch the packages of the lock file in a folder."""
    command = ["npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy of the programs, and of the page's draw, with the packages of the lock file."""
    folder = tmp_path / "js"
    folder.mkdir()
    for file in (
        HERE / "package.json",
        HERE / "package-lock.json",
        *APP.glob("*.js"),
        *HERE.glob("*.mjs"),
    ):
        shutil.copy(file, folder)
    install(folder)
    return folder
