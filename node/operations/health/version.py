"""Which Potluck this is: the release, and the commit that it was made from."""

import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "potluck-network"
"""What to give to pip: the name potluck there is somebody else's."""

ROOT = Path(__file__).parents[3]
BUILT_FROM = Path(__file__).with_name("commit.txt")
"""Written into the wheel by setup.py; a checkout has git instead."""


def version() -> str:
    """The release, such as 0.1.0."""
    return metadata.version(DISTRIBUTION)


@cache
def commit() -> str:
    """The commit, such as 8a8c3ca or 8a8c3ca-dirty (files differ from it); empty if unknown."""
    if BUILT_FROM.exists():
        return BUILT_FROM.read_text("ascii").strip()
    # --git-dir: not the commit of a repository that these files merely lie in.
    asked = ["git", "--git-dir=.git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        found = subprocess.run(  # noqa: S603
            asked, cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return found.stdout.strip()


def in_full() -> str:
    """Both in one line, as `potluck --version` has it."""
    return " ".join(filter(None, (version(), commit() and f"({commit()})")))
