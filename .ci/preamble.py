# ruff: noqa: INP001 - shiv runs it as a script
"""Runs first in the program file: says so when its compiled parts are for another Python."""

from __future__ import annotations

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

site_packages: Path = globals()["site_packages"]  # shiv hands it over
(_built,) = (path.name for path in (site_packages / "apsw").glob("__init__.*.so"))
if _built.removeprefix("__init__") not in EXTENSION_SUFFIXES:
    sys.exit(
        f"This program file is for another Python or another machine ({_built.split('.')[1]}); "
        f"this is Python {sys.version_info.major}.{sys.version_info.minor} on {sys.platform}."
    )
