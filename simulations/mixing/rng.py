"""
Counter-based random numbers: each is a pure function of a key and a counter.

Nothing carries state from one number to the next, so a run depends on (scenario, seed) only, not on
the order in which regions are computed nor on how many workers compute them; and two policies run
with one seed meet the same people, events and moods (common random numbers). The function is
SplitMix64 read at any position (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
generators", OOPSLA); a key is folded from a path of integers with the same mixer.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import config, njit
from numpy.typing import NDArray

_FIRST, _SECOND, _GOLDEN = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15
_M1, _M2, GOLDEN = np.uint64(_FIRST), np.uint64(_SECOND), np.uint64(_GOLDEN)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / (1 << 53)
_MASK = (1 << 64) - 1

Function = TypeVar("Function", bound=Callable[..., Any])


def _kept_compiled() -> str:
    """The folder of compiled kernels, named by the text of all of them. numba itself looks only at
    the file of the outermost kernel (its documentation, "Caching limitations"): after a change to a
    step in another file, such as this one, it would go on with the old one, and a run would not be
    what its source says."""
    here, digest = Path(__file__).parent, hashlib.blake2b(digest_size=8)
    for file in sorted(here.rglob("*.py")):
        text = file.read_bytes()
        if b"jit" in text:
            digest.update(text)
    return str(here / "__pycache__" / f"kernels-{digest.hexdigest()}")


_KEPT = _kept_compiled()


def _compile(function: Function, *, forceinline: bool) -> Function:
    settings: Any = config  # numba sets its names at run time
    before, settings.CACHE_DIR = settings.CACHE_DIR, _KEPT
    try:
        compiled = njit(cache=True, nogil=True, error_model="numpy", forceinline=forceinline)(
            function
        )
    finally:
        settings.CACHE_DIR = before
    return cast("Function", compiled)


def jit(function: Function) -> Function:
    """Compile a kernel: cached on disk, without the interpreter's lock, dividing as numpy does."""
    return _compile(function, forceinline=False)


def inlined(function: Function) -> Function:
    """The same for a step within a kernel: compiled into its caller, since passing arrays is
    dear."""
    return _compile(function, forceinline=True)


Purpose = IntEnum(
    "Purpose",
    "WORLD HOSTS EVENTS FRIENDS LOOK CHOICE MEETING POLICY ADVERSARY MEASURE AGAIN DEAL BIAS LEAVE",
)
"""What a stream of random numbers is for: the first step of every key's path."""


@inlined
def mix(x: Any) -> Any:
    """The finaliser of SplitMix64, a bijection: every input bit moves every output bit."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@inlined
def word(key: Any, counter: Any) -> Any:
    """The counter-th 64-bit word of the stream `key`."""
    return mix(key + (np.uint64(counter) + np.uint64(1)) * GOLDEN)


@inlined
def uniform(key: Any, counter: Any) -> Any:
    """The counter-th number of the stream `key`, uniform in [0, 1)."""
    return (word(key, counter) >> _S11) * _UNIT


@inlined
def below(key: Any, counter: Any, n: Any) -> Any:
    """An integer in [0, n), n < 2^32; the bias of the multiplication is under n / 2^53."""
    return np.int64(uniform(key, counter) * n)


@inlined
def gumbel(key: Any, counter: Any) -> Any:
    """A standard Gumbel variate, the noise of logit choice."""
    return -math.log(-math.log(uniform(key, counter) + 0.5 * _UNIT))


@inlined
def exceeds(key: Any, counter: Any, bar: Any) -> Any:
    """Whether gumbel(key, counter) > bar. Since -ln U >= 1 - U and e^-x <= 1 / (1 + x + x^2 / 2),
    most numbers that do not are known without a logarithm."""
    if bar > 0 and (1.0 - uniform(key, counter)) * (1.0 + bar + 0.5 * bar * bar) >= 1.0:
        return False
    return gumbel(key, counter) > bar


@inlined
def child(key: Any, step: Any) -> Any:
    """The key of a stream below `key`: independent of it and of its other children."""
    return mix(mix(key ^ GOLDEN) + (np.uint64(step) + np.uint64(1)) * GOLDEN)


def _mix(x: int) -> int:
    x = ((x ^ (x >> 30)) * _FIRST) & _MASK
    x = ((x ^ (x >> 27)) * _SECOND) & _MASK
    return x ^ (x >> 31)


@dataclass(frozen=True)
class Stream:
    """A stream of random numbers, named by its key. Kernels take `word_key`; others `numpy()`."""

    key: int

    @classmethod
    def of(cls, seed: int, *path: int) -> Stream:
        """The stream at the end of a path such as (purpose, region, day) below a run's seed."""
        stream = cls(_mix(seed & _MASK))
        for step in path:
            stream = stream.child(step)
        return stream

    def child(self, step: int) -> Stream:
        """The stream below this one; agrees with the kernel `child`."""
        return Stream(_mix((_mix(self.key ^ _GOLDEN) + (step + 1) * _GOLDEN) & _MASK))

    @property
    def word_key(self) -> np.uint64:
        """The key as kernels want it."""
        return np.uint64(self.key)

    def numpy(self) -> np.random.Generator:
        """A numpy generator of this stream (Philox, itself counter-based; Salmon et al. 2011)."""
        return np.random.Generator(np.random.Philox(key=self.key))

    def uniform(self, n: int) -> NDArray[np.float64]:
        """The first n numbers of the stream, in [0, 1)."""
        return uniforms(self.word_key, np.arange(n, dtype=np.int32))


@jit
def uniforms(key: Any, counters: NDArray[np.int32]) -> NDArray[np.float64]:
    """The numbers of the stream `key` at these counters."""
    out = np.empty(len(counters), np.float64)
    for i in range(len(counters)):
        out[i] = uniform(key, counters[i])
    return out
