"""The deal: cards from a deck by a seed, as a receipt shows them."""

import json
from collections.abc import Collection

from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Service
from potluck.protocol import receipt
from potluck.protocol.candidate import leave_out
from potluck.protocol.receipt import Receipt

from .candidates import Deck
from .seeds import Seed
from .vouched import deal_vouched


def deal(
    service: Service,
    deck: Deck,
    form: DrawForm,
    seed: Seed,
    n: int,
    without: Collection[bytes] = (),
) -> Receipt:
    """Deal n cards from the deck, without those events (`Candidate.event`).

    Of a vouched draw the deck learns how many hosts walks can come to.
    """
    candidates, others = deck.candidates, deck.others
    if without:
        shown = frozenset(without)
        candidates, others = leave_out(candidates, shown), leave_out(others, shown)
    if form.vouched:
        made, deck.reach = deal_vouched(service, candidates, form, seed, n, _filters(form))
        return made
    wild = min(form.wild, n)
    return receipt.deal(candidates, seed.origin, seed.value, n, wild, others, _filters(form))


def _filters(form: DrawForm) -> dict[str, str]:
    """What was asked for, as the receipt here keeps it; it is left out when that is exported."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in form.changes().items()
    }
