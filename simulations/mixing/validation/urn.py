"""
The two-product urn of Fleder and Hosanagar: does a recommender that shows the leader make a
blockbuster?

D. Fleder, K. Hosanagar, "Blockbuster Culture's Next Rise or Fall", Management Science 55(5), 2009.
At each step the buyer takes the recommender's product, the current leader (a coin if tied), with
probability r; else she buys w with probability p, b otherwise. While w leads it is bought with
probability h = p(1-r) + r, while b leads with l = p(1-r), at a tie with m = p(1-r) + r/2.
"""

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.intervals import mean_interval
from potluck.simulations.mixing.scenario import Settings

from .page import Line, Page

PAPER = "Fleder and Hosanagar 2009, Blockbuster Culture's Next Rise or Fall, Management Science"


class Urn(Settings, frozen=True):
    """The study's settings: pairs of (p, r) to check, steps bought per market, markets per pair."""

    cases: tuple[tuple[float, float], ...] = ((0.7, 0.5), (0.55, 0.75), (0.6, 0.9), (0.8, 0.2))
    steps: int = 2_000
    markets: int = 4_000


def limits(p: float, r: float) -> tuple[float, float]:
    """The shares of w in the long run: low when b stays ahead, high when w does."""
    low = p * (1 - r)
    return low, low + r


def probability_high(p: float, r: float) -> float:
    """The probability that w ends up ahead for ever, in closed form.

    The lead is a random walk that steps up with m at 0, with h above and with l below. By the
    gambler's ruin a walk that goes up with probability q > 1/2 never comes back down by one with
    probability 1 - (1-q)/q. Each time at 0 either side may be taken for good, so the odds are the
    two escapes'."""
    low, high = limits(p, r)
    up = max(0.0, 1 - (1 - high) / high) if high > 0 else 0.0
    down = max(0.0, 1 - low / (1 - low)) if low < 1 else 0.0
    if up == 0 and down == 0:
        raise ValueError("a fair walk never settles: neither product stays ahead")
    middle = low + r / 2
    return middle * up / (middle * up + (1 - middle) * down)


def final_shares(
    p: float, r: float, steps: int, markets: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The share of w after `steps` purchases, in each of `markets` independent markets."""
    low, high = limits(p, r)
    lead = np.zeros(markets, dtype=np.int64)
    for _ in range(steps):
        chance = np.where(lead > 0, high, np.where(lead < 0, low, low + r / 2))
        lead += np.where(rng.random(markets) < chance, 1, -1)
    return (lead + steps) / (2 * steps)


def run(settings: Urn, seed: int) -> Page:
    """Every case beside the closed form, give or take two standard errors."""
    lines: list[Line] = []
    for index, (p, r) in enumerate(settings.cases):
        rng = np.random.default_rng([seed, index])
        shares = final_shares(p, r, settings.steps, settings.markets, rng)
        low, high = limits(p, r)
        theory = probability_high(p, r)
        slack = 2 * np.sqrt(max(theory * (1 - theory), 1e-3) / settings.markets)
        ahead = shares > (low + high) / 2
        for what, expected, got, give in (
            ("P(w ends ahead)", theory, ahead.astype(float), slack),
            ("share of w when ahead", high, shares[ahead], 0.01),
        ):
            name, bounds = f"p={p} r={r}: {what}", (expected - give, expected + give)
            lines.append(Line(name, f"{expected:.4f}", mean_interval(got), *bounds))
    remark = "The closed form is derived in the code; limit shares need no derivation."
    return Page("urn", PAPER, tuple(lines), (remark,))
