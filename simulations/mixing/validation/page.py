"""What a validation study hands back: a page that says paper, number expected, number got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from potluck.simulations.mixing.intervals import Interval, exact

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Line:
    """One number of a paper beside ours: it holds if our interval reaches into `low` to `high`."""

    quantity: str
    expected: str
    got: Interval
    low: float
    high: float

    @property
    def holds(self) -> bool:
        spread = self.got.half_width if isfinite(self.got.half_width) else 0.0
        return self.low <= self.got.mean + spread and self.got.mean - spread <= self.high

    @property
    def accepted(self) -> str:
        """The range in words: the smallest and the largest number that hold."""
        low, high = (f"{bound:.3g}" for bound in (self.low, self.high))
        return f"{low} to {high}" if low != high else f"{(self.low + self.high) / 2:.6g}"

    @property
    def verdict(self) -> str:
        """In words. What reaches beyond a bound agrees with the paper but does not show it, unless
        the range is a point with its slack, no wider than the interval itself."""
        if not self.holds:
            return "does not hold"
        inside = self.low <= self.got.low and self.got.high <= self.high
        point = self.high - self.low <= 2.5 * self.got.half_width
        return "holds" if inside or point else "agrees, not shown"


def near(what: str, expected: float, got: float, slack: float) -> Line:
    """A number without spread beside one that is known."""
    return Line(what, f"{expected:.6g}", exact(got), expected - slack, expected + slack)


@dataclass(frozen=True)
class Page:
    """A study reproduced; `remarks` say what differs from the paper or could not be checked."""

    study: str
    paper: str
    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()
    figure: Figure | None = field(default=None, compare=False)
    caption: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Its scenario, and the seed: what it takes to get the same numbers again."""

    @property
    def holds(self) -> bool:
        return all(line.holds for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        """The page without its picture, as plain values."""
        told = ({"holds": line.holds, "verdict": line.verdict} for line in self.lines)
        return {
            "study": self.study, "paper": self.paper, "holds": self.holds,
            "lines": [asdict(line) | more for line, more in zip(self.lines, told, strict=True)],
            "remarks": list(self.remarks), "settings": dict(self.settings),
        }  # fmt: skip
