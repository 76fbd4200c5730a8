"""Homogenisation under six recommenders, after Chaney, Stewart and Engelhardt (RecSys 2018).

"How Algorithmic Confounding in Recommendation Systems Increases Homogeneity and Decreases Utility",
with the parameters of the T-RECS authors' replication: 100 users, 20 attributes, 10 new items a
step, preferences Dir(10 Dir(1)), items Dir(0.1 Dir(100)), utility Beta' around their product, of
which a user knows 98 %; she takes the unseen item with the largest known utility x rank^-0.8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from potluck.simulations.mixing import plots
from potluck.simulations.mixing.intervals import Interval, mean_interval
from potluck.simulations.mixing.scenario import Settings

from .page import Line, Page
from .recommenders import RECOMMENDERS, Recommender, World

PAPER = (
    "Chaney, Stewart and Engelhardt 2018, How Algorithmic Confounding..., doi"
    " 10.1145/3240323.3240370"
)
Floats = NDArray[np.float64]


class Chaney(Settings, frozen=True):
    """Users, attributes, new items a step, all steps, steps at the start with random items,
    replicates.

    With `repeated` a recommender learns before each step after the start, else once."""

    users: int = 100
    attributes: int = 20
    new_items: int = 10
    steps: int = 100
    start: int = 10
    repeated: bool = True
    replicates: int = 4


def beta_around(mean: Floats, sd: float, rng: np.random.Generator) -> Floats:
    """Beta numbers by mean and standard deviation (the paper's Beta', its footnote 3)."""
    a = ((1 - mean) / sd**2 - 1 / mean) * mean**2
    drawn: Floats = rng.beta(a, a * (1 / mean - 1))
    return drawn


def build_world(settings: Chaney, rng: np.random.Generator) -> World:
    """The users, all items that will ever appear, and what each is worth to whom."""
    taste = rng.dirichlet(10 * rng.dirichlet(np.ones(settings.attributes)), size=settings.users)
    base = 0.1 * rng.dirichlet(np.full(settings.attributes, 100.0))
    items = rng.dirichlet(base, size=settings.new_items * settings.steps)
    utility = beta_around(np.clip(taste @ items.T, 1e-9, 1 - 1e-9), 1e-5, rng)
    known = utility * beta_around(np.full(utility.shape, 0.98), 1e-5, rng)
    return World(taste, items, utility, known, _friends(taste))


def _friends(taste: Floats) -> Floats:
    """Pairs whose tastes covary above the highest threshold that leaves nobody alone."""
    covariance = np.cov(taste)
    others = covariance - np.where(np.eye(len(taste)) > 0, np.inf, 0.0)
    friends: Floats = (others >= others.max(axis=1).min()).astype(float)
    return friends


def consume(
    settings: Chaney, world: World, recommender: Recommender, seed: list[int]
) -> NDArray[np.int64]:
    """What each user took at each step, shape (users, steps)."""
    rng = np.random.default_rng(seed)
    users = np.arange(settings.users)
    taken = np.zeros((settings.users, settings.steps), dtype=np.int64)
    seen = np.zeros(world.known.shape, dtype=bool)
    scores: Floats = np.zeros((settings.users, 0))
    for step in range(settings.steps):
        old, new = step * settings.new_items, (step + 1) * settings.new_items
        if step < settings.start:
            scores = rng.random((settings.users, old))
        elif settings.repeated or step == settings.start:
            scores = recommender.scores(world, seen[:, :old], rng)
        attention = _attention(scores, seen[:, :new], settings.new_items, rng)
        taken[:, step] = (attention * world.known[:, :new]).argmax(axis=1)
        seen[users, taken[:, step]] = True
    return taken


def _attention(
    scores: Floats, seen: NDArray[np.bool_], fresh: int, rng: np.random.Generator
) -> Floats:
    """rank^-0.8 of each item in the user's list, zero for those not in it.

    The list has the scored items she has not seen, best first, with the `fresh` last items at
    random places among them."""
    users, scored = scores.shape
    unseen = ~seen[:, :scored]
    rank = np.empty((users, scored), dtype=np.int64)
    order = np.where(unseen, -scores, np.inf).argsort(axis=1)
    np.put_along_axis(rank, order, np.arange(scored)[None, :], axis=1)
    chance = rng.random((users, fresh))
    slots = np.floor(
        chance * (unseen.sum(axis=1, keepdims=True) + 1)
    )  # how many scored items stand before
    before = (slots[:, None, :] <= rank[:, :, None]).sum(axis=2)
    attention = np.zeros(seen.shape)
    attention[:, :scored] = np.where(unseen, (1.0 + rank + before) ** -0.8, 0.0)
    among_fresh = chance.argsort(axis=1).argsort(axis=1)
    attention[:, -fresh:] = (1.0 + slots + among_fresh) ** -0.8
    return attention


def jaccard(taken: NDArray[np.int64], pairs: NDArray[np.int64]) -> float:
    """The mean over pairs of |A and B| / |A or B|, A and B the items each has taken (all
    distinct)."""
    steps = taken.shape[1]
    both = np.array([np.intersect1d(taken[a], taken[b], assume_unique=True).size for a, b in pairs])
    return float((both / (2 * steps - both)).mean())


def nearest(vectors: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Each user paired with the most similar by cosine of the recommender's own view; ties at
    random."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    likeness = unit @ unit.T + 1e-9 * rng.random((len(vectors), len(vectors)))
    np.fill_diagonal(likeness, -np.inf)
    return np.column_stack((np.arange(len(vectors)), likeness.argmax(axis=1)))


@dataclass(frozen=True)
class Outcome:
    """Relative to the ideal recommender in the same world: two changes of Jaccard, and a share of
    utility."""

    random_pairs: float
    nearest_pairs: float
    utility: float


def replicate(settings: Chaney, seed: list[int]) -> dict[str, Outcome]:
    """Every recommender on one world with one stream of random numbers."""
    rng = np.random.default_rng([*seed, 0])
    world = build_world(settings, rng)
    pairs = np.array(list(_pairs(rng.permutation(settings.users))))
    ideal = consume(settings, world, RECOMMENDERS["ideal"], [*seed, 1])
    rows = np.arange(settings.users)[:, None]
    after = slice(settings.start, None)
    ideal_utility = world.utility[rows, ideal[:, after]].sum()
    outcomes = {}
    for name, recommender in RECOMMENDERS.items():
        taken = consume(settings, world, recommender, [*seed, 1])
        seen = np.zeros(world.known.shape, dtype=bool)
        seen[rows, taken] = True
        close = nearest(recommender.view(world, seen, rng), rng)
        outcomes[name] = Outcome(
            jaccard(taken, pairs) - jaccard(ideal, pairs),
            jaccard(taken, close) - jaccard(ideal, close),
            float(world.utility[rows, taken[:, after]].sum() / ideal_utility),
        )
    return outcomes


def _pairs(order: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    return zip(order[::2].tolist(), order[1::2].tolist(), strict=False)


Runs = list[dict[str, Outcome]]


def run(settings: Chaney, seed: int) -> Page:
    """All recommenders over the replicates: order and size of homogenisation, and the loss of
    utility."""
    with threadpool_limits(
        1
    ):  # threads change nothing but the time, and for the worse at this size
        runs = [replicate(settings, [seed, index]) for index in range(settings.replicates)]
    return Page(
        "chaney",
        PAPER,
        (*_order(runs), *_sizes(runs), *_utilities(runs)),
        (
            (
                "The paper gives curves: the sizes expected are from a pilot and from the axis of"
                " its figure."
            ),
            (
                "Content is non-negative least squares, as in the replication by the authors of"
                " T-RECS."
            ),
            (
                "Social is the count of friends' choices, matrix factorisation alternating least"
                " squares."
            ),
        ),
        _figure(runs),
        "How much more alike in what they took users end than under the ideal recommender: means"
        " and 95 % intervals over replicates. The paper's pictures are curves of the same"
        " quantity.",
    )


def _over(runs: Runs, name: str, quantity: str) -> Interval:
    return mean_interval([getattr(outcome[name], quantity) for outcome in runs])


def _gap(runs: Runs, first: str, second: str, quantity: str, at_least: float) -> Line:
    gap = mean_interval(
        [getattr(run[first], quantity) - getattr(run[second], quantity) for run in runs]
    )
    pairs = (
        "random pairs" if quantity == "random_pairs" else "pairs that the recommender thinks alike"
    )
    return Line(f"Jaccard of {pairs}: {first} minus {second}", "above 0", gap, at_least, 1.0)


def _order(runs: Runs) -> tuple[Line, ...]:
    """Who homogenises more; the first and the last gap are small, in the paper too."""
    return (
        _gap(runs, "popularity", "social", "random_pairs", 0.0),
        _gap(runs, "social", "matrix factorisation", "random_pairs", 0.1),
        _gap(runs, "matrix factorisation", "content", "random_pairs", 0.1),
        _gap(runs, "content", "random", "random_pairs", 0.0),
        _gap(runs, "matrix factorisation", "random", "nearest_pairs", 0.2),
        _gap(runs, "content", "random", "nearest_pairs", 0.1),
    )


def _sizes(runs: Runs) -> tuple[Line, ...]:
    change = "change of Jaccard of random pairs against ideal"
    return (
        Line(
            f"popularity: {change}",
            "0.39 (pilot) to 0.5 (axis)",
            _over(runs, "popularity", "random_pairs"),
            0.3,
            0.65,
        ),
        Line(f"content: {change}", "about 0", _over(runs, "content", "random_pairs"), -0.15, 0.15),
        Line(
            f"random: {change}",
            "slightly below 0",
            _over(runs, "random", "random_pairs"),
            -0.2,
            0.02,
        ),
    )


def _utilities(runs: Runs) -> tuple[Line, ...]:
    return tuple(
        Line(
            f"{name}: utility as a share of ideal",
            "below 1",
            _over(runs, name, "utility"),
            0.3,
            1.0,
        )
        for name in RECOMMENDERS
        if name != "ideal"
    )


def _figure(runs: Runs) -> Figure:
    figure = plots.new_figure(7, 3.4)
    axes = plots.panels_of(figure)[0]
    names = [name for name in RECOMMENDERS if name != "ideal"]
    at = np.arange(len(names))
    for shift, quantity, label in (
        (-0.2, "random_pairs", "random pairs"),
        (0.2, "nearest_pairs", "pairs that the recommender thinks alike"),
    ):
        got = [_over(runs, name, quantity) for name in names]
        axes.bar(
            at + shift, [i.mean for i in got], 0.4, yerr=[i.half_width for i in got], label=label
        )
    axes.set_xticks(at, [name.replace(" ", "\n") for name in names])
    axes.set_ylabel("Jaccard index less that under ideal")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.legend(frameon=False)
    return figure
