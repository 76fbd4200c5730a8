"""Bytes of strangers, whatever they are, end in an answer or in a clear error."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOW
from tests.fuzz.targets import TARGETS, said

RUNS = {
    "announcements": 300_000,
    "gossip": 300_000,
    "reconciliation": 200_000,
    "sessions": 100_000,
    "control_lines": 50_000,
    "calendars": 50_000,
}
"""A million inputs in all, fewer where one takes longer."""


@st.composite
def damaged(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A well-formed input with some of it replaced, left out or doubled."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = at + draw(st.integers(0, 8))
        data = data[:at] + draw(st.binary(max_size=8) | st.just(data[at:end] * 2)) + data[end:]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_raises_nothing_but_what_it_may(name: str, tmp_path: Path) -> None:
    target = TARGETS[name](tmp_path)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(st.binary(max_size=300) | damaged(list(target.seeds)))
    def feed(data: bytes) -> None:
        target.feed(data)

    for seed in target.seeds:
        target.feed(seed)
    feed()


FOUND = {
    "a negative time": (
        "sessions",
        b"\0" + said([1, NOW, NOW, [-1, bytes(32)]], []),
    ),  # OverflowError
    # These two ended the node.
    "deep JSON": ("control_lines", b"[" * 100_000 + b"\n"),
    "half a pair": ("control_lines", b'{"op": "announce", "args": {"\\ud800": 1}}\n'),
}


@pytest.mark.parametrize(("name", "data"), FOUND.values(), ids=FOUND)
def test_what_was_found_once_stays_mended(name: str, data: bytes, tmp_path: Path) -> None:
    TARGETS[name](tmp_path).feed(data)


if find_spec("atheris"):  # it has wheels for Linux on x86-64 only

    @pytest.mark.soak
    @pytest.mark.parametrize("name", TARGETS)
    def test_a_million_inputs_in_all_cost_neither_the_process_nor_its_memory(name: str) -> None:
        with TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.fuzz.run", name, str(RUNS[name]), folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-5000:]
