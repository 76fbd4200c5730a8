"""What pyproject.toml cannot say: a wheel carries the commit that it was built from."""

from __future__ import annotations

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithCommit(build_py):
    """Build the packages, and write down the commit beside version.py, which reads it."""

    def run(self) -> None:
        super().run()
        reader = Path("node", "operations", "health", "version.py")
        commit = runpy.run_path(str(ROOT / reader))["commit"]()
        if commit and not self.editable_mode:
            built = Path(self.build_lib, "potluck", reader).with_name("commit.txt")
            built.write_text(f"{commit}\n", "ascii")


setup(cmdclass={"build_py": BuildWithCommit})
