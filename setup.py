"""What pyproject.toml cannot say: a wheel carries the commit that it was built from."""

from __future__ import annotations

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithCommit(build_py):
    """Build the packages, and write down the commit beside node/version.py, which reads it."""

    def run(self) -> None:
        super().run()
        commit = runpy.run_path(str(ROOT / "node" / "version.py"))["commit"]()
        if commit and not self.editable_mode:
            Path(self.build_lib, "potluck", "node", "commit.txt").write_text(f"{commit}\n", "ascii")


setup(cmdclass={"build_py": BuildWithCommit})
