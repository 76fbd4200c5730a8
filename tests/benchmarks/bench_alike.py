"""How alike the hands of two decks are as the decks differ: measured, drawn into docs/alike.svg.

The law is in PROTOCOL.md, "Laws of the draw", 8; tests/protocol/test_draw_laws.py holds the draw to
it.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import matplotlib as mpl
from matplotlib.figure import Figure

from potluck.protocol.candidate import Candidate
from potluck.protocol.draw import draw

FILE = Path(__file__).parents[2] / "docs" / "alike.svg"
HOSTS = 200
SEEDS = 1_000
LACKING = [0.0, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
SIZES = {5: "#b3261e", 20: "#1e5ab3"}


def bench_alike() -> None:
    """Two decks of 200 organisers, of which each lacks so many that the other has."""
    found = [shares_of_equal_cards(lacking) for lacking in LACKING]
    print(f"\nShare of equal cards in two hands, {HOSTS} organisers a deck, {SEEDS:,} seeds:")
    for lacking, shares in zip(LACKING, found, strict=True):
        said = ", ".join(f"{shares[n]:.1%} of {n}" for n in SIZES)
        print(
            f"  each lacks {lacking:5.1%}: {said}; the law: {1 - 2 * lacking:.1%} to {1 - lacking:.1%}"
        )
    plot({n: [shares[n] for shares in found] for n in SIZES})


def shares_of_equal_cards(lacking: float) -> dict[int, float]:
    """
    The mean over all seeds, by the size of the hand; a small hand is the beginning of a large one.
    """
    random = Random(round(1000 * lacking))
    apart = round(HOSTS * lacking)
    hosts = [Candidate(random.randbytes(32), 0, bytes(32)) for _ in range(HOSTS + apart)]
    equal = dict.fromkeys(SIZES, 0)
    for _ in range(SEEDS):
        seed = random.randbytes(32)
        one, other = cards(hosts[:HOSTS], seed), cards(hosts[apart:], seed)
        for n in SIZES:
            equal[n] += len(set(one[:n]) & set(other[:n]))
    return {n: equal[n] / (n * SEEDS) for n in SIZES}


def cards(deck: list[Candidate], seed: bytes) -> list[bytes]:
    return [card.candidate.host for card in draw(deck, seed, max(SIZES)).cards]


def plot(measured: dict[int, list[float]]) -> None:
    """The measured means within the two bounds of the law."""
    percent = [100 * lacking for lacking in LACKING]
    with mpl.rc_context({"svg.hashsalt": "alike", "svg.fonttype": "none", "font.size": 10}):
        figure = Figure(figsize=(6.4, 4.0), layout="constrained")
        axes = figure.add_subplot()
        least, most = [100 - 2 * each for each in percent], [100 - each for each in percent]
        axes.fill_between(
            percent, least, most, color="0.9", label="between the law's bounds, 1 − 2d and 1 − d"
        )
        for n, colour in SIZES.items():
            shares = [100 * share for share in measured[n]]
            axes.plot(
                percent, shares, "o-", color=colour, markersize=4, label=f"measured, hands of {n}"
            )
        axes.set(
            xlabel="organisers that each of the two decks lacks (d), %", ylabel="cards that are equal, %",
            xlim=(0, 50), ylim=(0, 100), title="How alike the hands of two decks are, from one seed",
        )  # fmt: skip
        axes.legend(loc="lower left")
        figure.savefig(FILE, metadata={"Date": None})
