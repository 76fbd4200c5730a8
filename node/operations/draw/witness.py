"""A draw that a friend witnesses: neither of the two alone decides the hand."""

import json
import secrets
from dataclasses import asdict
from typing import TypedDict, cast

from potluck.node.errors import Unfit
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count, Key, Word
from potluck.node.operations.service import Json, Service
from potluck.protocol import witness
from potluck.protocol.candidate import Candidate
from potluck.protocol.errors import Invalid, NotFound
from potluck.protocol.message import Message
from potluck.protocol.origin import Witness

from .beside import dealt_beside, deck_of, described_beside
from .candidates import Deck, with_all
from .freeze import Dealt
from .hand_json import Hand
from .seeds import Seed
from .window import Window, window_of

PENDING = "witness"
_DECK = "witness.deck"
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
    r = secrets.token_bytes(witness.NONCE_BYTES)

    def fix(service: Service) -> tuple[Commitment, Json, str]:
        deck = deck_of(service, form, bagged=not form.again)
        day = deck.window.day
        commitment = witness.commit(deck.candidates, form.hand, day, r).hex()
        pending = {
            "form": asdict(form),
            "r": r.hex(),
            "day": day,
            "commitment": commitment,
            "bag_spent": deck.bag_spent,
        }
        organisers = len({candidate.who for candidate in deck.candidates})
        said = Commitment(
            commitment=commitment, eligible=deck.eligible, organisers=organisers, warning=WARNING
        )
        return said, pending, _noted(deck)

    said, pending, deck = await with_all(service, fix)
    await service.store.choices.note(_DECK, deck)
    await service.store.choices.note(PENDING, json.dumps(pending))
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

    def deal(service: Service) -> Dealt:
        noted = service.store.choices.noted(_DECK) or ""
        deck = _denoted(noted, window_of(form, service.clock.now()))
        deck.bag_spent = pending["bag_spent"]
        return dealt_beside(service, form, deck, Seed(origin.remake(), origin))

    hand = await described_beside(service, form, await service.aside(deal))
    await service.store.choices.note(PENDING, "")
    await service.store.choices.note(_DECK, "")
    revealed = {"commitment": commitment.hex(), "r": r.hex(), "word": word, "warning": WARNING}
    return cast("Hand", {**hand, **revealed})


def _noted(deck: Deck) -> str:
    """The candidates, a line of JSON each: all at once would hold the interpreter for 200 ms."""
    starts = deck.starts
    rows = (
        (one.host.hex(), one.slot, one.id.hex(), one.series, one.source, starts[one.host, one.slot])
        for one in deck.candidates
    )
    return "\n".join(map(json.dumps, rows))


def _denoted(noted: str, window: Window) -> Deck:
    deck = Deck(window)
    for host, slot, id_, series, source, start in map(json.loads, noted.splitlines()):
        candidate = Candidate(bytes.fromhex(host), slot, bytes.fromhex(id_), series, source)
        deck.candidates.append(candidate)
        deck.starts[candidate.host, candidate.slot] = start
    return deck
