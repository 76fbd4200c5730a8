"""
What every test may rely on: properties without a deadline, and the founders' data where it is
there.

The one exception to "no skipped tests": where no Chromium is installed, the browser's tests are
left out, which is said at the beginning and counted at the end. With POTLUCK_BROWSER=required they
fail.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import HOW, WITHOUT, chromium

# No test asserts on time. The parent is Hypothesis's own choice, which repeats the same examples
# under CI.
settings.register_profile("potluck", parent=settings(), deadline=None, print_blob=True)
settings.load_profile("potluck")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data and vectors beside the project; they are no part of it, so their tests skip
    without them.
    """
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared")
    return folder


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say before the first test what will be left out."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and chromium() is None:
        terminal.write_line(f"{WITHOUT}: the page's browser tests are left out; {HOW}", yellow=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count aloud what was left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    number = sum(WITHOUT in str(report.longrepr) for report in skipped)
    if number:
        terminalreporter.write_line(
            f"{WITHOUT}: {number} browser tests were left out; {HOW}", yellow=True
        )
