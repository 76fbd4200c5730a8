"""A receipt: all that is needed to deal a hand again, and to say what that does not prove."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from . import vouched_receipt, witness
from .candidate import Candidate, count_events
from .draw import Card, Hand, draw, draw_wild
from .errors import Invalid
from .message import Message
from .origin import AtTable, Dice, Fresh, Given, Origin, Solo, Witness
from .seed import SEED_BYTES, rolls_needed
from .table import MAX_HAND
from .vouch import SignedVouch
from .vouched_receipt import Walked


@dataclass(frozen=True, slots=True)
class Receipt:
    """A hand with the deck and the seed it claims to follow from.

    `candidates` passed all filters; `others` are those that only the soft filters hid, there for
    the wild cards alone; `walked` is there in a vouched draw. `filters` are the person's, by name
    and in words; nothing follows from it.
    """

    origin: Origin
    seed: bytes
    n: int
    candidates: tuple[Candidate, ...]
    hand: Hand
    wild: int = 0
    others: tuple[Candidate, ...] = ()
    filters: Mapping[str, str] | None = None
    walked: Walked | None = None

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise Invalid("a seed has {seed_bytes} bytes", seed_bytes=SEED_BYTES)
        if not 0 <= self.wild <= self.n <= MAX_HAND or len(self.hand.cards) > MAX_HAND:
            raise Invalid("a hand has 0 to {most} cards, with 0 or more wild", most=MAX_HAND)
        if self.walked is not None and (self.wild or isinstance(self.origin, Witness)):
            raise Invalid("a vouched hand has no wild cards and no witness")
        if self.walked is not None and len(self.walked.steps) != len(self.hand.cards):
            raise Invalid("a vouched hand has a walk for each card")
        if self.wild == 0 and self.others:
            raise Invalid("without wild cards there is no deck but the candidates")
        if self.wild and isinstance(self.origin, Witness):
            raise Invalid("a witnessed hand has no wild cards: the commitment covers one deck only")


def deal(
    candidates: Iterable[Candidate],
    origin: Origin,
    seed: bytes,
    n: int,
    wild: int = 0,
    others: Iterable[Candidate] = (),
    filters: Mapping[str, str] | None = None,
) -> Receipt:
    """Draw a hand, and keep all that shows how it came about."""
    deck, hidden = tuple(candidates), tuple(others) if wild else ()
    hand = _draw(deck, hidden, seed, n, wild)
    return Receipt(origin, seed, n, deck, hand, wild, hidden, filters)


def deal_vouched(
    candidates: Iterable[Candidate],
    origin: Origin,
    seed: bytes,
    n: int,
    met: frozenset[bytes],
    vouches: Iterable[SignedVouch],
    *,
    strangers: bool,
    filters: Mapping[str, str] | None = None,
) -> Receipt:
    """The same for a vouched hand: from those that one has met, along vouches that are returned."""
    deck = tuple(candidates)
    hand, walked = vouched_receipt.deal(deck, seed, n, met, vouches, strangers=strangers)
    return Receipt(origin, seed, n, deck, hand, filters=filters, walked=walked)


def verify(receipt: Receipt, secret: bytes | None = None) -> list[str]:
    """Every difference between the receipt and the same draw done again; empty when there is none.

    `secret` is the table's, or the person's own: with it the seed is made again as well.
    """
    return [*_seed_differences(receipt, secret), *_hand_differences(receipt)]


def unproven(receipt: Receipt, secret: bytes | None = None) -> list[str]:
    """What a receipt without differences still leaves open, in sentences for people."""
    deck = Message(
        "Not proven: that the deck was complete. Events may have been left out before the draw."
    )
    walks = vouched_receipt.unproven(receipt.walked) if receipt.walked is not None else ()
    return [deck, *_unproven_seed(receipt.origin, secret), *walks]


def _draw(
    deck: tuple[Candidate, ...], others: tuple[Candidate, ...], seed: bytes, n: int, wild: int
) -> Hand:
    if wild:
        return draw_wild(deck, (*deck, *others), seed, n, wild)
    return draw(deck, seed, n)


def _seed_differences(receipt: Receipt, secret: bytes | None) -> Iterator[str]:
    origin = receipt.origin
    made = receipt.seed
    if isinstance(origin, Dice):
        made = origin.remake()
        needed = rolls_needed(count_events(receipt.candidates + receipt.others))
        if len(origin.rolls) < needed:
            yield Message(
                "dice: {rolls} rolls are too few for this deck, which needs {needed}",
                rolls=len(origin.rolls),
                needed=needed,
            )
    elif isinstance(origin, Witness):
        made = origin.remake()
        commitment = witness.commit(receipt.candidates, receipt.n, origin.date, origin.r)
        if commitment != origin.commitment:
            yield Message("commitment: this deck, hand size, date and r do not give it")
    elif isinstance(origin, Solo | AtTable) and secret is not None:
        made = origin.remake(secret)
    if made != receipt.seed:
        yield Message(
            "seed: its origin gives {made}, the receipt has {seed}",
            made=made.hex(),
            seed=receipt.seed.hex(),
        )


def _hand_differences(receipt: Receipt) -> Iterator[str]:
    try:
        hand = _deal_again(receipt)
    except Invalid as error:
        yield Message("deck: {error}", error=error)
        return
    for place, (dealt, claimed) in enumerate(zip_longest(hand, receipt.hand.cards), 1):
        yield from _card_differences(place, dealt, claimed)
    if receipt.walked is not None:
        yield from vouched_receipt.differences(
            receipt.candidates, receipt.seed, receipt.n, receipt.walked
        )


def _deal_again(receipt: Receipt) -> tuple[Card | None, ...]:
    deck, seed, n = receipt.candidates, receipt.seed, receipt.n
    if receipt.walked is None:
        return _draw(deck, receipt.others, seed, n, receipt.wild).cards
    return tuple(vouched_receipt.again(deck, seed, n, receipt.hand, receipt.walked))


def _card_differences(place: int, dealt: Card | None, claimed: Card | None) -> Iterator[str]:
    if dealt is None or claimed is None or dealt.candidate != claimed.candidate:
        yield Message(
            "card {place}: the draw deals {dealt}, the receipt has {claimed}",
            place=place,
            dealt=_name(dealt),
            claimed=_name(claimed),
        )
        return
    for field in ("round", "ticket", "odds", "wild"):
        drawn, written = getattr(dealt, field), getattr(claimed, field)
        if drawn != written:
            yield Message(
                "card {place}: its {field} is {drawn}, the receipt has {written}",
                place=place,
                field=field,
                drawn=_words(drawn),
                written=_words(written),
            )


def _name(card: Card | None) -> str:
    if card is None:
        return "none"
    return f"{card.candidate.host.hex()[:16]}… slot {card.candidate.slot:016x}"


def _words(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _unproven_seed(origin: Origin, secret: bytes | None) -> Iterator[str]:
    if isinstance(origin, Solo) and secret is None:
        yield Message(
            "Not proven: that the seed was not chosen. It was made from a secret that its "
            "owner keeps."
        )
    if isinstance(origin, AtTable) and secret is None:
        yield Message(
            "Not proven: that the seed is the table's. Whoever holds the table's secret can "
            "check it."
        )
    if isinstance(origin, AtTable):
        yield Message(
            "Not proven: that nobody at the table knew the seed before; everyone there can "
            "compute it."
        )
    if isinstance(origin, Dice):
        yield Message(
            "Not proven: that a die fell as written, and that these were the first rolls."
        )
    if isinstance(origin, Witness):
        yield Message(
            "Not proven, but for the friend to whom the commitment was shown before the "
            "word: that it came first. And a node that disliked the outcome could have "
            "fallen silent and begun again."
        )
    if isinstance(origin, Given | Fresh):
        yield Message("Not proven: that the seed was not chosen among many.")
