"""Receipts: what shows that a hand follows from its deck and seed, and what that does not show."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

import trio

from potluck.node.clock import iso
from potluck.node.home.files import reading, writing
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count, Key, Time
from potluck.node.operations.service import Json, Service
from potluck.node.operations.tables import tables
from potluck.node.store import FrozenCard, ReceiptHead, StoredReceipt
from potluck.protocol import draw, origin, receipt, receipt_json, vouched_receipt
from potluck.protocol.candidate import count_events
from potluck.protocol.errors import Invalid, Refused, VerificationFailed
from potluck.protocol.message import Message
from potluck.protocol.origin import AtTable, Solo

from .freeze import frozen_card
from .hand_json import Card, describe_card
from .window import window_of

REVEALS = Message("The candidates in it reveal the region where you looked.")
REVEALS_VOUCHED = Message(
    "The candidates in it reveal the region where you looked. A card of somebody whom you have "
    "met can"
    " show that you have."
)
REVEALS_MET = Message(
    "The candidates in it reveal the region where you looked. It names all for whom you vouch, also"
    " those only for yourself."
)


class ReceiptLine(TypedDict):
    """A receipt in a list; one of an earlier rule can be listed, not checked."""

    id: Key
    seed_kind: str
    drawn_at: Time
    earlier_rule: bool


class Checked(TypedDict):
    """What a receipt says, and what came of checking it."""

    seed: Key
    origin: dict[str, Any]
    cards: Count
    events: Count
    organisers: Count
    vouched: bool
    filters: dict[str, str] | None
    differences: list[str]
    unproven: list[str]


class Receipt(ReceiptLine, Checked):
    """A receipt of this home, checked."""


class Verified(Checked):
    """A receipt checked from its file alone."""

    seed_kind: str


async def receipts(service: Service) -> list[ReceiptLine]:
    """The latest receipts, newest first."""
    return [_line(head) for head in service.store.receipts.latest()]


async def receipt_show(service: Service, id: str) -> Receipt:
    """One receipt, checked."""
    stored = await service.store.receipts.read(id)
    made = await _decoded(stored)
    secret = _secret(service, made)
    return {**_line(stored.head), **await _checked(made, secret)}


async def receipt_export(
    service: Service,
    id: str,
    path: str,
    *,
    with_filters: bool = False,
    with_my_vouches: bool = False,
) -> Json:
    """Write a receipt for others: {file, id, reveals}.

    Filters, place and whom one vouches for stay out unless asked for.
    """
    encoded = await receipt_file(
        service, id, with_filters=with_filters, with_my_vouches=with_my_vouches
    )
    with writing(path):
        Path(path).write_bytes(encoded)
    walked = receipt_json.decode(encoded).walked
    reveals = REVEALS if walked is None else REVEALS_MET if walked.met else REVEALS_VOUCHED
    return {"file": path, "id": receipt_json.receipt_id(encoded).hex(), "reveals": reveals}


async def receipt_file(
    service: Service, id: str, *, with_filters: bool = False, with_my_vouches: bool = False
) -> bytes:
    """A receipt as a file for others (PROTOCOL.md, "Receipts"). Raises NotFound, Refused."""
    made = await _decoded(await service.store.receipts.read(id))
    if not with_filters:
        made = replace(made, filters=None)
    if made.walked is not None and not with_my_vouches:
        made = replace(made, walked=vouched_receipt.withheld(made.walked))
    return await trio.to_thread.run_sync(receipt_json.encode, made)


async def receipt_hand(service: Service, id: str, form: DrawForm) -> list[Card]:
    """The cards of a receipt as those of a hand, as they are now; `form` says from where one
    looks."""
    made = await _decoded(await service.store.receipts.read(id))
    window = window_of(form, service.clock.now())
    kept = frozenset(service.store.choices.kept())
    cards = [_as_drawn(service, card) for card in made.hand.cards]
    described = (describe_card(service, card, window, kept) for card in cards)
    return [card for card in described if card is not None]


def _as_drawn(service: Service, card: draw.Card) -> FrozenCard:
    """The card of a receipt, which does not say when the event is."""
    entry = service.store.deck.entry(card.candidate.host, card.candidate.slot)
    return frozen_card(card, (entry.start or 0) if entry else 0)


async def verify_file(path: Path) -> Verified:
    """Check a receipt from its file alone.

    Raises VerificationFailed that names every difference, or says that it is no receipt;
    LocalError.
    """
    with reading(path):
        content = path.read_bytes()
    return await verify(content, str(path))


async def verify(content: bytes, name: str = "this") -> Verified:
    """The same for a file's bytes; `name` is what errors call it."""
    try:
        made = receipt_json.decode(content)
    except Invalid as error:
        raise VerificationFailed(
            "{name} is no receipt that can be checked: {error}", name=name, error=error
        ) from None
    found = await _checked(made, None)
    if found["differences"]:
        raise VerificationFailed(
            "the hand does not follow from this deck and seed:\n  {found}",
            found="\n  ".join(found["differences"]),
        )
    return {**found, "seed_kind": origin.kind(made.origin)}


async def _checked(made: receipt.Receipt, secret: bytes | None) -> Checked:
    differences = await trio.to_thread.run_sync(partial(receipt.verify, made, secret))
    return {
        "seed": made.seed.hex(),
        "origin": json.loads(json.dumps(origin.to_json(made.origin))),
        "cards": len(made.hand.cards),
        "events": count_events(made.candidates),
        "organisers": len({candidate.who for candidate in made.candidates}),
        "vouched": made.walked is not None,
        "filters": dict(made.filters) if made.filters is not None else None,
        "differences": differences,
        "unproven": receipt.unproven(made, secret),
    }


async def _decoded(stored: StoredReceipt) -> receipt.Receipt:
    """A receipt of ours, in a thread: one of 50,000 candidates has 8 MB.

    Raises Refused for one of a rule that holds no longer.
    """
    try:
        return await trio.to_thread.run_sync(receipt_json.decode, stored.body)
    except receipt_json.EarlierRule as error:
        raise Refused(error.message) from None


def _secret(service: Service, made: receipt.Receipt) -> bytes | None:
    """The secret behind the seed, where it is ours to know."""
    if isinstance(made.origin, Solo):
        return service.home.draw_secret
    if isinstance(made.origin, AtTable):
        secrets = {table.name: table.secret for table in tables.all_joined(service)}
        return secrets.get(made.origin.name)
    return None


def _line(head: ReceiptHead) -> ReceiptLine:
    return {
        "id": head.id.hex(),
        "drawn_at": str(iso(head.drawn_at, "UTC")),
        "earlier_rule": head.version != receipt_json.VERSION,
        "seed_kind": head.seed_kind,
    }
