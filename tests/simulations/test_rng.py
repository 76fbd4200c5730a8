"""Counter-based random numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.simulations.mixing.rng import Stream, child, exceeds, gumbel, uniforms, word

ROOT = Path(__file__).parents[2]
U64 = st.integers(0, 2**64 - 1)


def test_words_are_those_of_splitmix64() -> None:
    """The published first outputs for seed 1234567 (the generator's state starts at the seed)."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]

    assert [int(word(np.uint64(1234567), k)) for k in range(4)] == published


@given(U64, st.integers(0, 2**40))
def test_python_and_kernels_name_the_same_streams(key: int, step: int) -> None:
    """`Stream.child` is the kernel `child`."""
    assert Stream(key).child(step).key == int(child(np.uint64(key), step))


@given(U64)
def test_siblings_differ(seed: int) -> None:
    """Paths that differ in a step, or in order, name different streams."""
    paths = [(1,), (2,), (1, 2), (2, 1), (0, 1), (1, 0)]

    assert len({Stream.of(seed, *path).key for path in paths}) == len(paths)


def test_numbers_are_uniform_and_siblings_unrelated() -> None:
    """Mean, spread and correlation of two streams side by side, 100,000 numbers each."""
    n = 100_000
    one, other = (Stream.of(5, 1, k).uniform(n) for k in (0, 1))

    assert one.min() >= 0
    assert one.max() < 1
    assert one.mean() == pytest.approx(0.5, abs=0.005)
    assert one.var() == pytest.approx(1 / 12, abs=0.002)
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0, abs=0.015)
    assert np.corrcoef(one[1:], one[:-1])[0, 1] == pytest.approx(0, abs=0.015)


@given(U64, st.integers(0, 1000), st.floats(-5, 20))
def test_exceeds_is_the_comparison_it_saves(key: int, counter: int, bar: float) -> None:
    """The shortcut decides as the logarithms do."""
    assert exceeds(np.uint64(key), counter, bar) == (gumbel(np.uint64(key), counter) > bar)


def test_a_step_changed_in_another_file_is_compiled_anew(tmp_path: Path) -> None:
    """
    What is kept compiled is never older than its source, wherever a kernel takes its steps from.
    """
    room = tmp_path / "potluck"
    for name in ("protocol", "simulations"):
        shutil.copytree(ROOT / name, room / name, ignore=shutil.ignore_patterns("__pycache__"))
    script = (
        "import numpy as np\n"
        "from potluck.simulations.mixing.policies.rankings import _matches\n"
        "who, one = np.zeros(1, np.int32), np.eye(1, 4, dtype='f4')\n"
        "print(_matches(who, one, one)[0, 0])\n"
    )

    def match() -> float:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", script]
        return float(
            subprocess.run(command, env=environment, check=True, capture_output=True).stdout
        )

    assert match() == 1
    kernels = room / "simulations" / "mixing" / "kernels.py"
    text = kernels.read_text(encoding="utf-8")
    assert text.count("total = np.float32(0.0)") == 1
    kernels.write_text(
        text.replace("total = np.float32(0.0)", "total = np.float32(2.0)"), encoding="utf-8"
    )

    assert match() == 3


def test_any_number_of_a_stream_can_be_asked_for() -> None:
    """A number depends on its counter only, not on those asked for before."""
    some = np.array([7, 3, 3, 99], np.int32)

    assert np.array_equal(uniforms(Stream(4).word_key, some), Stream(4).uniform(100)[some])
