"""Homogenisation under six recommenders, after Chaney, Stewart and Engelhardt (RecSys 2018).

"How Algorithmic Confounding in Recommendation Systems Increases Homogeneity and Decreases Utility",
with the parameters of the T-RECS authors' replication: 100 users, 20 attributes, 10 new items a
step, preferences Dir(10 Dir(1)), items Dir(0.1 Dir(100)), utility Beta' around their product, of
which a user knows 98 %; she takes the unseen item with the largest known utility x rank^-0.8.
"""

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

PAPER = "Chaney, Stewart and Engelhardt 2018, How Algorithmic Confounding..., RecSys"
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
    return rng.beta(a, a * (1 / mean - 1))


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
    return np.asarray((others >= others.max(axis=1).min()).astype(float))


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
    # how many scored items stand before each fresh one
    slots = np.floor(chance * (unseen.sum(axis=1, keepdims=True) + 1))
    before = (slots[:, None, :] <= rank[:, :, None]).sum(axis=2)
    attention = np.zeros(seen.shape)
    attention[:, :scored] = np.where(unseen, (1.0 + rank + before) ** -0.8, 0.0)
    among_fresh = chance.argsort(axis=1).argsort(axis=1)
    attention[:, -fresh:] = (1.0 + slots + among_fresh) ** -0.8
    return attention


def jaccard(taken: NDArray[np.int64], pairs: NDArray[np.int64]) -> float:
    """The mean over pairs of |A and B| / |A or B|, A and B the (distinct) items taken."""
    steps = taken.shape[1]
    both = np.array([np.intersect1d(taken[a], taken[b], assume_unique=True).size for a, b in pairs])
    return float((both / (2 * steps - both)).mean())


def nearest(vectors: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Each user and the most similar by cosine of the recommender's view; ties at random."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    likeness = unit @ unit.T + 1e-9 * rng.random((len(vectors), len(vectors)))
    np.fill_diagonal(likeness, -np.inf)
    return np.column_stack((np.arange(len(vectors)), likeness.argmax(axis=1)))


@dataclass(frozen=True)
class Outcome:
    """Against the ideal recommender in the same world: changes of Jaccard, share of utility."""

    random_pairs: float
    nearest_pairs: float
    utility: float


def replicate(settings: Chaney, seed: list[int]) -> dict[str, Outcome]:
    """Every recommender on one world with one stream of random numbers."""
    rng = np.random.default_rng([*seed, 0])
    world = build_world(settings, rng)
    pairs = rng.permutation(settings.users)[: settings.users // 2 * 2].reshape(-1, 2)
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


Runs = list[dict[str, Outcome]]
OTHERS = [name for name in RECOMMENDERS if name != "ideal"]


def run(settings: Chaney, seed: int) -> Page:
    """All recommenders: order and size of homogenisation, and the loss of utility."""
    with threadpool_limits(1):  # threads change nothing but the time, and for the worse here
        runs = [replicate(settings, [seed, index]) for index in range(settings.replicates)]
    remarks = (
        "The paper gives curves: the sizes expected are from a pilot and the axis of its figure.",
        "Content is non-negative least squares, as in the replication by the authors of T-RECS.",
        "Social is the count of friends' choices, matrix factorisation alternating least squares.",
    )
    caption = "How much more alike in what they took users end than under the ideal recommender."
    return Page("chaney", PAPER, tuple(_lines(runs)), remarks, _figure(runs), caption)


PAIRS = {
    "random_pairs": "random pairs",
    "nearest_pairs": "pairs that the recommender thinks alike",
}
GAPS = (
    ("popularity", "social", "random_pairs", 0.0),
    ("social", "matrix factorisation", "random_pairs", 0.1),
    ("matrix factorisation", "content", "random_pairs", 0.1),
    ("content", "random", "random_pairs", 0.0),
    ("matrix factorisation", "random", "nearest_pairs", 0.2),
    ("content", "random", "nearest_pairs", 0.1),
)
"""Who homogenises more than whom, of which pairs, and at least by how much; the first and the
fourth gap are small, in the paper too."""
SIZES = (
    ("popularity", "0.39 (pilot) to 0.5 (axis)", 0.3, 0.65),
    ("content", "about 0", -0.15, 0.15),
    ("random", "slightly below 0", -0.2, 0.02),
)


def _over(runs: Runs, name: str, quantity: str, less: str = "") -> Interval:
    """A recommender's outcome over the replicates, less another's in the same world."""

    def value(outcomes: dict[str, Outcome], whose: str) -> float:
        return float(getattr(outcomes[whose], quantity)) if whose else 0.0

    return mean_interval([value(run, name) - value(run, less) for run in runs])


def _lines(runs: Runs) -> Iterator[Line]:
    for first, second, quantity, least in GAPS:
        what = f"Jaccard of {PAIRS[quantity]}: {first} minus {second}"
        yield Line(what, "above 0", _over(runs, first, quantity, second), least, 1.0)
    for name, expected, low, high in SIZES:
        what = f"{name}: change of Jaccard of random pairs against ideal"
        yield Line(what, expected, _over(runs, name, "random_pairs"), low, high)
    for name in OTHERS:
        what = f"{name}: utility as a share of ideal"
        yield Line(what, "below 1", _over(runs, name, "utility"), 0.3, 1.0)


def _figure(runs: Runs) -> Figure:
    figure = plots.new_figure(7, 3.4)
    axes = plots.panels_of(figure)[0]
    for shift, (quantity, pairs) in zip((-0.2, 0.2), PAIRS.items(), strict=True):
        got = [_over(runs, name, quantity) for name in OTHERS]
        at, bars = np.arange(len(OTHERS)) + shift, [interval.half_width for interval in got]
        axes.bar(at, [interval.mean for interval in got], 0.4, yerr=bars, label=pairs)
    axes.set_xticks(range(len(OTHERS)), [name.replace(" ", "\n") for name in OTHERS])
    axes.set_ylabel("Jaccard index less that under ideal")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.legend(frameon=False)
    return figure
