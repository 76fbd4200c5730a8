"""The browser that the page's tests use, if this machine has one."""

from __future__ import annotations

import os
import shutil

import pytest

WITHOUT = "no Chromium"
HOW = "Debian's package chromium brings it, and then `make test` runs them, too"


def chromium() -> str | None:
    """The path of Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def found_chromium() -> str:
    """The path of Chromium; a test that needs it is skipped without, or fails where it must run."""
    path = chromium()
    if path is None and os.environ.get("POTLUCK_BROWSER") == "required":
        pytest.fail(f"{WITHOUT}, and POTLUCK_BROWSER says that it is required")
    if path is None:
        pytest.skip(WITHOUT)
    return path
