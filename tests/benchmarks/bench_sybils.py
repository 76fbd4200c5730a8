"""What the rules of the vouched draw buy against Sybils, and what they cost; and six words.

The law is in PROTOCOL.md, "The vouched draw"; tests/protocol/test_sybils.py holds the walk to it.
"""

from __future__ import annotations

import os
import time

from potluck.protocol.identity import Identity, spoken_numbers

from .sybils import EDGES, HONEST, SYBILS, deal_all, town

SEARCH_SECONDS = 10


def bench_sybils() -> None:
    """Shares of Sybils' cards where all, few and very few honest hosts have events."""
    made = town(1)
    print(
        f"\n{HONEST:,} honest hosts (degree {made.degree:.1f}, clustering {made.clustering:.2f}),"
        f" {SYBILS:,} Sybils, {EDGES} attack edges:"
    )
    for active in (1.0, 0.1, 0.05):
        for name, mutual in (("returned", True), ("unreturned", False)):
            found = deal_all(made, active, mutual=mutual)
            cards = found.honest + found.sybil + found.strangers
            whole = SYBILS / (SYBILS + active * HONEST)
            print(
                f"  {active:4.0%} of hosts with events, {name:>10}: of walked cards {found.share:5.1%}"
                f" are Sybils'; {found.strangers / cards:5.1%} are strangers', of which {whole:.0%}"
                f" Sybils'; {found.missing:3} not dealt; a month brings {found.reached:.0%} of the"
                " hosts that chance would"
            )


def bench_six_words() -> None:
    """An attacker who makes keys until the six words of one are those of a victim."""
    victim = spoken_numbers(Identity.from_seed(bytes(32)).key)
    best, tries, end = 0, 0, time.perf_counter() + SEARCH_SECONDS
    while time.perf_counter() < end:
        numbers = spoken_numbers(Identity.from_seed(os.urandom(32)).key)
        same = next((at for at in range(6) if numbers[at] != victim[at]), 6)
        best, tries = max(best, same), tries + 1
    hour = tries * 3600 / SEARCH_SECONDS
    print(
        f"\nSix words: {tries:,} keys in {SEARCH_SECONDS} s, the best has {best} of 6 words;"
        f" an hour's worth, {hour:.1e}, matches with probability {hour / 2**66:.0e}"
    )
