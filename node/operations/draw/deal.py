"""The deal: cards from a deck by a seed, as a receipt shows them."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import partial

import trio

from potluck.node.operations.forms import DrawForm
from potluck.protocol import receipt
from potluck.protocol.candidate import leave_out
from potluck.protocol.receipt import Receipt

from .candidates import Deck
from .seeds import Seed


async def deal(
    deck: Deck, form: DrawForm, seed: Seed, n: int, without: Collection[bytes] = ()
) -> Receipt:
    """Deal n cards from the deck, without those events (`Candidate.event`)."""
    candidates, others = deck.candidates, deck.others
    if without:
        shown = frozenset(without)
        candidates, others = leave_out(candidates, shown), leave_out(others, shown)
    work = partial(
        receipt.deal,
        candidates,
        seed.origin,
        seed.value,
        n,
        min(form.wild, n),
        others,
        _filters(form),
    )
    return await trio.to_thread.run_sync(work)


def _filters(form: DrawForm) -> dict[str, str]:
    """What was asked for, as the receipt here keeps it; it is left out when that is exported."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in form.changes().items()
    }
