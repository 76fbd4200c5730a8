"""A draw that a friend witnesses: neither of the two alone decides the hand."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from typing import Any, TypedDict, cast

import trio

from potluck.node.errors import Unfit
from potluck.node.operations.fields import Count, Key, Word
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.protocol import witness
from potluck.protocol.candidate import Candidate
from potluck.protocol.errors import Invalid, NotFound
from potluck.protocol.message import Message
from potluck.protocol.origin import Witness

from .beside import deal_beside, deck_of
from .candidates import Deck
from .hand_json import Hand
from .seeds import Seed
from .window import Window, window_of

PENDING = "witness"
WARNING = Message(
    "That a node which dislikes the outcome falls silent before revealing cannot be prevented: "
    "insist that it reveals."
)


class Commitment(TypedDict):
    """What the friend sees before saying a word."""

    commitment: Key
    warning: str
    eligible: Count
    organisers: Count


async def witness_open(service: Service, form: DrawForm) -> Commitment:
    """Fix the deck and a secret number, and commit to them.

    Show the commitment to the friend, then ask for a word and call `witness_close`. It waits as
    long as need be, also for another window.
    """
    if form.vouched:
        raise Unfit("vouched", "a witnessed hand is not vouched: whom you met stays with you")
    if form.wild:
        raise Unfit(
            "wild", "a witnessed hand has no wild cards: the commitment covers one deck only"
        )
    deck = await deck_of(service, form, bagged=not form.again)
    r, day = secrets.token_bytes(witness.NONCE_BYTES), deck.window.day

    def fix() -> tuple[Commitment, str]:
        commitment = witness.commit(deck.candidates, form.hand, day, r).hex()
        organisers = len({candidate.who for candidate in deck.candidates})
        pending = {
            "form": asdict(form),
            "r": r.hex(),
            "day": day,
            "commitment": commitment,
            "deck": _noted(deck),
            "bag_spent": deck.bag_spent,
        }
        said = Commitment(
            commitment=commitment, eligible=deck.eligible, organisers=organisers, warning=WARNING
        )
        return said, json.dumps(pending)

    said, pending = await trio.to_thread.run_sync(fix)
    await service.store.choices.note(PENDING, pending)
    return said


async def witness_pending(service: Service) -> Json | None:
    """The draw that waits for a word: {commitment, day}; None if none does."""
    noted = service.store.choices.noted(PENDING)
    if not noted:
        return None
    pending = json.loads(noted)
    return {"commitment": pending["commitment"], "day": pending["day"]}


async def witness_close(service: Service, word: Word) -> Hand:
    """Deal with the friend's word. Raises NotFound."""
    noted = service.store.choices.noted(PENDING)
    if not noted:
        raise NotFound("no witnessed draw waits for a word; begin one with: potluck draw --witness")
    pending = json.loads(noted)
    commitment, r = bytes.fromhex(pending["commitment"]), bytes.fromhex(pending["r"])
    try:
        origin = Witness(pending["day"], commitment, r, word)
    except Invalid as error:
        raise Unfit("word", error.message) from None
    form = DrawForm.read(pending["form"])
    deck = _denoted(pending["deck"], window_of(form, service.clock.now()))
    deck.bag_spent = pending.get("bag_spent", False)
    dealt = await deal_beside(service, form, deck, Seed(origin.remake(), origin))
    await service.store.choices.note(PENDING, "")
    revealed = {"commitment": commitment.hex(), "r": r.hex(), "word": word, "warning": WARNING}
    return cast("Hand", {**dealt, **revealed})


def _noted(deck: Deck) -> list[list[Any]]:
    return [
        [
            each.host.hex(),
            each.slot,
            each.id.hex(),
            each.series,
            each.source,
            deck.starts[each.host, each.slot],
        ]
        for each in deck.candidates
    ]


def _denoted(noted: list[list[Any]], window: Window) -> Deck:
    deck = Deck(window)
    for host, slot, id_, series, source, start in noted:
        candidate = Candidate(bytes.fromhex(host), slot, bytes.fromhex(id_), series, source)
        deck.candidates.append(candidate)
        deck.starts[candidate.host, candidate.slot] = start
    return deck
